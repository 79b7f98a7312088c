package io.carafe.conformance.container;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A root file system of one static program: busybox, under the names that the tests use. */
final class Rootfs {

    /** Where Debian, Fedora, Alpine and Arch have a static one. */
    private static final List<String> BUSYBOX = List.of("/bin/busybox", "/usr/bin/busybox", "/sbin/busybox", "/usr/sbin/busybox",
            "/bin/busybox.static", "/usr/lib/initcpio/busybox");
    private static final List<String> APPLETS = List.of("sh", "cat", "chmod", "chroot", "cp", "date", "dd", "echo", "env", "false", "find",
            "grep", "head", "hostname", "id", "ip", "kill", "ln", "ls", "mkdir", "mknod", "mount", "nice", "ps", "pwd", "readlink", "rm", "sed",
            "seq", "sleep", "sort", "stat", "stty", "sync", "test", "touch", "true", "tty", "umount", "uname", "wc");

    private Rootfs() {
    }

    static void make(Path directory) {
        try {
            for (String name : List.of("bin", "dev", "proc", "sys", "tmp", "etc")) {
                Files.createDirectories(directory.resolve(name));
            }
            Path busybox = directory.resolve("bin/busybox");
            Files.copy(busybox(), busybox);
            for (String applet : APPLETS) {
                Files.createSymbolicLink(directory.resolve("bin/" + applet), Path.of("busybox"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path busybox() {
        return BUSYBOX.stream().map(Path::of).filter(Files::isExecutable).findFirst().orElseThrow(() ->
                new IllegalStateException("the tests need a static busybox as the program in the container (Debian: busybox-static)"));
    }
}
