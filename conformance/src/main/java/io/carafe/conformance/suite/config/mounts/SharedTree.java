package io.carafe.conformance.suite.config.mounts;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;

/** Two mounts of the host, one below the other, in one peer group each; both have a file. */
final class SharedTree {

    private SharedTree() {
    }

    /** @param hostOptions of both mounts, as mount(8) has them; empty for none */
    static Container bound(Container container, String hostOptions, String... options) {
        Expect.needsRoot(container);
        String tree = container.sandbox().work() + "/tree";
        String change = hostOptions.isEmpty() ? "" : " && mount -o remount,bind," + hostOptions + " " + tree + "/below && mount -o remount,bind,"
                + hostOptions + " " + tree;
        container.onHost("mkdir " + tree + " && mount -t tmpfs tmpfs " + tree + " && echo >" + tree + "/above && mkdir " + tree
                + "/below && mount -t tmpfs tmpfs " + tree + "/below && echo >" + tree + "/below/inner && mount --make-rshared " + tree
                + change);
        return container.mount("/x", "none", tree, options);
    }
}
