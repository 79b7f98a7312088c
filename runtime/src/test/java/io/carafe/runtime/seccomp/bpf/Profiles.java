package io.carafe.runtime.seccomp.bpf;

import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Arch;
import io.carafe.spec.seccomp.Operator;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import io.carafe.spec.seccomp.SyscallArg;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** Profiles for the tests. */
final class Profiles {

    /** What an ordinary container has no business with: modules, mounts, clocks, swap, keys, tracing of others, raw hardware. */
    private static final Set<String> DENIED = Set.of("_sysctl", "acct", "add_key", "afs_syscall", "bdflush", "bpf", "break",
            "clock_settime", "clock_settime64", "create_module", "delete_module", "fanotify_init", "finit_module", "fsconfig", "fsmount",
            "fsopen", "fspick", "ftime", "get_kernel_syms", "get_mempolicy", "getpmsg", "gtty", "idle", "init_module", "io_uring_enter",
            "io_uring_register", "io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "keyctl", "listmount", "listns",
            "lock", "lookup_dcookie", "lsm_get_self_attr", "lsm_list_modules", "lsm_set_self_attr", "map_shadow_stack", "mbind",
            "migrate_pages", "mount", "mount_setattr", "move_mount", "move_pages", "mpx", "nfsservctl", "oldfstat", "oldlstat",
            "oldolduname", "oldstat", "olduname", "open_by_handle_at", "open_tree", "open_tree_attr", "perf_event_open", "pivot_root",
            "prof", "profil", "putpmsg", "query_module", "quotactl", "quotactl_fd", "reboot", "request_key", "rseq_slice_yield",
            "security", "set_mempolicy", "set_mempolicy_home_node", "setdomainname", "sethostname", "setns", "settimeofday", "socketcall",
            "statmount", "stime", "stty", "swapoff", "swapon", "sysfs", "syslog", "tuxcall", "ulimit", "umount", "umount2", "unshare",
            "uprobe", "uretprobe", "uselib", "userfaultfd", "ustat", "vhangup", "vm86", "vm86old", "vserver");

    /** Those that have rules about their arguments below. */
    private static final Set<String> TESTED = Set.of("clone", "clone3", "personality", "socket");

    private Profiles() {
    }

    static Seccomp of(Action defaultAction, List<Arch> architectures, List<Syscall> syscalls) {
        return new Seccomp(defaultAction, OptionalLong.empty(), architectures, Optional.of(List.of()), Optional.empty(), Optional.empty(), syscalls);
    }

    static Syscall rule(Action action, List<String> names, SyscallArg... args) {
        return new Syscall(names, action, OptionalLong.empty(), List.of(args));
    }

    /** As large as docker's default profile and of the same kind: ERRNO by default, some 380 names allowed, a few by their arguments. */
    static Seccomp ofContainer(Arch... architectures) {
        Set<String> allowed = new TreeSet<>();
        SyscallTable.names().forEach(allowed::add);
        allowed.removeAll(DENIED);
        allowed.removeAll(TESTED);
        List<Syscall> rules = new ArrayList<>();
        rules.add(rule(Action.SCMP_ACT_ALLOW, List.copyOf(allowed)));
        for (long persona : new long[] {0, 8, 0x20000, 0x20008, 0xffffffffL}) {
            rules.add(rule(Action.SCMP_ACT_ALLOW, List.of("personality"), new SyscallArg(0, persona, 0, Operator.SCMP_CMP_EQ)));
        }
        final int vsock = 40;
        rules.add(rule(Action.SCMP_ACT_ALLOW, List.of("socket"), new SyscallArg(0, vsock, 0, Operator.SCMP_CMP_NE)));
        final int newNamespaces = 0x7e020000;
        rules.add(rule(Action.SCMP_ACT_ALLOW, List.of("clone"), new SyscallArg(0, newNamespaces, 0, Operator.SCMP_CMP_MASKED_EQ)));
        final int enosys = 38;
        rules.add(new Syscall(List.of("clone3"), Action.SCMP_ACT_ERRNO, OptionalLong.of(enosys), List.of()));
        return of(Action.SCMP_ACT_ERRNO, List.of(architectures), rules);
    }
}
