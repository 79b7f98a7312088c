package io.carafe.conformance.suite.config.mounts;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class MountList {

    @Test
    @Tag("config.mounts.order")
    void mounts_are_made_in_the_order_of_the_list(Container container) {
        String mounts = container.mount("/x", "tmpfs", "tmpfs", "size=1024k").mount("/x", "tmpfs", "tmpfs", "size=2048k")
                .script("grep ' /x ' /proc/self/mountinfo").output();
        List<String> sizes = mounts.lines().map(line -> line.replaceAll(".*size=(\\d+k).*", "$1")).toList();
        Expect.equal(List.of("1024k", "2048k"), sizes, "sizes of what is mounted on /x, from below");
    }

    @Test
    @Tag("config.mounts.order")
    void a_mount_inside_an_earlier_one_is_there(Container container) {
        Expect.contains(container.mount("/x", "tmpfs", "tmpfs").mount("/x/y", "tmpfs", "tmpfs").script("echo hello >/x/y/z; "
                + "grep ' /x/y ' /proc/self/mountinfo; ls /x").output(), "/x/y ", "the mounts");
    }

    @Test
    @Tag("config.mounts.destination.relative")
    void a_relative_destination_counts_from_the_root(Container container) {
        Expect.contains(container.with("/process/cwd", "/tmp").mount("x/y", "tmpfs", "tmpfs").script("cat /proc/self/mountinfo").output(),
                " /x/y ", "the mounts");
    }
}
