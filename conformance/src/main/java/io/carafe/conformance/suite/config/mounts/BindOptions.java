package io.carafe.conformance.suite.config.mounts;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Binds and their propagation, tried on a directory that is shared with the host and has a mount below it. */
class BindOptions {

    @Test
    @Tag("config.mounts.option.bind")
    void bind_binds_a_directory_without_what_is_mounted_below(Container container) {
        String output = tree(container, "", "bind").script("ls /x /x/below").output();
        Expect.contains(output, "above", "the bound directory");
        Expect.lacks(output, "inner", "the bound directory");
    }

    @Test
    @Tag("config.mounts.option.bind")
    void bind_binds_a_file(Container container) {
        TestFiles.write(container.sandbox().work().resolve("file"), "content");
        Expect.equal("content", container.mount("/file", "none", container.sandbox().work() + "/file", "bind").args("cat", "/file").output(), "file");
    }

    @Test
    @Tag("config.mounts.option.rbind")
    void rbind_binds_with_what_is_mounted_below(Container container) {
        String output = tree(container, "", "rbind").script("ls /x /x/below").output();
        Expect.contains(output, "above", "the bound directory");
        Expect.contains(output, "inner", "the bound directory");
    }

    @Test
    @Tag("config.mounts.option.private")
    void private_is_set(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "bind", "private"), "/x")) {
            Expect.that(seen.propagation().isEmpty(), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.rprivate")
    void rprivate_is_set_with_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "rbind", "rprivate"), "/x", "/x/below")) {
            Expect.that(seen.propagation().isEmpty(), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.shared")
    void shared_is_set(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "bind", "shared"), "/x")) {
            Expect.that(seen.propagates("shared:"), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.rshared")
    void rshared_is_set_with_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "rbind", "rshared"), "/x", "/x/below")) {
            Expect.that(seen.propagates("shared:"), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.slave")
    void slave_is_set(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "bind", "slave"), "/x")) {
            Expect.that(seen.propagates("master:") && !seen.propagates("shared:"), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.rslave")
    void rslave_is_set_with_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "rbind", "rslave"), "/x", "/x/below")) {
            Expect.that(seen.propagates("master:") && !seen.propagates("shared:"), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.unbindable")
    void unbindable_is_set(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "bind", "unbindable"), "/x")) {
            Expect.that(seen.propagates("unbindable"), "propagation is " + seen.propagation());
        }
    }

    @Test
    @Tag("config.mounts.option.runbindable")
    void runbindable_is_set_with_all_below(Container container) {
        for (MountInfoLine seen : MountInfoLine.at(tree(container, "", "rbind", "runbindable"), "/x", "/x/below")) {
            Expect.that(seen.propagates("unbindable"), "propagation is " + seen.propagation());
        }
    }

    /** The tree of {@link SharedTree}, bound on /x. */
    private static Container tree(Container container, String mountOptions, String... options) {
        return SharedTree.bound(container, mountOptions, options);
    }
}
