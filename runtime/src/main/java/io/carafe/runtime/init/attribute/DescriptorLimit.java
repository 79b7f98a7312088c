package io.carafe.runtime.init.attribute;

import static io.carafe.linux.abi.ProcessFlags.RLIMIT_NOFILE;

import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;

/**
 * The calling process's soft limit of descriptors, raised to the hard one while it makes a file tree: a mount that others lie on, and one that
 * becomes read-only in the end, is held open, and a document may have more of them than the 1,024 that most callers have. What is executed gets
 * the caller's own again.
 */
public final class DescriptorLimit {

    private final Linux linux;
    private final Processes.Rlimit before;

    private DescriptorLimit(Linux linux, Processes.Rlimit before) {
        this.linux = linux;
        this.before = before;
    }

    public static DescriptorLimit raise(Linux linux) {
        Processes.Rlimit before = linux.processes.getrlimit(RLIMIT_NOFILE);
        if (before.soft() != before.hard()) {
            linux.processes.setrlimit(RLIMIT_NOFILE, before.hard(), before.hard());
        }
        return new DescriptorLimit(linux, before);
    }

    /** Also in a child of the process that has raised it. What is open stays open. */
    public void restore() {
        if (before.soft() != before.hard()) {
            linux.processes.setrlimit(RLIMIT_NOFILE, before.soft(), before.hard());
        }
    }
}
