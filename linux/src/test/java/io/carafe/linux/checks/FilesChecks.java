package io.carafe.linux.checks;

import static io.carafe.linux.abi.FileFlags.FD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.F_ADD_SEALS;
import static io.carafe.linux.abi.FileFlags.F_GETFD;
import static io.carafe.linux.abi.FileFlags.F_GET_SEALS;
import static io.carafe.linux.abi.FileFlags.F_SEAL_GROW;
import static io.carafe.linux.abi.FileFlags.F_SEAL_SEAL;
import static io.carafe.linux.abi.FileFlags.F_SEAL_SHRINK;
import static io.carafe.linux.abi.FileFlags.F_SEAL_WRITE;
import static io.carafe.linux.abi.FileFlags.LOCK_EX;
import static io.carafe.linux.abi.FileFlags.LOCK_NB;
import static io.carafe.linux.abi.FileFlags.LOCK_UN;
import static io.carafe.linux.abi.FileFlags.MFD_ALLOW_SEALING;
import static io.carafe.linux.abi.FileFlags.O_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.PROC_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.ST_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Descent;
import io.carafe.linux.call.file.FileStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Files by descriptor: opening, contents, modes, locks, seals. */
final class FilesChecks {

    /** Far above what a test's own process has open. */
    private static final int HIGH = 700;

    private FilesChecks() {
    }

    static List<Check> all() {
        return List.of(
                Check.of("files: an opened file is closed on exec", FilesChecks::opened),
                Check.of("files: an absent file is an answer of openIfPresent only", FilesChecks::absent),
                Check.of("files: O_EXCL refuses a file that stands already", FilesChecks::exclusive),
                Check.of("files: a large file is read as it was written", FilesChecks::large),
                Check.of("files: readAll takes a file of just the limit and no byte more", FilesChecks::limit),
                Check.of("files: a text of the kernel's is read and its absence named", FilesChecks::text),
                Check.of("files: a write that the kernel refuses names text and file", FilesChecks::refusedWrite),
                Check.of("files: fchmod and fstat agree on permissions", FilesChecks::permissions),
                Check.of("files: fchown to oneself is allowed, to another is not", FilesChecks::ownership),
                Check.of("files: fchown gives a file away", FilesChecks::givenAway).asRoot(),
                Check.of("files: a lock held elsewhere is EAGAIN", FilesChecks::lock),
                Check.alone("files: a byte that another process has locked is refused, and its pid told", FilesChecks::byteLock),
                Check.of("files: a walk comes back to where it was, or says that it did not", FilesChecks::descent),
                Check.of("files: a sealed memfd refuses writes", FilesChecks::sealed),
                Check.of("files: copy takes all of a file", FilesChecks::copy),
                Check.of("files: dup3 gives a number of choice, and its close-on-exec", FilesChecks::duplicate),
                Check.of("files: closeOnExecFrom marks from a number on", FilesChecks::closeOnExecFrom),
                Check.alone("files: closeFrom leaves what is below and what is kept", FilesChecks::closeFrom),
                Check.of("files: fsync of a file succeeds, of a pipe's end is EINVAL", FilesChecks::fsync),
                Check.of("files: a terminal has columns, a file has none", FilesChecks::columns),
                Check.of("files: fstatfs and statfs tell procfs", FilesChecks::fileSystem));
    }

    private static void opened(Linux linux) {
        try (Fd file = linux.files.open("/proc/self/status", O_RDONLY)) {
            Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(file, F_GETFD, 0));
            Expect.equal("/proc/self/fd/" + file.number(), file.path());
        }
    }

    private static void absent(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            Expect.equal(Optional.empty(), linux.files.openIfPresent(scratch.dir, "absent", O_RDONLY));
            Expect.fails(Errno.ENOENT, () -> linux.files.openat(scratch.dir, "absent", O_RDONLY, 0));
            scratch.file("file", "");
            Expect.fails(Errno.ENOTDIR, () -> linux.files.openIfPresent(scratch.dir, "file/below", O_RDONLY));
            try (Fd file = linux.files.openIfPresent(scratch.dir, "file", O_RDONLY).orElseThrow()) {
                Expect.equal(0L, linux.files.fstat(file).size());
            }
        }
    }

    private static void exclusive(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "");
            Expect.fails(Errno.EEXIST, () -> linux.files.openat(scratch.dir, "file", O_WRONLY | O_CREAT | O_EXCL, 0600));
        }
    }

    private static void large(Linux linux) {
        byte[] content = new byte[300_001];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 + (i >> 9));
        }
        try (Scratch scratch = Scratch.make(linux);
                Fd out = linux.files.openat(scratch.dir, "file", O_WRONLY | O_CREAT, 0600);
                Fd in = linux.files.openat(scratch.dir, "file", O_RDONLY, 0)) {
            linux.files.write(out, content);
            byte[] read = linux.files.readAll(in, 1 << 20);
            Expect.isTrue(Arrays.equals(content, read), "of " + content.length + " bytes came other " + read.length);
        }
    }

    private static void limit(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            String text = "x".repeat(100_000);
            scratch.file("file", text);
            try (Fd file = linux.files.openat(scratch.dir, "file", O_RDONLY, 0)) {
                Expect.equal(text.length(), linux.files.readAll(file, text.length()).length);
                Expect.equal(0, linux.files.readAll(file, 10).length);
            }
            try (Fd file = linux.files.openat(scratch.dir, "file", O_RDONLY, 0)) {
                Expect.fails(Errno.EFBIG, () -> linux.files.readAll(file, text.length() - 1));
            }
        }
    }

    private static void text(Linux linux) {
        Expect.isTrue(linux.files.readText(Fd.CWD, "/proc/self/status").contains("\nPid:\t" + linux.processes.getpid() + "\n"),
                "no own pid in /proc/self/status");
        Expect.equal(Optional.empty(), linux.files.readIfPresent(Fd.CWD, "/proc/none"));
        Expect.isTrue(linux.files.readIfPresent(Fd.CWD, "/proc/self/status").isPresent(), "no status");
        Expect.equal("open /proc/none", Expect.fails(Errno.ENOENT, () -> linux.files.readText(Fd.CWD, "/proc/none")).operation());
        Expect.equal("read /proc/self", Expect.fails(Errno.EISDIR, () -> linux.files.readText(Fd.CWD, "/proc/self")).operation());
    }

    private static void refusedWrite(Linux linux) {
        Expect.equal("write \"2000\\n\" to /proc/self/oom_score_adj",
                Expect.fails(Errno.EINVAL, () -> linux.files.writeText(Fd.CWD, "/proc/self/oom_score_adj", "2000\n")).operation());
        String before = linux.files.readText(Fd.CWD, "/proc/self/oom_score_adj");
        linux.files.writeText(Fd.CWD, "/proc/self/oom_score_adj", before);
        Expect.equal(before, linux.files.readText(Fd.CWD, "/proc/self/oom_score_adj"));
    }

    private static void permissions(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd file = linux.files.openat(scratch.dir, "file", O_RDWR | O_CREAT, 0600)) {
            linux.files.fchmod(file, 04751);
            FileStatus status = linux.files.fstat(file);
            Expect.equal(04751, status.permissions());
            Expect.equal(1L, status.links());
            Expect.isTrue(!status.isDirectory() && !status.mountRoot(), "a plain file: " + status);
            Expect.isTrue(linux.files.fstat(scratch.dir).isDirectory(), "a directory: " + status);
        }
    }

    private static void ownership(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd file = linux.files.openat(scratch.dir, "file", O_RDWR | O_CREAT, 0600)) {
            int uid = linux.credentials.geteuid();
            linux.files.fchown(file, uid, linux.credentials.getegid());
            Expect.equal(uid, linux.files.fstat(file).uid());
            if (uid != 0) {
                Expect.fails(Errno.EPERM, () -> linux.files.fchown(file, uid + 1, -1));
            }
        }
    }

    private static void givenAway(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd file = linux.files.openat(scratch.dir, "file", O_RDWR | O_CREAT, 0600)) {
            linux.files.fchown(file, 1234, 5678);
            Expect.equal(1234, linux.files.fstat(file).uid());
            Expect.equal(5678, linux.files.fstat(file).gid());
        }
    }

    private static void lock(Linux linux) {
        try (Scratch scratch = Scratch.make(linux);
                Fd one = linux.files.openat(scratch.dir, "lock", O_RDWR | O_CREAT, 0600);
                Fd other = linux.files.openat(scratch.dir, "lock", O_RDWR, 0)) {
            linux.files.flock(one, LOCK_EX);
            Expect.fails(Errno.EAGAIN, () -> linux.files.flock(other, LOCK_EX | LOCK_NB));
            linux.files.flock(one, LOCK_UN);
            linux.files.flock(other, LOCK_EX | LOCK_NB);
        }
    }

    private static void byteLock(Linux linux) {
        int parent = linux.processes.getpid();
        try (Scratch scratch = Scratch.make(linux);
                Fd file = linux.files.openat(scratch.dir, "lock", O_RDWR | O_CREAT, 0600)) {
            Expect.isTrue(linux.files.lockByte(file, 1) && linux.files.lockByte(file, 1), "again by the same process");
            Expect.equal(OptionalInt.empty(), linux.files.lockerOfByte(file, 1));
            Child.run(linux, child -> {
                // With the parent's own descriptor: the lock is the process's.
                Expect.isTrue(!child.files.lockByte(file, 1), "locked twice");
                Expect.equal(OptionalInt.of(parent), child.files.lockerOfByte(file, 1));
                Expect.isTrue(child.files.lockByte(file, 0), "another byte");
            });
            Expect.equal(OptionalInt.empty(), linux.files.lockerOfByte(file, 0));
            linux.files.unlockByte(file, 1);
            Child.run(linux, child -> Expect.isTrue(child.files.lockByte(file, 1), "unlocked"));
        }
    }

    private static void descent(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            for (String name : List.of("a", "a/b", "a/b/c", "other")) {
                scratch.directory(name);
            }
            linux.paths.symlinkat("../other", scratch.dir, "a/link");
            List<String> seen = new ArrayList<>();
            Descent.walk(linux.files, scratch.dir, "a", new Descent.Visitor() {
                @Override
                public List<String> enter(Fd directory) {
                    List<String> names = linux.files.list(directory, ".");
                    names.sort(null);
                    seen.addAll(names);
                    return names;
                }

                @Override
                public void leave(Fd parent, String name) {
                    seen.add("-" + name);
                }
            });
            Expect.equal(List.of("b", "link", "c", "-c", "-b", "-link"), seen);
            Expect.isTrue(!Descent.walk(linux.files, scratch.dir, "nonesuch", directory -> List.of()), "absent");
            Expect.fails(Errno.ESTALE, () -> Descent.walk(linux.files, scratch.dir, "a/b", directory -> {
                if (linux.paths.statxIfPresent(scratch.dir, "a/b/c", 0).isPresent() && linux.files.list(directory, ".").isEmpty()) {
                    linux.paths.rename(scratch.dir, "a/b/c", scratch.dir, "other/c", 0);
                }
                return linux.files.list(directory, ".");
            }));
        }
    }

    private static void sealed(Linux linux) {
        try (Fd memfd = linux.files.memfdCreate("check", MFD_ALLOW_SEALING)) {
            linux.files.write(memfd, "content".getBytes(StandardCharsets.UTF_8));
            int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
            linux.files.fcntl(memfd, F_ADD_SEALS, seals);
            Expect.equal((long) seals, linux.files.fcntl(memfd, F_GET_SEALS, 0));
            Expect.fails(Errno.EPERM, () -> linux.files.write(memfd, new byte[1]));
            Expect.equal("content", linux.files.readText(Fd.CWD, memfd.path()));
        }
    }

    private static void copy(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd memfd = linux.files.memfdCreate("check", 0)) {
            String text = "0123456789".repeat(50_000);
            scratch.file("file", text);
            try (Fd file = linux.files.openat(scratch.dir, "file", O_RDONLY, 0)) {
                linux.files.copy(file, memfd);
            }
            Expect.isTrue(text.equals(linux.files.readText(Fd.CWD, memfd.path())), "the copy is another text");
        }
    }

    private static void duplicate(Linux linux) {
        try (Fd file = linux.files.memfdCreate("check", 0)) {
            linux.files.dup3(file, HIGH, 0);
            try (Fd high = Fd.owned(linux.kernel, HIGH)) {
                Expect.equal(0L, linux.files.fcntl(high, F_GETFD, 0));
                Expect.isTrue(linux.files.fstat(file).isSameFile(linux.files.fstat(high)), "another file");
                linux.files.dup3(file, HIGH, O_CLOEXEC);
                Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(high, F_GETFD, 0));
            }
            Expect.fails(Errno.EBADF, () -> linux.files.fcntl(Fd.borrowed(HIGH), F_GETFD, 0));
            try (Fd duplicate = linux.files.duplicate(file)) {
                Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(duplicate, F_GETFD, 0));
                Expect.isTrue(duplicate.number() != file.number() && duplicate.number() > 2, duplicate.toString());
                linux.files.write(duplicate, "both".getBytes(StandardCharsets.UTF_8));
                Expect.equal(4L, linux.files.fstat(file).size());
            }
            Expect.fails(Errno.EINVAL, () -> linux.files.dup3(file, file.number(), 0));
        }
    }

    private static void closeOnExecFrom(Linux linux) {
        try (Fd file = linux.files.memfdCreate("check", 0)) {
            linux.files.dup3(file, HIGH, 0);
            linux.files.dup3(file, HIGH + 1, 0);
            linux.files.dup3(file, HIGH + 2, 0);
            try (Fd below = Fd.owned(linux.kernel, HIGH); Fd first = Fd.owned(linux.kernel, HIGH + 1);
                    Fd second = Fd.owned(linux.kernel, HIGH + 2)) {
                linux.descriptors.closeOnExecFrom(HIGH + 1);
                Expect.equal(0L, linux.files.fcntl(below, F_GETFD, 0));
                Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(first, F_GETFD, 0));
                Expect.equal((long) FD_CLOEXEC, linux.files.fcntl(second, F_GETFD, 0));
            }
        }
    }

    private static void closeFrom(Linux linux) {
        Child.run(linux, child -> {
            Fd[] fds = new Fd[6];
            try (Fd file = child.files.memfdCreate("check", 0)) {
                for (int i = 0; i < fds.length; i++) {
                    child.files.dup3(file, HIGH + i, 0);
                    fds[i] = Fd.owned(child.kernel, HIGH + i);
                }
            }
            // Not its own channel to the parent, which is a low number.
            child.descriptors.closeFrom(HIGH + 1, List.of(fds[4], fds[2]));
            for (int i : new int[] {0, 2, 4}) {
                Expect.equal(0L, child.files.fcntl(fds[i], F_GETFD, 0));
            }
            for (int i : new int[] {1, 3, 5}) {
                Expect.fails(Errno.EBADF, () -> child.files.fcntl(fds[i], F_GETFD, 0));
            }
        });
    }

    private static void fsync(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd file = linux.files.openat(scratch.dir, "file", O_RDWR | O_CREAT, 0600)) {
            linux.files.fsync(file);
            linux.files.syncfs(file);
            linux.paths.mkfifoat(scratch.dir, "fifo", 0600);
            try (Fd fifo = linux.files.openat(scratch.dir, "fifo", O_RDWR, 0)) {
                Expect.fails(Errno.EINVAL, () -> linux.files.fsync(fifo));
            }
        }
    }

    private static void columns(Linux linux) {
        try (Fd terminal = linux.files.open("/dev/ptmx", O_RDWR | O_NOCTTY); Fd none = linux.files.open("/dev/null", O_RDWR)) {
            Expect.equal(OptionalInt.of(0), linux.files.columns(terminal));
            Expect.equal(OptionalInt.empty(), linux.files.columns(none));
        }
    }

    private static void fileSystem(Linux linux) {
        try (Fd proc = linux.files.open("/proc", O_RDONLY)) {
            Expect.equal(PROC_SUPER_MAGIC, linux.files.fstatfs(proc).type());
            Expect.equal(linux.files.fstatfs(proc), linux.paths.statfs("/proc"));
            Expect.equal(0L, linux.paths.statfs("/proc").flags() & ST_RDONLY);
        }
        Expect.fails(Errno.ENOENT, () -> linux.paths.statfs("/proc/none"));
    }
}
