package io.carafe.conformance.suite.security;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Links and files that an image lays as traps. What the runtime makes must not land on the host. */
class HostileImage {

    @Test
    @Tag("security.cwd-inside")
    void a_cwd_behind_a_link_is_made_inside(Container container) {
        Path trap = trap(container, "link");
        container.with("/process/cwd", "/link/made").script("pwd");
        if (container.create().succeeded()) {
            container.start();
        }
        isUntouched(container, trap);
    }

    @Test
    @Tag("security.proc-is-a-link")
    void proc_is_not_mounted_behind_a_link(Container container) {
        container.onHost("rmdir " + container.rootfs() + "/proc");
        Path trap = trap(container, "proc");
        if (container.create().succeeded()) {
            Expect.lacks(container.proc("mountinfo"), " " + trap + " ", "the mounts");
        }
        isUntouched(container, trap);
    }

    @Test
    @Tag("security.mount-behind-link")
    void a_destination_behind_a_link_stays_inside(Container container) {
        Path trap = trap(container, "link");
        container.mount("/link/made/deep", "tmpfs", "tmpfs").mount("/link/file", "none", "/etc/hostname", "bind").create();
        isUntouched(container, trap);
    }

    @Test
    @Tag("security.device-behind-link")
    void devices_are_not_made_behind_a_link(Container container) {
        container.onHost("rmdir " + container.rootfs() + "/dev");
        Path trap = trap(container, "dev");
        container.with("/mounts", List.of(object("destination", "/proc", "type", "proc", "source", "proc"))).create();
        isUntouched(container, trap);
    }

    @Test
    @Tag("security.masked-by-null")
    void a_false_null_device_masks_nothing_away(Container container) {
        TestFiles.write(container.rootfs().resolve("secret"), "secret");
        TestFiles.write(container.rootfs().resolve("dev/null"), "false null");
        container.with("/mounts", List.of(object("destination", "/proc", "type", "proc", "source", "proc")))
                .with("/linux/maskedPaths", List.of("/secret")).script("cat /secret >/shown; echo seen >/ended");
        if (container.create().succeeded() && container.start().succeeded()) {
            container.ended();
            // By a file of the image: a program that a runtime itself gives the false device as a stream has no part in what is masked.
            Expect.equal("seen", container.sandbox().read(container.rootfs().resolve("ended")).strip(), "what the program has left");
            String shown = container.sandbox().read(container.rootfs().resolve("shown"));
            Expect.equal("", shown, "what the masked file shows");
        }
    }

    /** A link in the image to a directory of the host. */
    private static Path trap(Container container, String name) {
        Path trap = container.sandbox().work().resolve("trap");
        TestFiles.directory(trap);
        TestFiles.link(container.rootfs().resolve(name), trap.toString());
        return trap;
    }

    private static void isUntouched(Container container, Path trap) {
        Expect.equal("", container.onHost("find " + trap + " -mindepth 1"), "what the runtime made on the host");
        Expect.lacks(container.onHost("cat /proc/self/mountinfo"), " " + trap, "the host's mounts");
    }
}
