package io.carafe.conformance.suite.linux.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a filter does to a program: setpriority(2) by nice(1), or umask(2), has an argument and is called by nothing else. */
class SeccompApplied {

    /** What a static busybox calls to print, and to end. */
    private static final List<String> NEEDED = List.of("execve", "brk", "arch_prctl", "set_tid_address", "set_robust_list", "rseq", "prlimit64",
            "readlink", "readlinkat", "getrandom", "mprotect", "prctl", "getuid", "getgid", "geteuid", "getegid", "setuid", "setgid", "setresuid",
            "setresgid", "setgroups", "getpid", "getppid", "gettid", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "fstat", "newfstatat",
            "fcntl", "ioctl", "write", "writev", "read", "close", "close_range", "openat", "open", "open_tree", "stat", "statx", "lstat", "getcwd", "uname", "mmap", "munmap", "futex",
            "exit", "exit_group", "capset", "capget", "chdir", "fchdir", "getdents64", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "clone", "clone3", "madvise",
            "nanosleep", "clock_nanosleep", "clock_gettime", "sched_yield", "sched_getaffinity", "tgkill", "dup", "dup2", "dup3", "pipe2", "poll", "ppoll", "socket", "connect",
            "sendmsg", "recvmsg", "sendto", "recvfrom", "lseek", "getsockopt", "fstatfs", "statfs", "faccessat", "faccessat2", "access", "wait4", "waitid",
            "setsid", "umask", "seccomp", "execveat", "kill", "keyctl", "membarrier", "mincore", "pread64", "timer_settime", "timer_create", "timer_delete",
            "vfork", "fork", "pipe", "geteuid", "getpgrp", "getpgid", "setpgid", "openat2", "fchown", "fchmod", "personality", "riscv_flush_icache");

    private static final String BY_MKDIR = "mkdir /made 2>&1; test -d /made && echo made; echo ended";

    @Test
    @Tag("config-linux.seccomp.defaultAction.applied")
    void what_no_rule_names_is_treated_by_the_default(Container container) {
        container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ERRNO", "syscalls",
                List.of(object("names", NEEDED, "action", "SCMP_ACT_ALLOW"))));
        String output = container.script(BY_MKDIR).output();
        Expect.contains(output, "Operation not permitted", "what mkdir says");
        Expect.contains(output, "ended", "the output");
    }

    @Test
    @Tag("config-linux.seccomp.defaultErrnoRet.applied")
    void the_default_has_its_errno(Container container) {
        container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ERRNO", "defaultErrnoRet", 122, "syscalls",
                List.of(object("names", NEEDED, "action", "SCMP_ACT_ALLOW"))));
        Expect.contains(container.script(BY_MKDIR).output(), "Disk quota exceeded", "what mkdir says");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.applied")
    void a_call_that_a_rule_names_is_refused(Container container) {
        Expect.contains(refusing(container, object("names", List.of("mkdir", "mkdirat"), "action", "SCMP_ACT_ERRNO")).script(BY_MKDIR).output(),
                "Operation not permitted", "what mkdir says");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.applied")
    void a_call_that_no_rule_names_is_allowed(Container container) {
        Expect.equal("made\nended", refusing(container, object("names", List.of("swapoff"), "action", "SCMP_ACT_ERRNO")).script(BY_MKDIR).output().strip(),
                "the output");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.errnoRet.applied")
    void a_rule_has_its_errno(Container container) {
        Expect.contains(refusing(container, object("names", List.of("mkdir", "mkdirat"), "action", "SCMP_ACT_ERRNO", "errnoRet", 28))
                .script(BY_MKDIR).output(), "No space left on device", "what mkdir says");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.action.applied")
    void a_call_that_kills_ends_the_process(Container container) {
        String output = refusing(container, object("names", List.of("mkdir", "mkdirat"), "action", "SCMP_ACT_KILL_PROCESS"))
                .script("mkdir /made; echo status $?").output();
        Expect.contains(output, "status 159", "how mkdir ends");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.args.applied")
    void a_rule_looks_at_an_argument(Container container) {
        refusing(container, object("names", List.of("umask"), "action", "SCMP_ACT_ERRNO", "args", List.of(object("index", 0, "value", 0123, "op",
                "SCMP_CMP_EQ"))));
        // What umask(2) would not do leaves the mask as it was: a directory then has the mode of the mask before.
        Expect.equal("755\n714", modes(container, 0123, 063), "modes of directories under the refused mask and another");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.args.valueTwo.applied")
    void a_rule_looks_at_some_bits_of_an_argument(Container container) {
        refusing(container, object("names", List.of("umask"), "action", "SCMP_ACT_ERRNO", "args", List.of(object("index", 0, "value", 0700,
                "valueTwo", 0100, "op", "SCMP_CMP_MASKED_EQ"))));
        Expect.equal("755\n714", modes(container, 0123, 063), "modes of directories under the refused mask and another");
    }

    @Test
    @Tag("config-linux.seccomp.syscalls.args.index.applied")
    void a_rule_looks_at_the_argument_of_its_index(Container container) {
        // fchmodat(dirfd, path, mode) and chmod(path, mode): the first argument is a small number in neither.
        List<Object> rules = new ArrayList<>();
        rules.add(object("names", List.of("chmod"), "action", "SCMP_ACT_ERRNO", "args", List.of(object("index", 1, "value", 0640, "op",
                "SCMP_CMP_EQ"))));
        rules.add(object("names", List.of("fchmodat"), "action", "SCMP_ACT_ERRNO", "args", List.of(object("index", 2, "value", 0640, "op",
                "SCMP_CMP_EQ"))));
        container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls", rules));
        Expect.equal("600\n604", container.script("touch /x; chmod 600 /x; chmod 640 /x; stat -c %a /x; chmod 604 /x; stat -c %a /x").output().strip(),
                "modes after a refused call and another");
    }

    private static String modes(Container container, int refused, int other) {
        // The shell's own umask prints and sets; what the kernel then does is what the filter lets it.
        return container.with("/process/user/umask", 022).script(String.format("umask %o; mkdir /one; umask %o; mkdir /two; stat -c %%a /one /two",
                refused, other)).output().strip();
    }

    @Test
    @Tag("config-linux.seccomp.architectures.applied")
    void a_call_of_a_listed_architecture_is_judged(Container container) {
        Expect.contains(refusing(container, object("names", List.of("mkdir", "mkdirat"), "action", "SCMP_ACT_ERRNO")).with("/linux/seccomp/architectures",
                List.of(System.getProperty("os.arch").equals("amd64") ? "SCMP_ARCH_X86_64" : "SCMP_ARCH_AARCH64")).script(BY_MKDIR).output(),
                "Operation not permitted", "what mkdir says");
    }

    private static Container refusing(Container container, Map<String, Object> rule) {
        return container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls", List.of(rule)));
    }
}
