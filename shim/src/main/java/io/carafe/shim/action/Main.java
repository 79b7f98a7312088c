package io.carafe.shim.action;

import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.StandardStreams;
import io.carafe.linux.door.Door;
import io.carafe.shim.loop.Failures;
import java.nio.charset.StandardCharsets;

/** containerd-shim-carafe-v2. */
public final class Main {

    static final String NAME = "containerd-shim-carafe-v2";
    static final String RUNTIME_NAME = "io.containerd.carafe.v2";

    private Main() {
    }

    public static void main(String[] args) {
        Kernel kernel = Door.open();
        Linux.over(kernel).processes.exit(run(kernel, args));
    }

    /** Does what the words say, over any way to the kernel. @return the exit code */
    public static int run(Kernel kernel, String[] args) {
        Linux linux = Linux.over(kernel);
        try {
            StandardStreams.ensureOpen(linux);
            perform(linux, Words.of(args));
            return 0;
        } catch (RuntimeException | Error e) {
            ShimLog.complain(linux, Failures.asException(e));
            return 1;
        }
    }

    private static void perform(Linux linux, Words words) {
        if (words.has(Words.Flag.VERSION)) {
            print(linux, (NAME + ":\n  Version:  " + Version.TEXT + "\n  Revision: " + Version.COMMIT + "\n").getBytes(StandardCharsets.UTF_8));
        } else if (words.has(Words.Flag.INFO)) {
            print(linux, new Info(linux).message());
        } else {
            switch (words.action()) {
                case "start" -> new Start(linux, words).run();
                case "delete" -> print(linux, new Delete(linux, words).message());
                case "" -> new Serve(linux, words).run();
                default -> throw new IllegalArgumentException("action " + words.action() + ": expected start or delete");
            }
        }
    }

    static void print(Linux linux, byte[] answer) {
        linux.files.write(Fd.borrowed(1), answer);
    }
}
