package io.carafe.conformance.suite.config.mounts;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Options of one mount, tried on a tmpfs at /x. */
class FlagOptions {

    @Test
    @Tag("config.mounts.option.async")
    void async_takes_back_sync(Container container) {
        tmpfs(container, "sync", "async").superLacks("sync");
    }

    @Test
    @Tag("config.mounts.option.atime")
    void atime_takes_back_noatime(Container container) {
        tmpfs(container, "noatime", "atime").lacks("noatime");
    }

    @Test
    @Tag("config.mounts.option.defaults")
    void defaults_is_understood(Container container) {
        tmpfs(container, "defaults").has("rw");
    }

    @Test
    @Tag("config.mounts.option.dev")
    void dev_takes_back_nodev(Container container) {
        tmpfs(container, "nodev", "dev").lacks("nodev");
    }

    @Test
    @Tag("config.mounts.option.diratime")
    void diratime_takes_back_nodiratime(Container container) {
        tmpfs(container, "nodiratime", "diratime").lacks("nodiratime");
    }

    @Test
    @Tag("config.mounts.option.dirsync")
    void dirsync_is_set(Container container) {
        tmpfs(container, "dirsync").superHas("dirsync");
    }

    @Test
    @Tag("config.mounts.option.exec")
    void exec_takes_back_noexec(Container container) {
        tmpfs(container, "noexec", "exec").lacks("noexec");
    }

    @Test
    @Tag("config.mounts.option.iversion")
    void iversion_is_understood(Container container) {
        tmpfs(container, "iversion").has("rw");
    }

    @Test
    @Tag("config.mounts.option.lazytime")
    void lazytime_is_set(Container container) {
        tmpfs(container, "lazytime").superHas("lazytime");
    }

    @Test
    @Tag("config.mounts.option.loud")
    void loud_is_understood(Container container) {
        tmpfs(container, "silent", "loud").has("rw");
    }

    @Test
    @Tag("config.mounts.option.noatime")
    void noatime_is_set(Container container) {
        tmpfs(container, "noatime").has("noatime");
    }

    @Test
    @Tag("config.mounts.option.nodev")
    void nodev_is_set(Container container) {
        tmpfs(container, "nodev").has("nodev");
    }

    @Test
    @Tag("config.mounts.option.nodiratime")
    void nodiratime_is_set(Container container) {
        tmpfs(container, "nodiratime").has("nodiratime");
    }

    @Test
    @Tag("config.mounts.option.noexec")
    void noexec_is_set(Container container) {
        tmpfs(container, "noexec").has("noexec");
    }

    @Test
    @Tag("config.mounts.option.noiversion")
    void noiversion_is_understood(Container container) {
        tmpfs(container, "noiversion").has("rw");
    }

    @Test
    @Tag("config.mounts.option.nolazytime")
    void nolazytime_takes_back_lazytime(Container container) {
        tmpfs(container, "lazytime", "nolazytime").superLacks("lazytime");
    }

    @Test
    @Tag("config.mounts.option.norelatime")
    void norelatime_is_understood(Container container) {
        tmpfs(container, "norelatime").has("rw");
    }

    @Test
    @Tag("config.mounts.option.nostrictatime")
    void nostrictatime_takes_back_strictatime(Container container) {
        tmpfs(container, "strictatime", "nostrictatime").has("relatime");
    }

    @Test
    @Tag("config.mounts.option.nosuid")
    void nosuid_is_set(Container container) {
        tmpfs(container, "nosuid").has("nosuid");
    }

    @Test
    @Tag("config.mounts.option.relatime")
    void relatime_is_set(Container container) {
        tmpfs(container, "relatime").has("relatime");
    }

    @Test
    @Tag("config.mounts.option.remount")
    void remount_changes_what_is_mounted(Container container) {
        container.mount("/x", "tmpfs", "tmpfs", "size=4096k");
        tmpfs(container, "remount", "ro").has("ro");
    }

    @Test
    @Tag("config.mounts.option.ro")
    void ro_cannot_be_written_to(Container container) {
        String output = container.mount("/x", "tmpfs", "tmpfs", "ro").script("touch /x/file 2>&1; test -e /x/file && echo written").output();
        Expect.contains(output, "Read-only file system", "what touch says");
        Expect.lacks(output, "written", "the output");
    }

    @Test
    @Tag("config.mounts.option.rw")
    void rw_takes_back_ro(Container container) {
        Expect.contains(container.mount("/x", "tmpfs", "tmpfs", "ro", "rw").script("touch /x/file && echo written").output(), "written", "output");
    }

    @Test
    @Tag("config.mounts.option.silent")
    void silent_is_understood(Container container) {
        tmpfs(container, "silent").has("rw");
    }

    @Test
    @Tag("config.mounts.option.strictatime")
    void strictatime_is_set(Container container) {
        tmpfs(container, "strictatime").lacks("relatime").lacks("noatime");
    }

    @Test
    @Tag("config.mounts.option.suid")
    void suid_takes_back_nosuid(Container container) {
        tmpfs(container, "nosuid", "suid").lacks("nosuid");
    }

    @Test
    @Tag("config.mounts.option.sync")
    void sync_is_set(Container container) {
        tmpfs(container, "sync").superHas("sync");
    }

    @Test
    @Tag("config.mounts.option.nosymfollow")
    void nosymfollow_is_set(Container container) {
        tmpfs(container, "nosymfollow").has("nosymfollow");
    }

    @Test
    @Tag("config.mounts.option.symfollow")
    void symfollow_takes_back_nosymfollow(Container container) {
        tmpfs(container, "nosymfollow", "symfollow").lacks("nosymfollow");
    }

    @Test
    @Tag("config.mounts.option.unknown")
    void options_that_are_not_known_go_to_the_file_system(Container container) {
        tmpfs(container, "size=4096k").superHas("size=4096k");
    }

    private static MountInfoLine tmpfs(Container container, String... options) {
        return MountInfoLine.at(container.mount("/x", "tmpfs", "tmpfs", options), "/x").get(0);
    }
}
