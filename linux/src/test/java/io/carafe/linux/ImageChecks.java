package io.carafe.linux;

import io.carafe.linux.call.Linux;
import io.carafe.linux.checks.Check;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.FaultyKernel;
import io.carafe.linux.door.TracingKernel;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Runs the checks of the wrappers inside an image and prints a line for each: {@code ok NAME}, {@code skipped NAME: reason} or
 * {@code FAILED NAME: what}. Ends with 1 when any failed. Words select the checks whose names contain one of them; before them, {@code --trace FILE}
 * and {@code --calls FILE} put that door in front.
 */
public final class ImageChecks {

    private final Linux linux;
    private boolean failed;

    private ImageChecks(Kernel kernel) {
        this.linux = Linux.over(kernel);
    }

    public static void main(String[] args) {
        List<String> words = List.of(args);
        Kernel kernel = Door.open();
        if (args.length > 1 && args[0].startsWith("--")) {
            kernel = args[0].equals("--trace") ? TracingKernel.open(kernel, args[1], "kernel-test") : FaultyKernel.counting(kernel, args[1]);
            words = words.subList(2, words.size());
        }
        ImageChecks checks = new ImageChecks(kernel);
        for (Check check : Check.all()) {
            if (words.isEmpty() || words.stream().anyMatch(check.name()::contains)) {
                checks.run(check);
            }
        }
        checks.linux.processes.exit(checks.failed ? 1 : 0);
    }

    private void run(Check check) {
        try {
            Optional<String> skipped = check.run(linux);
            say(skipped.map(reason -> "skipped " + check.name() + ": " + reason).orElse("ok " + check.name()));
        } catch (Throwable failure) {
            failed = true;
            say("FAILED " + check.name() + ": " + failure);
        }
    }

    private void say(String line) {
        linux.files.write(Fd.borrowed(1), (line + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
