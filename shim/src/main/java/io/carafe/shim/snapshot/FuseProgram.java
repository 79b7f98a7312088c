package io.carafe.shim.snapshot;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A file system of FUSE: mounted by its helper program, mount.fuse(8), as containerd's own shim has it. */
final class FuseProgram {

    private static final String PREFIX = "mount.";
    private static final int MOST_WORDS = 1 << 20;

    private final Linux linux;

    FuseProgram(Linux linux) {
        this.linux = linux;
    }

    /** {@code fuse.} and {@code fuse3.} in front of the type that the program is told. */
    static boolean isFor(String type) {
        return type.startsWith("fuse.") || type.startsWith("fuse3.");
    }

    /**
     * Waits until it is mounted: the program leaves its server in the background.
     *
     * @throws IllegalStateException where the program is not there, or fails: with its own words
     */
    void mount(String type, String source, List<String> options, String target) {
        int dot = type.indexOf('.');
        String helper = PREFIX + type.substring(0, dot);
        String path = Environment.executable(linux, helper)
                .orElseThrow(() -> new IllegalStateException("rootfs[].type " + type + ": " + helper + " is in no directory of PATH"));
        List<String> args = new ArrayList<>(List.of(helper, source, target));
        for (String option : options) {
            args.add("-o");
            args.add(option);
        }
        args.add("-t");
        args.add(type.substring(dot + 1));
        try (Fd nothing = linux.files.open("/dev/null", O_RDWR); Fd words = linux.files.memfdCreate(helper, 0)) {
            Program program = new Program(path, args, Environment.all(), "/", List.of(nothing, words, words), Program.Ties.NONE, why -> { });
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                program.execute(linux, 0);
            }
            Exit exit;
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                exit = linux.processes.waitFor(pidfd);
            }
            if (exit.code() != 0) {
                throw new IllegalStateException("rootfs[].type " + type + ": " + helper + " failed: " + said(words));
            }
        }
    }

    private String said(Fd words) {
        try (Fd fromTheStart = linux.files.open(words.path(), O_RDONLY)) {
            return new String(linux.files.readAll(fromTheStart, MOST_WORDS), StandardCharsets.UTF_8).strip();
        }
    }
}
