package io.carafe.linux.checks.process;

import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.RENAME_EXCHANGE;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.checks.Check;
import io.carafe.linux.checks.Child;
import io.carafe.linux.checks.Expect;
import io.carafe.linux.checks.Scratch;
import io.carafe.linux.door.ForwardingKernel;
import io.carafe.linux.door.OldKernel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The older ways, where the newer calls are not there: what comes of them is the same. */
public final class OldKernelChecks {

    private OldKernelChecks() {
    }

    public static List<Check> all() {
        List<Check> all = new ArrayList<>();
        all.add(Check.of("old kernels: stat says what statx says", OldKernelChecks::stat));
        all.add(Check.of("old kernels: a rename without renameat2", OldKernelChecks::rename));
        all.add(Check.of("old kernels: a file without a name stands for a memfd", OldKernelChecks::memfd));
        all.add(Check.of("old kernels: faccessat knows what may be executed", OldKernelChecks::access));
        all.add(Check.alone("old kernels: descriptors are closed one by one", OldKernelChecks::close));
        all.add(Check.alone("old kernels: a script's interpreter is found by execve of a path in /proc", OldKernelChecks::execute));
        all.add(Check.alone("old kernels: a child where a filter refuses clone3", linux -> exitCode(without(linux, Sys.CLONE3))));
        all.add(Check.alone("old kernels: a child where a filter refuses all pidfds",
                linux -> killed(without(linux, Sys.CLONE3, Sys.PIDFD_OPEN, Sys.PIDFD_SEND_SIGNAL))));
        for (String version : OldKernel.VERSIONS.keySet()) {
            all.add(Check.alone("old kernels: " + version + ": a child's exit code", linux -> exitCode(on(linux, version))));
            all.add(Check.alone("old kernels: " + version + ": a child is killed while it is waited for", linux -> killed(on(linux, version))));
            all.add(Check.alone("old kernels: " + version + ": a process that has gone", linux -> gone(on(linux, version))));
        }
        return all;
    }

    private static Linux on(Linux linux, String version) {
        return Linux.over(new OldKernel(linux.kernel, version));
    }

    /** Behind a filter as docker's profiles before 20.10.10 are one. */
    private static Linux without(Linux linux, Sys... calls) {
        Set<Sys> refused = Set.of(calls);
        return Linux.over(new ForwardingKernel() {
            @Override
            public Kernel behind() {
                return linux.kernel;
            }

            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                return refused.stream().anyMatch(call -> call.nr == nr) ? -Errno.EPERM.number : linux.kernel.call(nr, a, b, c, d, e, f);
            }
        });
    }

    /** Without what is of Linux 5.8. */
    private static FileStatus withoutMount(FileStatus status) {
        return new FileStatus(status.mode(), status.uid(), status.gid(), status.inode(), status.deviceMajor(), status.deviceMinor(),
                status.rdevMajor(), status.rdevMinor(), status.size(), status.links(), 0, false);
    }

    private static void stat(Linux linux) {
        Linux old = without(linux, Sys.STATX);
        for (String path : List.of("/dev/null", "/proc/self", "/etc/passwd", "/")) {
            Expect.equal(withoutMount(linux.paths.statx(Fd.CWD, path, AT_SYMLINK_NOFOLLOW)), old.paths.statx(Fd.CWD, path, AT_SYMLINK_NOFOLLOW));
        }
        try (Fd file = linux.files.open("/etc/passwd", O_PATH)) {
            Expect.equal(withoutMount(linux.files.fstat(file)), old.files.fstat(file));
            Expect.equal(withoutMount(linux.files.fstat(file)), old.paths.statx(file, "", AT_EMPTY_PATH));
        }
        Expect.equal(Optional.empty(), old.paths.statxIfPresent(Fd.CWD, "/no/such", 0));
    }

    private static void rename(Linux linux) {
        Linux old = without(linux, Sys.RENAMEAT2);
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("a", "content");
            old.paths.rename(scratch.dir, "a", scratch.dir, "b", 0);
            Expect.equal("content", linux.files.readText(scratch.dir, "b"));
            Expect.fails(Errno.EPERM, () -> old.paths.rename(scratch.dir, "b", scratch.dir, "c", RENAME_EXCHANGE));
        }
    }

    private static void memfd(Linux linux) {
        try (Fd file = without(linux, Sys.MEMFD_CREATE).files.memfdCreate("name", MFD_CLOEXEC)) {
            linux.files.write(file, "content".getBytes(StandardCharsets.UTF_8));
            linux.files.seek(file, 0);
            Expect.equal("content", new String(linux.files.readAll(file, 100), StandardCharsets.UTF_8));
            Expect.equal(0L, linux.files.fstat(file).links());
        }
    }

    private static void access(Linux linux) {
        Linux old = without(linux, Sys.FACCESSAT2);
        for (String path : List.of("/bin/sh", "/etc/passwd", "/no/such", "/etc/passwd/x")) {
            Expect.equal(linux.paths.isExecutable(Fd.CWD, path), old.paths.isExecutable(Fd.CWD, path));
        }
    }

    private static void close(Linux linux) {
        final int first = 700;
        Linux old = without(linux, Sys.CLOSE_RANGE);
        try (Fd file = linux.files.open("/dev/null", O_PATH)) {
            Child.run(linux, child -> {
                for (int number = first; number < first + 3; number++) {
                    linux.files.dup3(file, number, 0);
                }
                old.descriptors.closeOnExecFrom(first + 1);
                Expect.equal(0L, flags(linux, first));
                Expect.equal((long) FileFlags.FD_CLOEXEC, flags(linux, first + 2));
                old.descriptors.closeFrom(first, List.of(Fd.borrowed(first + 1)));
                Expect.equal(List.of(-(long) Errno.EBADF.number, (long) FileFlags.FD_CLOEXEC, -(long) Errno.EBADF.number),
                        List.of(flags(linux, first), flags(linux, first + 1), flags(linux, first + 2)));
            });
        }
    }

    private static long flags(Linux linux, int number) {
        return linux.kernel.call(Sys.FCNTL.nr, number, FileFlags.F_GETFD, 0);
    }

    private static void execute(Linux linux) {
        Linux old = without(linux, Sys.EXECVEAT);
        Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            try (Fd shell = linux.files.open("/bin/sh", O_PATH)) {
                old.processes.fexecve(shell, "sh\0-c\0exit 5\0".getBytes(StandardCharsets.US_ASCII), new byte[0]);
            } finally {
                linux.processes.exit(1);
            }
        }
        try (Fd process = clone.pidfd().orElseThrow()) {
            Expect.equal(5, linux.processes.waitFor(process).code());
        }
    }

    private static void exitCode(Linux linux) {
        Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            linux.processes.exit(7);
        }
        try (Fd process = clone.pidfd().orElseThrow()) {
            Expect.equal(1, Integer.bitCount(linux.polling.readable(Polling.FOREVER, process)[0]));
            Expect.equal(new Exit(clone.pid(), false, 7), linux.processes.peek(process));
            Expect.equal(new Exit(clone.pid(), false, 7), linux.processes.waitFor(process));
            Expect.fails(Errno.ESRCH, () -> linux.processes.sendSignal(process, 0));
        }
    }

    private static void killed(Linux linux) {
        Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            linux.polling.readable(Polling.FOREVER);
            linux.processes.exit(0);
        }
        try (Fd child = clone.pidfd().orElseThrow(); Fd same = linux.processes.pidfdOpen(clone.pid())) {
            Expect.equal(0, linux.polling.readable(20, same)[0]);
            linux.processes.sendSignal(same, Signal.SIGKILL.number);
            Expect.equal(1, Integer.bitCount(linux.polling.readable(Polling.FOREVER, same)[0]));
            Expect.equal(new Exit(clone.pid(), true, Signal.SIGKILL.number), linux.processes.waitFor(child));
        }
    }

    private static void gone(Linux linux) {
        Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            linux.processes.exit(0);
        }
        try (Fd process = clone.pidfd().orElseThrow()) {
            linux.processes.waitFor(process);
        }
        Expect.equal(Optional.empty(), linux.processes.pidfdIfAlive(clone.pid()));
    }
}
