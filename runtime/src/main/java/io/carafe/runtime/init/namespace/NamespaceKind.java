package io.carafe.runtime.init.namespace;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.spec.linux.NamespaceType;

/** A row a kind of namespace: the specification's word, the flag of clone3(2) and setns(2), the file in /proc/PID/ns. */
public enum NamespaceKind {
    USER(NamespaceType.USER, ProcessFlags.CLONE_NEWUSER, "user"),
    PID(NamespaceType.PID, ProcessFlags.CLONE_NEWPID, "pid"),
    NETWORK(NamespaceType.NETWORK, ProcessFlags.CLONE_NEWNET, "net"),
    IPC(NamespaceType.IPC, ProcessFlags.CLONE_NEWIPC, "ipc"),
    UTS(NamespaceType.UTS, ProcessFlags.CLONE_NEWUTS, "uts"),
    TIME(NamespaceType.TIME, ProcessFlags.CLONE_NEWTIME, "time"),
    CGROUP(NamespaceType.CGROUP, ProcessFlags.CLONE_NEWCGROUP, "cgroup"),
    MOUNT(NamespaceType.MOUNT, ProcessFlags.CLONE_NEWNS, "mnt");

    private final NamespaceType type;
    public final long flag;
    private final String file;

    NamespaceKind(NamespaceType type, long flag, String file) {
        this.type = type;
        this.flag = flag;
        this.file = file;
    }

    static NamespaceKind of(NamespaceType type) {
        for (NamespaceKind kind : values()) {
            if (kind.type == type) {
                return kind;
            }
        }
        throw new AssertionError(type);
    }

    /** The specification's word for the kind that a flag makes; a flag of a newer kernel has none. */
    static String nameOf(long flag) {
        for (NamespaceKind kind : values()) {
            if (kind.flag == flag) {
                return kind.text();
            }
        }
        return "unknown";
    }

    /** Its name in /proc/PID/ns. */
    public String file() {
        return file;
    }

    /** The caller's own. */
    public String ownFile() {
        return "/proc/self/ns/" + file;
    }

    /** A process's. */
    public String fileOf(int pid) {
        return "/proc/" + pid + "/ns/" + file;
    }

    public NamespaceType type() {
        return type;
    }

    /** The specification's word. */
    public String text() {
        return type.text();
    }
}
