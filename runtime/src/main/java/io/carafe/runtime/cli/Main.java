package io.carafe.runtime.cli;

import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.StandardStreams;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.TracingKernel;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.Help;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.cli.words.Verb;
import io.carafe.spec.OciVersion;
import java.nio.charset.StandardCharsets;

/** carafe. */
public final class Main {

    private static final int FAILED = 1;
    /** As in runc: hardly a code of the program that was to run. */
    private static final int EXEC_FAILED = 255;

    private Main() {
    }

    public static void main(String[] args) {
        Kernel kernel = Door.open();
        // Not System.exit: there is no shutdown hook to run, and in a child of clone3 there must be none.
        Linux.over(kernel).processes.exit(run(kernel, CallerStrings.of(kernel).arguments()));
    }

    /** Does what the words say, over any way to the kernel. @return the exit code */
    public static int run(Kernel kernel, String[] args) {
        Linux linux = Linux.over(kernel);
        String subject = "";
        Log log = Log.of(linux, CommandLine.global(new String[0]));
        int failed = FAILED;
        try {
            StandardStreams.ensureOpen(linux);
            // Ignored by a caller, it would make the kernel reap our children, and nobody would learn how they ended (wait(2), Notes).
            linux.processes.defaultAction(Signal.SIGCHLD.number);
            // Before the rest of the line is understood: that it is not goes to the log, too.
            log = Log.of(linux, CommandLine.global(args));
            CommandLine line = CommandLine.of(args);
            if (line.has(Flag.VERSION)) {
                return print(linux, "carafe version " + Version.TEXT + (Version.COMMIT.isEmpty() ? "" : "\ncommit: " + Version.COMMIT)
                        + "\nspec: " + OciVersion.CURRENT + "\n");
            }
            if (line.has(Flag.HELP) || line.verb().isEmpty()) {
                return print(linux, Help.of(line));
            }
            Verb verb = line.verb().get();
            failed = verb == Verb.EXEC ? EXEC_FAILED : FAILED;
            subject = verb.text + (line.arguments().isEmpty() ? ": " : " " + line.arguments().get(0) + ": ");
            int code = perform(kernel, log, line);
            log.settle();
            return code;
        } catch (UsageException e) {
            log.error(e.getMessage());
        } catch (Throwable e) {
            // An error of the virtual machine, too: who called reads one line, and managers read the log.
            log.error(subject, KernelAdvice.of(linux, e));
            return failed;
        }
        return FAILED;
    }

    private static int perform(Kernel kernel, Log log, CommandLine line) {
        Verb verb = line.verb().orElseThrow();
        if (line.value(Flag.TRACE).isEmpty()) {
            return new Commands(Linux.over(kernel), log, line).perform(verb);
        }
        String name = "carafe " + verb.text + (line.arguments().isEmpty() ? "" : " " + line.arguments().get(0));
        try (TracingKernel tracing = TracingKernel.open(kernel, line.value(Flag.TRACE).get(), name)) {
            return new Commands(Linux.over(tracing), log, line).perform(verb);
        }
    }

    private static int print(Linux linux, String text) {
        linux.files.write(Fd.borrowed(1), text.getBytes(StandardCharsets.UTF_8));
        return 0;
    }
}
