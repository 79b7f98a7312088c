package io.carafe.linux.checks;

import static io.carafe.linux.abi.FileFlags.AT_REMOVEDIR;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.RESOLVE_BENEATH;
import static io.carafe.linux.abi.FileFlags.RESOLVE_IN_ROOT;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_MAGICLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_SYMLINKS;
import static io.carafe.linux.abi.FileFlags.RESOLVE_NO_XDEV;
import static io.carafe.linux.abi.FileFlags.S_IFCHR;
import static io.carafe.linux.abi.FileFlags.S_IFIFO;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Memory;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** Names: what makes, renames, removes and resolves them, and where a process stands among them. */
final class PathsChecks {

    private PathsChecks() {
    }

    static List<Check> all() {
        return List.of(
                Check.of("paths: mkdirIfAbsent says whether it made one", PathsChecks::mkdir),
                Check.of("paths: a FIFO is made, and a name that stands refused", PathsChecks::fifo),
                Check.of("paths: a device keeps numbers beyond eight bits", PathsChecks::device).asRoot(),
                Check.of("paths: a link is read, by name and by descriptor", PathsChecks::link),
                Check.of("paths: chmod follows a link, chown need not", PathsChecks::modes),
                Check.of("paths: fchownat changes the link itself", PathsChecks::chownLink).asRoot(),
                Check.of("paths: rename replaces, unless told not to", PathsChecks::rename),
                Check.of("paths: unlink and rmdir know files from directories", PathsChecks::unlink),
                Check.of("paths: statx of an absent name is empty, below a file an error", PathsChecks::statx),
                Check.of("paths: two names of one file are the same file", PathsChecks::sameFile),
                Check.of("paths: the root of a mount is told", PathsChecks::mountRoot),
                Check.of("paths: a long directory is listed whole", PathsChecks::list),
                Check.of("paths: a name that is no UTF-8 is listed, read from a link, and removed", PathsChecks::anyName),
                Check.of("paths: openat2 keeps an absolute link inside the root", PathsChecks::inRoot),
                Check.of("paths: openat2 refuses to leave, to follow, to cross", PathsChecks::refusals),
                Check.of("paths: openat2 makes a file with its mode", PathsChecks::openat2Creates),
                Check.of("paths: isExecutable and isWritable tell no from an error", PathsChecks::executable),
                Check.alone("paths: chdir, fchdir and getcwd agree", PathsChecks::workingDirectory),
                Check.alone("paths: chroot hides what is outside", PathsChecks::chroot),
                Check.alone("paths: umask gives back the one before", PathsChecks::umask));
    }

    private static void mkdir(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            Expect.equal(true, linux.paths.mkdirIfAbsent(scratch.dir, "sub", 0750));
            Expect.equal(false, linux.paths.mkdirIfAbsent(scratch.dir, "sub", 0750));
            Expect.equal("mkdir sub", Expect.fails(Errno.EEXIST, () -> linux.paths.mkdirat(scratch.dir, "sub", 0750)).operation());
            Expect.fails(Errno.ENOENT, () -> linux.paths.mkdirIfAbsent(scratch.dir, "none/sub", 0750));
        }
    }

    private static void fifo(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            linux.paths.mkfifoat(scratch.dir, "fifo", 0600);
            FileStatus status = linux.paths.statx(scratch.dir, "fifo", 0);
            Expect.equal(S_IFIFO, status.type());
            Expect.equal(0600, status.permissions());
            Expect.equal("mkfifo fifo",
                    Expect.fails(Errno.EEXIST, () -> linux.paths.mkfifoat(scratch.dir, "fifo", 0600)).operation());
        }
    }

    private static void device(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            linux.paths.mknodat(scratch.dir, "small", S_IFCHR | 0600, 1, 3);
            linux.paths.mknodat(scratch.dir, "large", S_IFCHR | 0600, 511, 0xabcde);
            Expect.isTrue(linux.paths.statx(scratch.dir, "small", 0).isCharacterDevice(1, 3), "not 1:3");
            FileStatus large = linux.paths.statx(scratch.dir, "large", 0);
            Expect.isTrue(large.isCharacterDevice(511, 0xabcde), "not 511:703710: " + large);
        }
    }

    private static void link(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            String target = "/some/where/" + "ä".repeat(50);
            linux.paths.symlinkat(target, scratch.dir, "link");
            Expect.equal(target, linux.paths.readlinkat(scratch.dir, "link"));
            try (Fd link = linux.files.openat(scratch.dir, "link", O_PATH | O_NOFOLLOW, 0)) {
                Expect.equal(target, linux.paths.readlinkat(link, ""));
            }
            Expect.equal(scratch.path, linux.paths.readlinkat(Fd.CWD, scratch.dir.path()));
            Expect.fails(Errno.EINVAL, () -> linux.paths.readlinkat(scratch.dir, "."));
        }
    }

    private static void modes(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "");
            linux.paths.symlinkat("file", scratch.dir, "link");
            linux.paths.fchmodat(scratch.dir, "link", 0640);
            Expect.equal(0640, linux.paths.statx(scratch.dir, "file", 0).permissions());
            linux.paths.fchownat(scratch.dir, "link", linux.credentials.geteuid(), linux.credentials.getegid(), AT_SYMLINK_NOFOLLOW);
            Expect.equal(S_IFLNK, linux.paths.statx(scratch.dir, "link", AT_SYMLINK_NOFOLLOW).type());
            Expect.fails(Errno.ENOENT, () -> linux.paths.fchmodat(scratch.dir, "none", 0600));
        }
    }

    private static void chownLink(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "");
            linux.paths.symlinkat("file", scratch.dir, "link");
            linux.paths.fchownat(scratch.dir, "link", 11, 12, AT_SYMLINK_NOFOLLOW);
            Expect.equal(0, linux.paths.statx(scratch.dir, "file", 0).uid());
            Expect.equal(11, linux.paths.statx(scratch.dir, "link", AT_SYMLINK_NOFOLLOW).uid());
            linux.paths.fchownat(scratch.dir, "link", 11, 12, 0);
            Expect.equal(12, linux.paths.statx(scratch.dir, "file", 0).gid());
        }
    }

    private static void rename(Linux linux) {
        final int noReplace = 1;
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("one", "one");
            scratch.file("two", "two");
            Expect.equal("rename one to two", Expect.fails(Errno.EEXIST,
                    () -> linux.paths.rename(scratch.dir, "one", scratch.dir, "two", noReplace)).operation());
            linux.paths.rename(scratch.dir, "one", scratch.dir, "two", 0);
            Expect.equal("one", linux.files.readText(scratch.dir, "two"));
            Expect.equal(List.of("two"), linux.files.list(scratch.dir, "."));
        }
    }

    private static void unlink(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "");
            scratch.directory("sub");
            scratch.directory("sub/full");
            Expect.fails(Errno.ENOTDIR, () -> linux.paths.unlinkat(scratch.dir, "file", AT_REMOVEDIR));
            Expect.fails(Errno.EISDIR, () -> linux.paths.unlinkat(scratch.dir, "sub", 0));
            Expect.fails(Errno.ENOTEMPTY, () -> linux.paths.unlinkat(scratch.dir, "sub", AT_REMOVEDIR));
            linux.paths.unlinkat(scratch.dir, "file", 0);
            linux.paths.unlinkat(scratch.dir, "sub/full", AT_REMOVEDIR);
            Expect.equal(List.of("sub"), linux.files.list(scratch.dir, "."));
        }
    }

    private static void statx(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "12345");
            Expect.equal(5L, linux.paths.statx(scratch.dir, "file", 0).size());
            Expect.equal(Optional.empty(), linux.paths.statxIfPresent(scratch.dir, "none", 0));
            Expect.fails(Errno.ENOTDIR, () -> linux.paths.statxIfPresent(scratch.dir, "file/none", 0));
            Expect.equal("stat none", Expect.fails(Errno.ENOENT, () -> linux.paths.statx(scratch.dir, "none", 0)).operation());
        }
    }

    private static void sameFile(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "");
            scratch.file("other", "");
            linux.paths.symlinkat("file", scratch.dir, "link");
            FileStatus file = linux.paths.statx(scratch.dir, "file", 0);
            Expect.isTrue(file.isSameFile(linux.paths.statx(scratch.dir, "link", 0)), "the link's target");
            Expect.isTrue(!file.isSameFile(linux.paths.statx(scratch.dir, "other", 0)), "two files as one");
        }
    }

    private static void mountRoot(Linux linux) {
        FileStatus proc = linux.paths.statx(Fd.CWD, "/proc", 0);
        FileStatus below = linux.paths.statx(Fd.CWD, "/proc/self/status", 0);
        Expect.isTrue(proc.mountRoot() && !below.mountRoot(), proc + " " + below);
        Expect.isTrue(proc.mountId() != 0 && proc.mountId() == below.mountId(), proc + " " + below);
    }

    private static void list(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            TreeSet<String> names = new TreeSet<>();
            for (int i = 0; i < 1500; i++) {
                String name = "a-file-of-many-that-fill-more-than-one-buffer-" + i;
                scratch.file(name, "");
                names.add(name);
            }
            List<String> listed = linux.files.list(Fd.CWD, scratch.path);
            Expect.equal(names.size(), listed.size());
            Expect.equal(names, new TreeSet<>(listed));
            Expect.fails(Errno.ENOTDIR, () -> linux.files.list(scratch.dir, names.first()));
        }
    }

    private static void anyName(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            // The bytes ff, a, e2 82 (a euro sign cut short), and two whole characters, one of them beyond 16 bits.
            String name = "\udcffa\udce2\udc82\u20ac\ud83d\ude00";
            scratch.directory(name);
            Expect.equal(List.of(name), linux.files.list(scratch.dir, "."));
            linux.paths.symlinkat(name, scratch.dir, "link");
            Expect.equal(name, linux.paths.readlinkat(scratch.dir, "link"));
            Expect.equal(true, linux.paths.statx(scratch.dir, "link", 0).isDirectory());
            try (Memory.Frame frame = new Memory(linux.kernel).frame()) {
                byte[] bytes = new byte[12];
                linux.kernel.get(frame.string(name), bytes, 0, bytes.length);
                Expect.equal("ff61e282e282acf09f988000", HexFormat.of().formatHex(bytes));
            }
        }
    }

    private static void inRoot(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.directory("proc");
            scratch.file("proc/status", "ours");
            linux.paths.symlinkat("/proc", scratch.dir, "absolute");
            linux.paths.symlinkat("../../../../proc", scratch.dir, "climbing");
            for (String name : List.of("absolute/status", "climbing/status", "/proc/status", "../../proc/status")) {
                try (Fd file = linux.files.openat2(scratch.dir, name, O_RDONLY, 0, RESOLVE_IN_ROOT)) {
                    Expect.equal("ours", new String(linux.files.readAll(file, 100), StandardCharsets.UTF_8));
                }
            }
        }
    }

    private static void refusals(Linux linux) {
        try (Scratch scratch = Scratch.make(linux); Fd root = linux.files.open("/", O_PATH | O_DIRECTORY)) {
            scratch.file("file", "");
            linux.paths.symlinkat("file", scratch.dir, "link");
            Expect.equal("openat2 ..", Expect.fails(Errno.EXDEV,
                    () -> linux.files.openat2(scratch.dir, "..", O_PATH, 0, RESOLVE_BENEATH)).operation());
            Expect.fails(Errno.ELOOP, () -> linux.files.openat2(scratch.dir, "link", O_RDONLY, 0, RESOLVE_NO_SYMLINKS));
            Expect.fails(Errno.ELOOP, () -> linux.files.openat2(root, "proc/self/exe", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS));
            Expect.fails(Errno.EXDEV, () -> linux.files.openat2(root, "proc/self/status", O_RDONLY, 0, RESOLVE_NO_XDEV));
        }
    }

    private static void openat2Creates(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            Expect.equal(Optional.empty(), linux.files.openat2IfPresent(scratch.dir, "file", O_RDONLY, 0, RESOLVE_IN_ROOT));
            linux.files.openat2(scratch.dir, "file", O_WRONLY | O_CREAT, 0400, RESOLVE_IN_ROOT).close();
            linux.files.openat2IfPresent(scratch.dir, "file", O_PATH, 0, RESOLVE_IN_ROOT).orElseThrow().close();
            Expect.fails(Errno.ENOTDIR, () -> linux.files.openat2IfPresent(scratch.dir, "file/x", O_PATH, 0, RESOLVE_IN_ROOT));
            Expect.equal(0400, linux.paths.statx(scratch.dir, "file", 0).permissions());
            Expect.fails(Errno.EINVAL, () -> linux.files.openat2(scratch.dir, "file", O_RDONLY, 0400, RESOLVE_IN_ROOT));
        }
    }

    private static void executable(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("file", "");
            Expect.equal(false, linux.paths.isExecutable(scratch.dir, "file"));
            Expect.equal(true, linux.paths.isWritable(scratch.dir, "file"));
            Expect.equal(false, linux.paths.isWritable(scratch.dir, "none"));
            Expect.equal(false, linux.paths.isWritable(Fd.CWD, "/proc/self/none"));
            linux.paths.fchmodat(scratch.dir, "file", 0700);
            Expect.equal(true, linux.paths.isExecutable(scratch.dir, "file"));
            Expect.equal(false, linux.paths.isExecutable(scratch.dir, "none"));
            Expect.equal(false, linux.paths.isExecutable(scratch.dir, "file/none"));
            Expect.fails(Errno.EBADF, () -> linux.paths.isExecutable(Fd.borrowed(9999), "file"));
        }
    }

    private static void workingDirectory(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.directory("sub");
            Child.run(linux, child -> {
                child.paths.chdir(scratch.path("sub"));
                Expect.equal(scratch.path("sub"), child.paths.getcwd());
                child.paths.fchdir(scratch.dir);
                Expect.equal(scratch.path, child.paths.getcwd());
                Expect.equal("chdir none", Expect.fails(Errno.ENOENT, () -> child.paths.chdir("none")).operation());
            });
        }
    }

    private static void chroot(Linux linux) {
        try (Scratch scratch = Scratch.make(linux)) {
            scratch.file("inside", "");
            Child.in(linux, 0, child -> {
                child.paths.chroot(scratch.path);
                Expect.equal(List.of("inside"), child.files.list(Fd.CWD, "/"));
                Expect.isTrue(child.paths.getcwd().startsWith("(unreachable)"), child.paths.getcwd());
                Expect.equal("chroot /none", Expect.fails(Errno.ENOENT, () -> child.paths.chroot("/none")).operation());
            });
        }
    }

    private static void umask(Linux linux) {
        Child.run(linux, child -> {
            child.paths.umask(027);
            Expect.equal(027, child.paths.umask(077));
            Expect.equal(077, child.paths.umask(0));
        });
    }
}
