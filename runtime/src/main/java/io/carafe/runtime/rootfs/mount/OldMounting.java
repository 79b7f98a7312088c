package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.Errno.EAGAIN;
import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.PROC_SUPER_MAGIC;
import static io.carafe.linux.abi.MountFlags.MS_BIND;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_REMOUNT;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.rootfs.layer.SharedLayers;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Mounts by mount(2), for kernels before 5.12 and for the few flags that fsconfig(2) has no word for.
 *
 * <p>mount(2) takes paths. A descriptor's path is {@code self/fd/N} of the host's procfs, which stays open here, so that what
 * the container has at /proc plays no part, before the pivot or after it.
 */
final class OldMounting implements Mounting {

    private final Linux linux;
    private final Optional<ProcOfOthers> procs;
    private final Fd proc;

    OldMounting(Linux linux, Optional<ProcOfOthers> procs) {
        this.linux = linux;
        this.procs = procs;
        this.proc = openProc(linux);
    }

    private static Fd openProc(Linux linux) {
        Fd proc = linux.files.open("/proc", O_PATH | O_DIRECTORY);
        try {
            if (linux.files.fstatfs(proc).type() != PROC_SUPER_MAGIC) {
                throw new KernelException("open /proc", EINVAL).hint(EINVAL, "no procfs is mounted there");
            }
            return proc;
        } catch (KernelException e) {
            proc.close();
            throw e;
        }
    }

    @Override
    public Fd clone(HostPath source, boolean recursive, boolean follows) {
        return linux.files.open(source.text(), O_PATH | (follows ? 0 : O_NOFOLLOW));
    }

    @Override
    public Fd clone(Fd source, boolean recursive) {
        return linux.files.duplicate(source);
    }

    @Override
    public Fd attach(Fd tree, boolean recursive, Mountpoint at, MountOptions options) {
        mount(name(tree), at.fd(), "", MS_BIND | (recursive ? MS_REC : 0), "");
        FileStatus bound = linux.files.fstat(tree);
        return changed(at, options, now -> now.isSameFile(bound));
    }

    @Override
    public Fd create(String type, String source, MountOptions options, Fd maps) {
        throw new KernelException("mount_setattr idmap", ENOSYS).hint(ENOSYS, "needs Linux 5.12, and no option that is for mount(2) alone");
    }

    @Override
    public Fd mount(String type, String source, MountOptions options, Mountpoint at) {
        if (type.equals("proc") && procs.isPresent()) {
            return new DetachedMounting(linux, procs).mount(type, source, options, at); // mount(2) could show the caller's own alone
        }
        Optional<SharedLayers> layers = SharedLayers.of(type, options.data());
        if (layers.isPresent()) {
            mountFrom(layers.get().directory(), source, at.fd(), type, options.mountBits(), joined(layers.get().data()));
        } else {
            mount(source, at.fd(), type, options.mountBits(), joined(options.data()));
        }
        FileStatus covered = linux.files.fstat(at.fd());
        return changed(at, options.withoutAttributes(), now -> isOn(now, covered));
    }

    /** Whether a file is of another mount than the directory that was mounted on, and its root. */
    private static boolean isOn(FileStatus now, FileStatus covered) {
        return now.mountId() != 0 ? now.mountRoot() && now.mountId() != covered.mountId()
                : now.deviceMajor() != covered.deviceMajor() || now.deviceMinor() != covered.deviceMinor(); // until the floor is Linux 5.8
    }

    /** A comma in a context of SELinux would end the word: so it stands in quotes, which fsconfig(2) does not want. */
    static String joined(List<String> data) {
        StringBuilder joined = new StringBuilder();
        for (String word : data) {
            joined.append(joined.length() == 0 ? "" : ",");
            int value = word.indexOf('=') + 1;
            if (value > 0 && word.indexOf(',') >= 0) {
                joined.append(word, 0, value).append('"').append(word, value, word.length()).append('"');
            } else {
                joined.append(word);
            }
        }
        return joined.toString();
    }

    /** @param isMount whether what the path leads to by now can be the new mount, or a neighbour has renamed its place */
    private Fd changed(Mountpoint at, MountOptions options, Predicate<FileStatus> isMount) {
        Fd mount = at.reopen();
        try {
            if (!isMount.test(linux.files.fstat(mount))) {
                throw new KernelException("mount", EAGAIN).hint(EAGAIN, "the path is being changed while it is mounted on");
            }
            change(mount, options);
            return mount;
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    @Override
    public void remount(Fd mount, MountOptions options) {
        if (options.bind()) {
            change(mount, options);
            return;
        }
        long now = linux.files.fstatfs(mount).flags();
        mount("", mount, "", MS_REMOUNT | options.attributes().remountBits(now) | options.mountBits(), joined(options.data()));
        change(mount, options.withoutAttributes());
    }

    private void change(Fd mount, MountOptions options) {
        if (!options.below().isEmpty()) {
            throw new KernelException("mount_setattr", ENOSYS).hint(ENOSYS, "recursive options such as rro need Linux 5.12");
        }
        if (!options.attributes().isEmpty()) {
            set(options.attributes(), mount);
        }
        for (long propagation : options.propagation()) {
            propagate(mount, propagation);
        }
    }

    @Override
    public void set(Attributes attributes, Fd mount) {
        long now = linux.files.fstatfs(mount).flags();
        mount("", mount, "", MS_REMOUNT | MS_BIND | attributes.remountBits(now), "");
    }

    @Override
    public void propagate(Fd mount, long propagation) {
        mount("", mount, "", propagation, "");
    }

    /** The working directory is taken by the names in the data, so the target's begins at the root: only where the host's procfs is there. */
    private void mountFrom(HostPath directory, String source, Fd target, String type, long flags, String data) {
        try (Fd before = linux.files.open(".", O_PATH | O_DIRECTORY); Fd now = openProc(linux)) {
            if (!linux.files.fstat(now).isSameFile(linux.files.fstat(proc))) {
                throw new KernelException("mount", EINVAL).hint(EINVAL, "so many layers can be mounted only outside the container");
            }
            linux.paths.chdir(directory.text());
            try {
                linux.mounts.mount(source, target.path(), type, flags, data);
            } catch (KernelException e) {
                throw e.as("mount");
            } finally {
                linux.paths.fchdir(before);
            }
        }
    }

    private void mount(String source, Fd target, String type, long flags, String data) {
        try (Fd before = linux.files.open(".", O_PATH | O_DIRECTORY)) {
            linux.paths.fchdir(proc);
            try {
                linux.mounts.mount(source, name(target), type, flags, data);
            } catch (KernelException e) {
                throw e.as("mount");
            } finally {
                linux.paths.fchdir(before);
            }
        }
    }

    private static String name(Fd fd) {
        return "self/fd/" + fd.number();
    }

    @Override
    public void close() {
        proc.close();
    }
}
