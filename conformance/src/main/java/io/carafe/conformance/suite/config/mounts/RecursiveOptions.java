package io.carafe.conformance.suite.config.mounts;

import io.carafe.conformance.container.Container;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Options that hold for what is mounted below, too (mount_setattr(2) with AT_RECURSIVE). */
class RecursiveOptions {

    @Test
    @Tag("config.mounts.option.ratime")
    void ratime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "noatime", "rbind", "ratime"), "/x", "/x/below")) {
            seen.lacks("noatime");
        }
    }

    @Test
    @Tag("config.mounts.option.rdev")
    void rdev_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "nodev", "rbind", "rdev"), "/x", "/x/below")) {
            seen.lacks("nodev");
        }
    }

    @Test
    @Tag("config.mounts.option.rdiratime")
    void rdiratime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "nodiratime", "rbind", "rdiratime"), "/x", "/x/below")) {
            seen.lacks("nodiratime");
        }
    }

    @Test
    @Tag("config.mounts.option.rexec")
    void rexec_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "noexec", "rbind", "rexec"), "/x", "/x/below")) {
            seen.lacks("noexec");
        }
    }

    @Test
    @Tag("config.mounts.option.rnoatime")
    void rnoatime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rnoatime"), "/x", "/x/below")) {
            seen.has("noatime");
        }
    }

    @Test
    @Tag("config.mounts.option.rnodiratime")
    void rnodiratime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rnodiratime"), "/x", "/x/below")) {
            seen.has("nodiratime");
        }
    }

    @Test
    @Tag("config.mounts.option.rnoexec")
    void rnoexec_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rnoexec"), "/x", "/x/below")) {
            seen.has("noexec");
        }
    }

    @Test
    @Tag("config.mounts.option.rnorelatime")
    void rnorelatime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rnorelatime"), "/x", "/x/below")) {
            seen.has("rw");
        }
    }

    @Test
    @Tag("config.mounts.option.rnostrictatime")
    void rnostrictatime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "strictatime", "rbind", "rnostrictatime"), "/x", "/x/below")) {
            seen.has("relatime");
        }
    }

    @Test
    @Tag("config.mounts.option.rnosuid")
    void rnosuid_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rnosuid"), "/x", "/x/below")) {
            seen.has("nosuid");
        }
    }

    @Test
    @Tag("config.mounts.option.rnosymfollow")
    void rnosymfollow_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rnosymfollow"), "/x", "/x/below")) {
            seen.has("nosymfollow");
        }
    }

    @Test
    @Tag("config.mounts.option.rrelatime")
    void rrelatime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "noatime", "rbind", "rrelatime"), "/x", "/x/below")) {
            seen.has("relatime");
        }
    }

    @Test
    @Tag("config.mounts.option.rstrictatime")
    void rstrictatime_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rstrictatime"), "/x", "/x/below")) {
            seen.lacks("relatime").lacks("noatime");
        }
    }

    @Test
    @Tag("config.mounts.option.rsuid")
    void rsuid_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "nosuid", "rbind", "rsuid"), "/x", "/x/below")) {
            seen.lacks("nosuid");
        }
    }

    @Test
    @Tag("config.mounts.option.rsymfollow")
    void rsymfollow_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "nosymfollow", "rbind", "rsymfollow"), "/x", "/x/below")) {
            seen.lacks("nosymfollow");
        }
    }

    @Test
    @Tag("config.mounts.option.rro")
    void rro_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "", "rbind", "rro"), "/x", "/x/below")) {
            seen.has("ro");
        }
    }

    @Test
    @Tag("config.mounts.option.rrw")
    void rrw_holds_for_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(SharedTree.bound(container, "ro", "rbind", "rrw"), "/x", "/x/below")) {
            seen.has("rw");
        }
    }
}
