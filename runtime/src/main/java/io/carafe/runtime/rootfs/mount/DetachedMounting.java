package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENODEV;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.AT_RECURSIVE;
import static io.carafe.linux.abi.FileFlags.PROC_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.OPEN_TREE_CLONE;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.layer.SharedLayers;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import java.util.Optional;

/** Mounts are built detached, given their flags, and only then moved into place: none is ever seen without them. */
final class DetachedMounting implements Mounting {

    private static final String LOCKED = "a user namespace may not clear a flag that the mount has from outside";

    private final Linux linux;
    private final Optional<ProcOfOthers> procs;
    /** By mount(2), for sources, where a filter refuses open_tree(2). */
    private Optional<OldMounting> sources = Optional.empty();

    DetachedMounting(Linux linux, Optional<ProcOfOthers> procs) {
        this.linux = linux;
        this.procs = procs;
    }

    @Override
    public Fd clone(HostPath source, boolean recursive, boolean follows) {
        try {
            return linux.mounts.openTree(Fd.CWD, source.text(), treeFlags(recursive) | (follows ? 0 : AT_SYMLINK_NOFOLLOW));
        } catch (KernelException e) {
            if (refuses(e)) {
                return byPath().clone(source, recursive, follows);
            }
            // A user namespace may not uncover what is hidden below a mount (mount_namespaces(7)).
            throw recursive ? e.as("open " + source)
                    : e.as("open " + source).hint(EINVAL, "something is mounted below it: a user namespace needs rbind");
        }
    }

    @Override
    public Fd clone(Fd source, boolean recursive) {
        try {
            return linux.mounts.openTree(source, "", treeFlags(recursive) | AT_EMPTY_PATH);
        } catch (KernelException e) {
            if (refuses(e)) {
                return byPath().clone(source, recursive);
            }
            throw e.as("open_tree");
        }
    }

    /** Of a call that mount(2) can stand for, which finds the real reason where there is another. */
    private static boolean refuses(KernelException e) {
        return e.is(ENOSYS) || e.is(EPERM);
    }

    private OldMounting byPath() {
        if (sources.isEmpty()) {
            sources = Optional.of(new OldMounting(linux, procs));
        }
        return sources.get();
    }

    private static int treeFlags(boolean recursive) {
        return OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0);
    }

    @Override
    public Fd attach(Fd tree, boolean recursive, Mountpoint at, MountOptions options) {
        if (sources.isPresent()) {
            return byPath().attach(tree, recursive, at, options);
        }
        change(tree, options);
        linux.mounts.moveMount(tree, at.fd());
        return Fd.owned(linux.kernel, tree.release());
    }

    @Override
    public Fd mount(String type, String source, MountOptions asked, Mountpoint at) {
        MountOptions options = SharedLayers.of(type, asked.data()).isPresent() ? asked : asked.withLayersOneByOne(type);
        if (options.needsMount2(source) && !isProcOfOthers(type)) {
            return mountByMount2(type, source, options, at);
        }
        Fd mount;
        try {
            mount = create(open(type), source, options);
        } catch (KernelException e) {
            if (!refuses(e) || isProcOfOthers(type)) {
                throw e;
            }
            return mountByMount2(type, source, asked, at);
        }
        try {
            if (isProcOfOthers(type)) {
                requireProc(mount);
            }
            change(mount, options.withoutAttributes());
            linux.mounts.moveMount(mount, at.fd());
            return mount;
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    /** Who opened it for us was within others' reach. */
    private void requireProc(Fd mount) {
        if (linux.files.fstatfs(mount).type() != PROC_SUPER_MAGIC) {
            throw new KernelException("mount", EINVAL).hint(EINVAL, "what was opened in the joined pid namespace is no procfs");
        }
    }

    private Fd mountByMount2(String type, String source, MountOptions options, Mountpoint at) {
        try (OldMounting old = new OldMounting(linux, procs)) {
            Fd mount = old.mount(type, source, options.withoutBelow(), at);
            try {
                setBelow(mount, options);
                return mount;
            } catch (KernelException e) {
                mount.close();
                throw e;
            }
        }
    }

    @Override
    public Fd create(String type, String source, MountOptions asked, Fd maps) {
        MountOptions options = asked.withLayersOneByOne(type);
        if (options.needsMount2(source)) {
            try (OldMounting old = new OldMounting(linux, procs)) {
                return old.create(type, source, options, maps);
            }
        }
        Fd mount = create(open(type), source, options);
        try {
            PreparedMounts.map(linux, mount, options.ids().orElseThrow(), maps);
            return mount;
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    /** A mount that is in no place yet, with the flags of the file system and its own. @param made of fsopen(2); closed here */
    private Fd create(Fd made, String source, MountOptions options) {
        try (Fd context = made) {
            if (!source.isEmpty()) {
                linux.mounts.setString(context, "source", source);
            }
            for (MountFlag flag : options.superblock()) {
                linux.mounts.setFlag(context, flag.word);
            }
            // As MS_RDONLY of mount(2): the file system behind it as well.
            if (options.attributes().isReadOnly()) {
                linux.mounts.setFlag(context, "ro");
            }
            for (String word : options.data()) {
                set(context, word);
            }
            try {
                linux.mounts.create(context);
            } catch (KernelException e) {
                throw e.as("fsconfig").hint(e.errno(), linux.mounts.complaint(context));
            }
            return linux.mounts.fsmount(context, options.attributes().bitsToSet());
        }
    }

    private Fd open(String type) {
        try {
            return isProcOfOthers(type) ? procs.get().fsopen() : linux.mounts.fsopen(type);
        } catch (KernelException e) {
            throw e.as("fsopen").hint(ENODEV, "this kernel has no file system of the type " + type);
        }
    }

    private boolean isProcOfOthers(String type) {
        return type.equals("proc") && procs.isPresent();
    }

    private void set(Fd context, String word) {
        int equals = word.indexOf('=');
        try {
            if (equals < 0) {
                linux.mounts.setFlag(context, word);
            } else {
                linux.mounts.setString(context, word.substring(0, equals), word.substring(equals + 1));
            }
        } catch (KernelException e) {
            throw e.as("option " + word).hint(EINVAL, linux.mounts.complaint(context));
        }
    }

    @Override
    public void remount(Fd mount, MountOptions options) {
        if (options.bind()) {
            change(mount, options);
            return;
        }
        try (OldMounting old = new OldMounting(linux, procs)) {
            old.remount(mount, options.withoutBelow());
        }
        setBelow(mount, options);
    }

    private void change(Fd mount, MountOptions options) {
        setBelow(mount, options);
        if (!options.attributes().isEmpty()) {
            setattr(mount, false, options.attributes());
        }
        for (long propagation : options.propagation()) {
            propagate(mount, propagation);
        }
    }

    private void setBelow(Fd mount, MountOptions options) {
        if (!options.below().isEmpty()) {
            setattr(mount, true, options.below());
        }
    }

    @Override
    public void set(Attributes attributes, Fd mount) {
        setattr(mount, false, attributes);
    }

    private void setattr(Fd mount, boolean recursive, Attributes attributes) {
        try {
            linux.mounts.setattr(mount, recursive, attributes.bitsToSet(), attributes.bitsToClear(), 0);
        } catch (KernelException e) {
            throw e.hint(EPERM, LOCKED);
        }
    }

    @Override
    public void propagate(Fd mount, long propagation) {
        linux.mounts.setattr(mount, (propagation & MS_REC) != 0, 0, 0, propagation & ~MS_REC);
    }

    @Override
    public void close() {
        sources.ifPresent(OldMounting::close);
    }
}
