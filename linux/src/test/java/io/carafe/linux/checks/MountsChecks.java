package io.carafe.linux.checks;

import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.AT_RECURSIVE;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.ST_RDONLY;
import static io.carafe.linux.abi.FileFlags.TMPFS_MAGIC;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NODEV;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_NOSUID;
import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR_RDONLY;
import static io.carafe.linux.abi.MountFlags.MS_BIND;
import static io.carafe.linux.abi.MountFlags.MS_NODEV;
import static io.carafe.linux.abi.MountFlags.MS_NOSUID;
import static io.carafe.linux.abi.MountFlags.MS_RDONLY;
import static io.carafe.linux.abi.MountFlags.MS_REMOUNT;
import static io.carafe.linux.abi.MountFlags.MS_SHARED;
import static io.carafe.linux.abi.MountFlags.OPEN_TREE_CLONE;
import static io.carafe.linux.abi.MountFlags.UMOUNT_NOFOLLOW;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNS;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import java.util.List;
import java.util.function.BiConsumer;

/** Mounts, old way and new, in a mount namespace of their own; for an ordinary user in a user namespace too. */
final class MountsChecks {

    private MountsChecks() {
    }

    static List<Check> all() {
        return List.of(
                mounting("mounts: mount takes flags and data, and mountinfo shows them", MountsChecks::mount),
                mounting("mounts: a mount with no source is read back", MountsChecks::noSource),
                mounting("mounts: a bind is remounted read-only", MountsChecks::bind),
                mounting("mounts: umount2 detaches, and refuses what is no mount", MountsChecks::umount),
                mounting("mounts: a failed mount names type and target", MountsChecks::failing),
                mounting("mounts: fsopen, fsconfig, fsmount, move_mount", MountsChecks::newMount),
                mounting("mounts: fsconfig refuses what a file system does not know", MountsChecks::refusedOption),
                Check.of("mounts: the calls of the new mount API are known", MountsChecks::known),
                mounting("mounts: a cloned tree is moved with what is below", MountsChecks::tree),
                mounting("mounts: mount_setattr sets, clears and propagates", MountsChecks::setattr),
                mounting("mounts: pivot_root onto itself leaves the new root alone", MountsChecks::pivot));
    }

    private static Check mounting(String name, BiConsumer<Linux, Scratch> body) {
        return Check.alone(name, linux -> {
            try (Scratch scratch = Scratch.make(linux)) {
                scratch.directory("a");
                scratch.directory("b");
                Child.in(linux, CLONE_NEWNS, child -> body.accept(child, scratch.seenBy(child)));
            }
        });
    }

    private static MountInfo at(Linux linux, String target) {
        MountInfo last = null;
        for (MountInfo mount : MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo"))) {
            last = mount.mountPoint().equals(target) ? mount : last;
        }
        Expect.isTrue(last != null, "nothing is mounted on " + target);
        return last;
    }

    private static void mount(Linux linux, Scratch scratch) {
        linux.mounts.mount("named", scratch.path("a"), "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=711");
        MountInfo mount = at(linux, scratch.path("a"));
        Expect.equal("named", mount.source());
        Expect.equal("tmpfs", mount.type());
        Expect.isTrue(mount.has("nosuid") && mount.has("nodev") && !mount.has("noexec"), mount.options());
        Expect.isTrue(mount.superOptions().contains("size=64k"), mount.superOptions());
        Expect.equal(TMPFS_MAGIC, linux.paths.statfs(scratch.path("a")).type());
        Expect.equal(0711, linux.paths.statx(Fd.CWD, scratch.path("a"), 0).permissions());
    }

    private static void noSource(Linux linux, Scratch scratch) {
        linux.mounts.mount("", scratch.path("a"), "tmpfs", 0, "");
        Expect.equal("none", at(linux, scratch.path("a")).source());
        try (Memory.Frame frame = new Memory(linux.kernel).frame()) { // the wrapper says NULL for it
            long empty = frame.string("");
            long target = frame.string(scratch.path("b"));
            Expect.equal(0L, linux.kernel.call(Sys.MOUNT.nr, empty, target, frame.string("tmpfs"), 0, 0));
        }
        Expect.equal("", at(linux, scratch.path("b")).source());
    }

    private static void bind(Linux linux, Scratch scratch) {
        linux.mounts.mount(scratch.path("a"), scratch.path("b"), "", MS_BIND, "");
        scratch.file("b/file", "through");
        Expect.equal("through", linux.files.readText(scratch.dir, "a/file"));
        long locked = linux.paths.statfs(scratch.path("b")).flags() & (MS_NOSUID | MS_NODEV);
        linux.mounts.mount("", scratch.path("b"), "", MS_BIND | MS_REMOUNT | MS_RDONLY | locked, "");
        Expect.equal(ST_RDONLY, linux.paths.statfs(scratch.path("b")).flags() & ST_RDONLY);
        Expect.fails(Errno.EROFS, () -> linux.files.openat(scratch.dir, "b/more", O_WRONLY | O_CREAT, 0600));
        scratch.file("a/more", "");
    }

    private static void umount(Linux linux, Scratch scratch) {
        linux.mounts.mount("tmpfs", scratch.path("a"), "tmpfs", 0, "");
        try (Fd busy = linux.files.open(scratch.path("a"), O_DIRECTORY)) {
            Expect.fails(Errno.EBUSY, () -> linux.mounts.umount2(scratch.path("a"), 0));
            linux.mounts.umount2(scratch.path("a"), MNT_DETACH);
            Expect.equal(TMPFS_MAGIC, linux.files.fstatfs(busy).type());
        }
        Expect.equal("umount " + scratch.path("a"),
                Expect.fails(Errno.EINVAL, () -> linux.mounts.umount2(scratch.path("a"), MNT_DETACH)).operation());
        linux.mounts.mount("tmpfs", scratch.path("a"), "tmpfs", 0, "");
        linux.paths.symlinkat("a", scratch.dir, "link");
        Expect.fails(Errno.EINVAL, () -> linux.mounts.umount2(scratch.path("link"), UMOUNT_NOFOLLOW));
        linux.mounts.umount2(scratch.path("link"), 0);
    }

    private static void failing(Linux linux, Scratch scratch) {
        Expect.equal("mount nofs on /proc",
                Expect.fails(Errno.ENODEV, () -> linux.mounts.mount("x", "/proc", "nofs", 0, "")).operation());
        Expect.equal("mount /none on /proc",
                Expect.fails(Errno.ENOENT, () -> linux.mounts.mount("/none", "/proc", "", MS_BIND, "")).operation());
    }

    private static void newMount(Linux linux, Scratch scratch) {
        try (Fd context = linux.mounts.fsopen("tmpfs"); Fd target = linux.files.openat(scratch.dir, "a", O_PATH, 0)) {
            linux.mounts.setString(context, "source", "made");
            linux.mounts.setString(context, "size", "128k");
            linux.mounts.setFlag(context, "ro");
            linux.mounts.create(context);
            try (Fd mount = linux.mounts.fsmount(context, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV)) {
                linux.mounts.moveMount(mount, target);
                Expect.isTrue(linux.files.fstat(mount).mountRoot(), "no root of a mount");
            }
        }
        MountInfo mount = at(linux, scratch.path("a"));
        Expect.equal("made", mount.source());
        Expect.isTrue(mount.has("nosuid") && mount.has("nodev") && mount.superOptions().startsWith("ro,"), mount.toString());
    }

    private static void refusedOption(Linux linux, Scratch scratch) {
        Expect.equal("fsopen nofs", Expect.fails(Errno.ENODEV, () -> linux.mounts.fsopen("nofs")).operation());
        try (Fd context = linux.mounts.fsopen("tmpfs")) {
            Expect.equal("fsconfig no=1",
                    Expect.fails(Errno.EINVAL, () -> linux.mounts.setString(context, "no", "1")).operation());
            Expect.equal("tmpfs: Unknown parameter 'no'", linux.mounts.complaint(context));
            Expect.equal("", linux.mounts.complaint(context));
            Expect.equal("fsconfig no", Expect.fails(Errno.EINVAL, () -> linux.mounts.setFlag(context, "no")).operation());
            Expect.fails(Errno.EINVAL, () -> linux.mounts.fsmount(context, 0));
        }
    }

    private static void known(Linux linux) {
        Expect.equal(true, linux.mounts.canBeDetached());
    }

    private static void tree(Linux linux, Scratch scratch) {
        linux.mounts.mount("tmpfs", scratch.path("a"), "tmpfs", 0, "");
        scratch.directory("a/below");
        linux.mounts.mount("tmpfs", scratch.path("a/below"), "tmpfs", 0, "");
        scratch.file("a/below/file", "deep");
        try (Fd clone = linux.mounts.openTree(scratch.dir, "a", OPEN_TREE_CLONE | AT_RECURSIVE);
                Fd target = linux.files.openat(scratch.dir, "b", O_PATH, 0)) {
            linux.mounts.moveMount(clone, target);
        }
        Expect.equal("deep", linux.files.readText(scratch.dir, "b/below/file"));
        try (Fd clone = linux.mounts.openTree(scratch.dir, "a", OPEN_TREE_CLONE)) {
            Expect.equal(List.of(), linux.files.list(clone, "below"));
        }
        Expect.equal("open_tree none",
                Expect.fails(Errno.ENOENT, () -> linux.mounts.openTree(scratch.dir, "none", OPEN_TREE_CLONE)).operation());
    }

    private static void setattr(Linux linux, Scratch scratch) {
        linux.mounts.mount("tmpfs", scratch.path("a"), "tmpfs", 0, "");
        scratch.directory("a/below");
        linux.mounts.mount("tmpfs", scratch.path("a/below"), "tmpfs", 0, "");
        try (Fd mount = linux.files.openat(scratch.dir, "a", O_PATH, 0)) {
            linux.mounts.setattr(mount, false, MOUNT_ATTR_RDONLY, 0, MS_SHARED);
            Expect.isTrue(at(linux, scratch.path("a")).has("ro"), "not read-only");
            Expect.isTrue(at(linux, scratch.path("a")).tags().toString().contains("shared:"), "not shared");
            Expect.isTrue(!at(linux, scratch.path("a/below")).has("ro"), "read-only below");
            linux.mounts.setattr(mount, true, MOUNT_ATTR_NOSUID, MOUNT_ATTR_RDONLY, 0);
            Expect.isTrue(!at(linux, scratch.path("a")).has("ro"), "still read-only");
            Expect.isTrue(at(linux, scratch.path("a/below")).has("nosuid"), "not nosuid below");
        }
        try (Fd plain = linux.files.openat(scratch.dir, "b", O_PATH, 0)) {
            Expect.fails(Errno.EINVAL, () -> linux.mounts.setattr(plain, false, MOUNT_ATTR_RDONLY, 0, 0));
        }
    }

    private static void pivot(Linux linux, Scratch scratch) {
        linux.mounts.mount("tmpfs", scratch.path("a"), "tmpfs", 0, "");
        scratch.file("a/inside", "");
        linux.paths.chdir(scratch.path("a"));
        linux.mounts.pivotRoot(".", ".");
        linux.mounts.umount2(".", MNT_DETACH);
        linux.paths.chdir("/");
        Expect.equal(List.of("inside"), linux.files.list(Fd.CWD, "/"));
        Expect.equal("/", linux.paths.getcwd());
        try (Fd root = linux.mounts.openTree(Fd.CWD, "/", 0); Fd again = linux.mounts.openTree(root, "", AT_EMPTY_PATH)) {
            Expect.isTrue(linux.files.fstat(root).isSameFile(linux.files.fstat(again)), "another root");
        }
    }
}
