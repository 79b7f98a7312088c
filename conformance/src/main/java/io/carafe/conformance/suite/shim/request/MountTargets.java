package io.carafe.conformance.suite.shim.request;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Task;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mounts of a root file system whose targets an image, or who made the request, lets lead out of it. */
class MountTargets {

    private static void staysInside(Shim shim, String target, String link) {
        Path outside = shim.sandbox().work().resolve("outside");
        TestFiles.write(outside.resolve("file"), "of the host");
        Task task = shim.task("one");
        String layer = shim.sandbox().work() + "/layer";
        shim.sandbox().sh("mv " + task.rootfs() + " " + layer + " && mkdir " + task.rootfs());
        if (!link.isEmpty()) {
            TestFiles.link(Path.of(layer, "data"), link);
        }
        task.rootfs("bind", layer, "rbind", "rw").rootfs("tmpfs", "tmpfs", target, List.of());
        task.served();
        if (task.create().isOk()) {
            task.call(Method.START);
        }
        String mounts = shim.sandbox().sh("cat /proc/mounts").out();
        Expect.lacks(mounts, outside + " ", "mounts");
        Expect.lacks(mounts, " / tmpfs", "mounts");
        Expect.equal("of the host", shim.sandbox().read(outside.resolve("file")), "the file outside");
        task.kill(9);
        task.call(Method.DELETE);
    }

    @Test
    @Tag("shim.create.target.link")
    void a_link_in_the_image_leads_no_mount_out_of_it(Shim shim) {
        staysInside(shim, "data", shim.sandbox().work() + "/outside");
    }

    @Test
    @Tag("shim.create.target.relative-link")
    void nor_does_one_that_goes_up(Shim shim) {
        staysInside(shim, "data", "../".repeat(20) + shim.sandbox().work().toString().substring(1) + "/outside");
    }

    @Test
    @Tag("shim.create.target.up")
    void nor_does_a_target_that_goes_up(Shim shim) {
        staysInside(shim, "/" + "../".repeat(20) + shim.sandbox().work().toString().substring(1) + "/outside", "");
    }
}
