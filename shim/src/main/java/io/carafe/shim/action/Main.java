package io.carafe.shim.action;

import io.carafe.linux.Complaint;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.charset.StandardCharsets;

/** containerd-shim-carafe-v2. */
public final class Main {

    static final String NAME = "containerd-shim-carafe-v2";
    static final String RUNTIME_NAME = "io.containerd.carafe.v2";

    private Main() {
    }

    public static void main(String[] args) {
        Linux linux = Linux.over(Door.open());
        int code = 0;
        try {
            perform(linux, Words.of(args));
        } catch (Throwable e) {
            linux.files.write(Fd.borrowed(2), (RUNTIME_NAME + ": " + Complaint.of(e) + "\n").getBytes(StandardCharsets.UTF_8));
            code = 1;
        }
        linux.processes.exit(code);
    }

    private static void perform(Linux linux, Words words) {
        if (words.has(Words.Flag.VERSION)) {
            print(linux, (NAME + ":\n  Version:  " + Version.TEXT + "\n").getBytes(StandardCharsets.UTF_8));
        } else if (words.has(Words.Flag.INFO)) {
            print(linux, new Info(linux).message());
        } else {
            switch (words.action()) {
                case "start" -> print(linux, new Start(linux, words).answer());
                case "delete" -> print(linux, new Delete(linux, words).message());
                case "" -> new Serve(linux, words).run();
                default -> throw new IllegalArgumentException("action " + words.action() + ": expected start or delete");
            }
        }
    }

    private static void print(Linux linux, byte[] answer) {
        linux.files.write(Fd.borrowed(1), answer);
    }
}
