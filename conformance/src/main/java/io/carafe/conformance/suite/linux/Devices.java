package io.carafe.conformance.suite.linux;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.socket.Listener;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Devices {

    @Test
    @Tag("config-linux.default-devices.null")
    void dev_null_is_there(Container container) {
        isThere(container, "/dev/null", "1:3");
    }

    @Test
    @Tag("config-linux.default-devices.zero")
    void dev_zero_is_there(Container container) {
        isThere(container, "/dev/zero", "1:5");
    }

    @Test
    @Tag("config-linux.default-devices.full")
    void dev_full_is_there(Container container) {
        isThere(container, "/dev/full", "1:7");
    }

    @Test
    @Tag("config-linux.default-devices.random")
    void dev_random_is_there(Container container) {
        isThere(container, "/dev/random", "1:8");
    }

    @Test
    @Tag("config-linux.default-devices.urandom")
    void dev_urandom_is_there(Container container) {
        isThere(container, "/dev/urandom", "1:9");
    }

    @Test
    @Tag("config-linux.default-devices.tty")
    void dev_tty_is_there(Container container) {
        isThere(container, "/dev/tty", "5:0");
    }

    @Test
    @Tag("config-linux.default-devices.ptmx")
    void dev_ptmx_is_that_of_the_containers_devpts(Container container) {
        String output = container.script("stat -Lc '%F %t:%T' /dev/ptmx; stat -Lc %d /dev/ptmx /dev/pts; exec 3<>/dev/ptmx; ls /dev/pts").output();
        Expect.contains(output, "character special file 5:2", "/dev/ptmx");
        Expect.that(output.lines().anyMatch("0"::equals), "opening /dev/ptmx makes no terminal in /dev/pts: " + output);
    }

    @Test
    @Tag("config-linux.default-devices.console")
    void dev_console_is_the_pseudoterminal(Container container) {
        Path socket = container.sandbox().work().resolve("console");
        try (Listener listener = Listener.at(socket)) {
            container.with("/process/terminal", true).script("stat -Lc %t:%T /dev/console /proc/self/fd/0 >/seen; "
                    + "grep ' /dev/console ' /proc/self/mountinfo >>/seen").created("--console-socket", socket.toString())
                    .started().ended();
            Expect.eventually(container, () -> listener.connections().stream().anyMatch(connection -> !connection.fds().isEmpty()),
                    "no descriptor has come over the console socket");
        }
        String seen = container.observed("in the container", container.sandbox().read(container.rootfs().resolve("seen")));
        Expect.that(seen.lines().count() >= 3, "/dev/console is not mounted: " + seen);
        Expect.equal(seen.lines().findFirst().orElse(""), seen.lines().skip(1).findFirst().orElse(""), "/dev/console and stdin");
        Expect.contains(seen, " - devpts ", "what is mounted on /dev/console");
    }

    private static void isThere(Container container, String path, String numbers) {
        Expect.equal("character special file " + numbers, container.args("stat", "-c", "%F %t:%T", path).output().strip(), path);
    }

    @Test
    @Tag("config-linux.devices")
    void listed_devices_are_there(Container container) {
        Expect.needsRoot(container);
        container.with("/linux/devices/-", object("path", "/dev/character", "type", "c", "major", 10, "minor", 250, "fileMode", 0640,
                "uid", 5, "gid", 6));
        container.with("/linux/devices/-", object("path", "/dev/unbuffered", "type", "u", "major", 10, "minor", 251, "fileMode", 0600));
        container.with("/linux/devices/-", object("path", "/dev/block", "type", "b", "major", 7, "minor", 250, "fileMode", 0660));
        container.with("/linux/devices/-", object("path", "/tmp/deep/fifo", "type", "p", "fileMode", 0604));
        String[] lines = container.script("cd /dev; stat -c '%F %t:%T %a %u:%g' character unbuffered block /tmp/deep/fifo").output()
                .split("\n");
        Expect.equal(4, lines.length, "devices that are there");
        Expect.equal("character special file a:fa 640 5:6", lines[0], "/dev/character");
        Expect.contains(lines[1], "character special file a:fb 600", "/dev/unbuffered");
        Expect.contains(lines[2], "block special file 7:fa 660", "/dev/block");
        Expect.contains(lines[3], "fifo", "/tmp/deep/fifo");
        Expect.contains(lines[3], " 604 ", "/tmp/deep/fifo");
    }

    @Test
    @Tag("config-linux.devices.mismatch")
    void a_file_at_the_path_of_a_device_is_an_error(Container container) {
        TestFiles.write(container.rootfs().resolve("file"), "content");
        Expect.isRefused(container.with("/linux/devices/-", object("path", "/file", "type", "c", "major", 1, "minor", 3)));
    }

    @Test
    @Tag("config-linux.devices.mismatch")
    void another_device_at_the_path_of_a_device_is_an_error(Container container) {
        Expect.needsRoot(container);
        container.onHost("mknod " + container.rootfs() + "/device c 1 5");
        Expect.isRefused(container.with("/linux/devices/-", object("path", "/device", "type", "c", "major", 1, "minor", 3)));
    }
}
