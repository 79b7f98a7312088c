package io.carafe.linux.checks;

import static io.carafe.linux.abi.BpfProgram.BPF_CGROUP_DEVICE;
import static io.carafe.linux.abi.BpfProgram.BPF_F_ALLOW_MULTI;
import static io.carafe.linux.abi.BpfProgram.BPF_F_REPLACE;
import static io.carafe.linux.abi.BpfProgram.BPF_PROG_TYPE_CGROUP_DEVICE;
import static io.carafe.linux.abi.BpfProgram.EXIT;
import static io.carafe.linux.abi.BpfProgram.JUMP;
import static io.carafe.linux.abi.BpfProgram.MOVE;
import static io.carafe.linux.abi.FileFlags.MFD_ALLOW_SEALING;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.ProcessFlags.PR_SET_CHILD_SUBREAPER;
import static io.carafe.linux.abi.ProcessFlags.RLIMIT_NOFILE;
import static io.carafe.linux.abi.ProcessFlags.SIG_BLOCK;
import static io.carafe.linux.abi.ProcessFlags.SIG_SETMASK;
import static io.carafe.linux.abi.ProcessFlags.SIG_UNBLOCK;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.process.Processes.Rlimit;
import io.carafe.linux.proc.MountInfo;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.linux.proc.ProcessStat;
import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Processes: clone3 to waitid, execve, signals, limits. */
final class ProcessesChecks {

    private static final String SHELL = "/bin/sh";
    private static final int RLIMIT_CORE = 4;

    private ProcessesChecks() {
    }

    static List<Check> all() {
        return List.of(
                Check.of("processes: getpid is what /proc/self says", ProcessesChecks::pid),
                Check.of("processes: an exec that fails is told and nothing has changed", ProcessesChecks::failedExec),
                Check.of("processes: pidfd_open of a process that is not", ProcessesChecks::noProcess),
                Check.of("processes: signal 0 reaches oneself", ProcessesChecks::signalZero),
                Check.of("processes: prctl refuses an option that is none", ProcessesChecks::prctl),
                Check.alone("processes: the stack holds a deep recursion", ProcessesChecks::recursion),
                Check.alone("processes: a child's exit code comes by its pidfd", ProcessesChecks::exitCode),
                Check.alone("processes: a signal ends a child, code 128 and its number", ProcessesChecks::killed),
                Check.alone("processes: a child is told from other processes and from other descriptors", ProcessesChecks::child),
                Check.alone("processes: reap takes those that ended, without waiting", ProcessesChecks::reap),
                Check.alone("processes: a child of CLONE_PARENT is the grandparent's", ProcessesChecks::sibling),
                Check.alone("processes: a child is born in a cgroup", ProcessesChecks::bornInCgroup).asRoot(),
                Check.alone("processes: a program of a cgroup denies a device", ProcessesChecks::deviceProgram).asRoot(),
                Check.alone("processes: parent and child collect garbage, both intact", ProcessesChecks::garbage),
                Check.alone("processes: execve gives arguments and environment", ProcessesChecks::execve),
                Check.alone("processes: fexecve runs a memfd", ProcessesChecks::fexecve),
                Check.alone("processes: more arguments than a block of memory holds", ProcessesChecks::longArguments),
                Check.alone("processes: setpgid leads a process group, which is signalled as a whole", ProcessesChecks::setpgid),
                Check.alone("processes: setsid leads a session, once", ProcessesChecks::setsid),
                Check.alone("processes: a limit that is lowered stays", ProcessesChecks::limits),
                Check.alone("processes: a blocked signal is read from a signalfd", ProcessesChecks::signalfd),
                Check.alone("processes: defaultAction takes a handler away", ProcessesChecks::defaultAction),
                Check.alone("processes: who ignores SIGCHLD has no child to reap", ProcessesChecks::ignore));
    }

    private static void child(Linux linux) {
        Clone child = linux.processes.clone3(0, Optional.empty());
        if (child.isChild()) {
            linux.processes.exit(0);
        }
        try (Fd pidfd = child.pidfd().orElseThrow(); Fd own = linux.processes.pidfdOpen(linux.processes.getpid());
                Fd other = linux.files.open("/", O_RDONLY | O_DIRECTORY)) {
            Expect.isTrue(linux.processes.isChild(pidfd), "a child");
            Expect.equal(child.pid(), linux.processes.pid(pidfd));
            linux.processes.peek(pidfd);
            Expect.isTrue(linux.processes.isChild(pidfd), "a child that has ended");
            linux.processes.waitFor(pidfd);
            Expect.isTrue(!linux.processes.isChild(pidfd), "a child that was reaped");
            Expect.isTrue(!linux.processes.isChild(own), "itself");
            Expect.isTrue(!linux.processes.isChild(other), "a directory");
        }
    }

    private static void pid(Linux linux) {
        Expect.equal(Integer.toString(linux.processes.getpid()), linux.paths.readlinkat(Fd.CWD, "/proc/self"));
        Expect.isTrue(linux.files.readText(Fd.CWD, "/proc/self/status").contains("\nPPid:\t" + linux.processes.getppid() + "\n"),
                "another parent than /proc/self/status says");
        Expect.isTrue(stat(linux, linux.processes.getpid()).isAlive(), "dead");
        Expect.isTrue(stat(linux, linux.processes.getpid()).startTime() > 0, "no start time");
    }

    private static void failedExec(Linux linux) {
        Expect.equal("exec /none: ENOENT: no such file or directory",
                linux.processes.execve("/none", List.of("none"), List.of("A=b")).getMessage());
        try (Fd directory = linux.files.open("/", O_RDONLY | O_DIRECTORY)) {
            Expect.equal(Errno.EACCES, linux.processes.fexecve(directory, new byte[0], new byte[0]).errno());
        }
    }

    private static void noProcess(Linux linux) {
        final int none = 0x3fffff + 1;
        Expect.equal("pidfd_open -1", Expect.fails(Errno.EINVAL, () -> linux.processes.pidfdOpen(-1)).operation());
        Expect.equal("kill " + none, Expect.fails(Errno.ESRCH, () -> linux.processes.kill(none, 0)).operation());
        Expect.fails(Errno.ESRCH, () -> linux.processes.pidfdOpen(none));
    }

    private static void signalZero(Linux linux) {
        try (Fd self = linux.processes.pidfdOpen(linux.processes.getpid())) {
            linux.processes.sendSignal(self, 0);
            Expect.fails(Errno.EINVAL, () -> linux.processes.sendSignal(self, 65));
        }
        linux.processes.kill(linux.processes.getpid(), 0);
    }

    private static void prctl(Linux linux) {
        Expect.equal("prctl 99999", Expect.fails(Errno.EINVAL, () -> linux.processes.prctl(99999, 0, 0)).operation());
    }

    /** An image asks its C library how large the stack is; musl's answer for the first thread is what is mapped so far. */
    private static void recursion(Linux linux) {
        final int frames = 10_000;
        Expect.equal((long) frames, depth(frames));
    }

    private static long depth(int frames) {
        return frames == 0 ? 0 : 1 + depth(frames - 1);
    }

    private static void exitCode(Linux linux) {
        Exit exit = Child.exitOf(linux, child -> child.processes.exit(7));
        Expect.equal(false, exit.signalled());
        Expect.equal(7, exit.code());
    }

    private static void killed(Linux linux) {
        Clone clone = sleeping(linux);
        try (Fd pidfd = clone.pidfd().orElseThrow()) {
            linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            Exit peeked = linux.processes.peek(pidfd);
            linux.processes.pidfdIfAlive(clone.pid()).orElseThrow().close();
            Expect.isTrue(!stat(linux, clone.pid()).isAlive(), "alive: " + stat(linux, clone.pid()));
            Exit exit = linux.processes.waitFor(pidfd);
            Expect.equal(peeked, exit);
            Expect.equal(new Exit(clone.pid(), true, Signal.SIGKILL.number), exit);
            Expect.equal(128 + 9, exit.code());
            Expect.equal(Optional.empty(), linux.processes.pidfdIfAlive(clone.pid()));
            Expect.fails(Errno.ESRCH, () -> linux.processes.sendSignal(pidfd, 0));
            Expect.fails(Errno.ECHILD, () -> linux.processes.waitFor(pidfd));
        }
    }

    private static ProcessStat stat(Linux linux, int pid) {
        return ProcessStat.parse(linux.files.readText(Fd.CWD, "/proc/" + pid + "/stat"));
    }

    /** A child that waits for ever. */
    private static Clone sleeping(Linux linux) {
        Clone clone = linux.processes.clone3(0, Optional.empty());
        while (clone.isChild()) {
            linux.polling.readable(Polling.FOREVER);
        }
        return clone;
    }

    private static void reap(Linux linux) {
        Expect.equal(Optional.empty(), linux.processes.reap());
        Clone clone = sleeping(linux);
        try (Fd pidfd = clone.pidfd().orElseThrow()) {
            Expect.equal(Optional.empty(), linux.processes.reap());
            linux.processes.sendSignal(pidfd, Signal.SIGTERM.number);
            linux.polling.readable(Polling.FOREVER, pidfd);
            Expect.equal(Optional.of(new Exit(clone.pid(), true, Signal.SIGTERM.number)), linux.processes.reap());
        }
    }

    private static void sibling(Linux linux) {
        int self = linux.processes.getpid();
        Child.run(linux, child -> {
            Clone clone = child.processes.clone3(ProcessFlags.CLONE_PARENT, Optional.empty());
            if (clone.isChild()) {
                child.processes.setsid();
                child.processes.exit(child.processes.getppid() == self ? 0 : 1);
            }
        });
        Optional<Exit> sibling = Optional.empty();
        while (sibling.isEmpty()) {
            sibling = linux.processes.reap();
        }
        Expect.equal(0, sibling.get().code());
    }

    private static void bornInCgroup(Linux linux) {
        inNewCgroup(linux, (cgroup, name) -> Child.run(linux, 0, Optional.of(cgroup), child -> {
            for (ProcessCgroup mine : ProcessCgroup.parse(child.files.readText(Fd.CWD, "/proc/self/cgroup"))) {
                Expect.isTrue(mine.hierarchy() != 0 || mine.path().endsWith("/" + name), mine.toString());
            }
        }));
    }

    private static void deviceProgram(Linux linux) {
        byte[] denyAll = {(byte) MOVE, 0, 0, 0, 0, 0, 0, 0, (byte) EXIT, 0, 0, 0, 0, 0, 0, 0};
        inNewCgroup(linux, (cgroup, name) -> {
            try (Fd program = linux.bpf.progLoad(BPF_PROG_TYPE_CGROUP_DEVICE, denyAll, "a_name_of_more_than_fifteen")) {
                linux.bpf.progAttach(cgroup, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI);
                Expect.fails(Errno.EBADF, () -> linux.bpf.progAttach(program, program, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI));
            }
            Child.run(linux, 0, Optional.of(cgroup),
                    child -> Expect.fails(Errno.EPERM, () -> child.files.open("/dev/null", O_RDONLY)));
            replaced(linux, cgroup);
        });
        byte[] endless = {JUMP, 0, -1, -1, 0, 0, 0, 0};
        Expect.equal("bpf BPF_PROG_LOAD", Expect.fails(Errno.EINVAL,
                () -> linux.bpf.progLoad(BPF_PROG_TYPE_CGROUP_DEVICE, endless, "endless")).operation());
    }

    private static void replaced(Linux linux, Fd cgroup) {
        byte[] allowAll = {(byte) MOVE, 0, 0, 0, 1, 0, 0, 0, (byte) EXIT, 0, 0, 0, 0, 0, 0, 0};
        List<Integer> before = linux.bpf.progQuery(cgroup, BPF_CGROUP_DEVICE);
        Expect.equal(1, before.size());
        try (Fd program = linux.bpf.progLoad(BPF_PROG_TYPE_CGROUP_DEVICE, allowAll, "allow"); Fd old = linux.bpf.progFdById(before.get(0))) {
            linux.bpf.progReplace(cgroup, program, old, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI | BPF_F_REPLACE);
            Expect.isTrue(!linux.bpf.progQuery(cgroup, BPF_CGROUP_DEVICE).equals(before), "it is still the old one");
            Child.run(linux, 0, Optional.of(cgroup), child -> child.files.open("/dev/null", O_RDONLY).close());
            Expect.fails(Errno.ENOENT, () -> linux.bpf.progDetach(cgroup, old, BPF_CGROUP_DEVICE));
            linux.bpf.progDetach(cgroup, program, BPF_CGROUP_DEVICE);
            Expect.equal(List.of(), linux.bpf.progQuery(cgroup, BPF_CGROUP_DEVICE));
        }
    }

    private static void inNewCgroup(Linux linux, BiConsumer<Fd, String> body) {
        Optional<String> unified = Optional.empty();
        for (MountInfo mount : MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo"))) {
            unified = mount.type().equals("cgroup2") ? Optional.of(mount.mountPoint()) : unified;
        }
        Expect.needs(unified.isPresent(), "only where cgroup2 is mounted");
        String name = "carafe-check-" + linux.processes.getpid();
        String path = unified.get() + "/" + name;
        linux.paths.mkdirat(Fd.CWD, path, 0755);
        try (Fd cgroup = linux.files.open(path, O_RDONLY | O_DIRECTORY)) {
            Expect.isTrue(linux.files.directories(Fd.CWD, unified.get()).contains(name), "not listed as a directory");
            Expect.isTrue(!linux.files.directories(Fd.CWD, path).contains("cgroup.procs"), "a file as a directory");
            body.accept(cgroup, name);
        } finally {
            linux.paths.unlinkat(Fd.CWD, path, FileFlags.AT_REMOVEDIR);
        }
    }

    /** Both sides make garbage at the same time, over things that live on from before the clone and must come through. */
    private static void garbage(Linux linux) {
        List<String> living = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            living.add("living " + i);
        }
        Clone clone = linux.processes.clone3(0, Optional.empty());
        boolean intact = survivesCollections(living, clone.isChild() ? "child " : "parent ");
        if (clone.isChild()) {
            linux.processes.exit(intact ? 0 : 1);
        }
        try (Fd pidfd = clone.pidfd().orElseThrow()) {
            Expect.equal(0, linux.processes.waitFor(pidfd).code());
        }
        Expect.isTrue(intact, "the parent's heap is not what it was");
    }

    private static boolean survivesCollections(List<String> living, String side) {
        List<String> own = new ArrayList<>();
        for (int collections = 0; collections < 3; collections++) {
            WeakReference<Object> canary = new WeakReference<>(new byte[1000]);
            for (int allocated = 0; canary.get() != null; allocated++) {
                if (allocated > 4_000) {
                    return false;
                }
                byte[] garbage = new byte[1 << 20];
                garbage[allocated] = 1;
                own.add(side + own.size());
            }
        }
        for (int i = 0; i < living.size(); i++) {
            if (!living.get(i).equals("living " + i)) {
                return false;
            }
        }
        for (int i = 0; i < own.size(); i++) {
            if (!own.get(i).equals(side + i)) {
                return false;
            }
        }
        return true;
    }

    private static void execve(Linux linux) {
        String script = "test \"$0\" = zero && test \"$1\" = 'two words' && test \"$A\" = b && test -z \"$HOME\" && exit 23";
        Exit exit = Child.exitOf(linux, child ->
                child.processes.execve(SHELL, List.of("sh", "-c", script, "zero", "two words"), List.of("A=b")));
        Expect.equal(23, exit.code());
    }

    private static void fexecve(Linux linux) {
        try (Fd memfd = linux.files.memfdCreate("shell", MFD_ALLOW_SEALING); Fd shell = linux.files.open(SHELL, O_RDONLY)) {
            linux.files.copy(shell, memfd);
            Exit exit = Child.exitOf(linux, child ->
                    child.processes.fexecve(memfd, nulEnded("sh", "-c", "test $# = 1 && exit $A", "zero", ""), nulEnded("A=24")));
            Expect.equal(24, exit.code());
        }
    }

    private static byte[] nulEnded(String... texts) {
        return (String.join("\0", texts) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static void longArguments(Linux linux) {
        List<String> args = new ArrayList<>(List.of("sh", "-c", "test $# = 3000 && test ${#1} = 100000 && exit 25", "sh", "x".repeat(100_000)));
        while (args.size() < 3004) {
            args.add("one of many arguments");
        }
        Expect.equal(25, Child.exitOf(linux, child -> child.processes.execve(SHELL, args, List.of())).code());
    }

    private static void setpgid(Linux linux) {
        Exit exit = Child.exitOf(linux, child -> {
            child.processes.setpgid();
            child.processes.kill(-child.processes.getpid(), Signal.SIGKILL.number);
        });
        Expect.isTrue(exit.signalled() && exit.status() == Signal.SIGKILL.number, exit.toString());
    }

    private static void setsid(Linux linux) {
        Child.run(linux, child -> {
            child.processes.setsid();
            Expect.fails(Errno.EPERM, child.processes::setsid);
        });
    }

    private static void limits(Linux linux) {
        Child.run(linux, child -> {
            Rlimit before = child.processes.getrlimit(RLIMIT_NOFILE);
            Expect.isTrue(before.soft() > 100 || before.soft() == ProcessFlags.RLIM_INFINITY, before.toString());
            child.processes.setrlimit(RLIMIT_NOFILE, 50, 100);
            Expect.equal(new Rlimit(50, 100), child.processes.getrlimit(RLIMIT_NOFILE));
            Expect.fails(Errno.EINVAL, () -> child.processes.setrlimit(RLIMIT_NOFILE, 101, 100));
            Rlimit core = child.processes.getrlimit(RLIMIT_CORE);
            child.processes.setrlimit(RLIMIT_CORE, 0, core.hard());
            Expect.equal(new Rlimit(0, core.hard()), child.processes.getrlimit(RLIMIT_CORE));
        });
    }

    private static void signalfd(Linux linux) {
        Child.run(linux, child -> {
            long usr1 = Signal.bit(Signal.SIGUSR1.number);
            long before = child.processes.sigprocmask(SIG_BLOCK, usr1);
            Expect.equal(before | usr1, child.processes.sigprocmask(SIG_BLOCK, 0));
            try (Fd signals = child.processes.signalfd(usr1)) {
                Expect.equal(Optional.empty(), child.processes.nextSignal(signals));
                child.processes.kill(child.processes.getpid(), Signal.SIGUSR1.number);
                Expect.equal(Optional.of(Signal.SIGUSR1.number), child.processes.nextSignal(signals));
                Expect.equal(Optional.empty(), child.processes.nextSignal(signals));
            }
            Expect.equal(before | usr1, child.processes.sigprocmask(SIG_UNBLOCK, usr1));
            Expect.equal(before, child.processes.sigprocmask(SIG_SETMASK, before));
        });
    }

    /** An image catches SIGPIPE: bit 12 of SigCgt. */
    private static void defaultAction(Linux linux) {
        Child.run(linux, child -> {
            child.processes.defaultAction(Signal.SIGPIPE.number);
            Expect.equal(0L, caught(child) & Signal.bit(Signal.SIGPIPE.number));
            Expect.equal(0L, child.processes.prctl(PR_SET_CHILD_SUBREAPER, 1, 0));
            Expect.fails(Errno.EINVAL, () -> child.processes.defaultAction(Signal.SIGKILL.number));
        });
    }

    private static void ignore(Linux linux) {
        Child.run(linux, child -> {
            child.processes.ignore(Signal.SIGCHLD.number);
            Clone ended = child.processes.clone3(0, Optional.empty());
            if (ended.isChild()) {
                child.processes.exit(3);
            }
            Expect.fails(Errno.ECHILD, () -> child.processes.waitFor(ended.pidfd().orElseThrow()));
        });
    }

    private static long caught(Linux linux) {
        String status = linux.files.readText(Fd.CWD, "/proc/self/status");
        int at = status.indexOf("SigCgt:\t") + "SigCgt:\t".length();
        return Long.parseUnsignedLong(status.substring(at, status.indexOf('\n', at)), 16);
    }
}
