package io.carafe.spec.seccomp;

/** The action for a system call, seccomp(2). */
public enum Action {
    SCMP_ACT_KILL,
    SCMP_ACT_KILL_PROCESS,
    SCMP_ACT_KILL_THREAD,
    SCMP_ACT_TRAP,
    SCMP_ACT_ERRNO,
    SCMP_ACT_TRACE,
    SCMP_ACT_ALLOW,
    SCMP_ACT_LOG,
    SCMP_ACT_NOTIFY;

    /** The specification's word. */
    public String text() {
        return name();
    }
}
