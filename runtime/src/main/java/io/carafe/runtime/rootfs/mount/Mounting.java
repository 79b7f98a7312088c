package io.carafe.runtime.rootfs.mount;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import java.util.Optional;

/** Makes mounts and puts them on descriptors. */
public interface Mounting extends AutoCloseable {

    /** Makes a procfs that shows a pid namespace which the caller is not in: a new procfs shows that of its maker (pid_namespaces(7)). */
    interface ProcOfOthers {

        /** fsopen(2) of such a procfs. The caller owns the result. @throws KernelException ENOSYS before Linux 5.2 */
        Fd fsopen();
    }

    /**
     * The way that this kernel has. Before a pivot: the old way keeps the host's /proc open.
     *
     * <p>Until the floor is Linux 5.12, when mount_setattr(2) came; open_tree(2) and fsopen(2) are of 5.2. A filter may refuse each of
     * them alone.
     */
    static Mounting of(Linux linux) {
        return of(linux, Optional.empty());
    }

    /** The same. @param procs of a procfs that is to show the pid namespace of others */
    static Mounting of(Linux linux, Optional<ProcOfOthers> procs) {
        return linux.mounts.canBeDetached() ? new DetachedMounting(linux, procs) : new OldMounting(linux, procs);
    }

    /**
     * What a host path leads to, for {@link #attach} to put elsewhere. The caller owns the result.
     *
     * @param recursive with what is mounted below it
     * @param follows whether a link at the end of the path is followed; else it is the link that is put elsewhere
     */
    Fd clone(HostPath source, boolean recursive, boolean follows);

    /** The same for what a descriptor stands for. */
    Fd clone(Fd source, boolean recursive);

    /**
     * Puts a clone in place, with the attributes and the propagation of the options.
     *
     * @param tree of {@link #clone}; borrowed
     * @return the root of the mount there; the caller owns it
     * @throws KernelException ENOTDIR or EINVAL when one of the two is a directory and the other is not; EPERM when the options
     *     clear a flag that the user namespace locks
     */
    Fd attach(Fd tree, boolean recursive, Mountpoint at, MountOptions options);

    /**
     * Puts a new file system in place.
     *
     * @param source what mountinfo shows, and the device where the type has one; empty: {@code none}
     * @return the root of the mount; the caller owns it
     * @throws KernelException ENODEV when the kernel does not know the type; EPERM when the user namespace may not; EINVAL for
     *     an option that the type does not know
     */
    Fd mount(String type, String source, MountOptions options, Mountpoint at);

    /**
     * A new file system with the id maps of a user namespace, for {@link #attach} to put in place. The caller owns the result.
     *
     * @param options with ids
     * @param maps borrowed
     */
    Fd create(String type, String source, MountOptions options, Fd maps);

    /** Changes a mount that is in place, and with MS_REMOUNT the file system behind it unless the options say {@code bind}. */
    void remount(Fd mount, MountOptions options);

    /** Changes flags of a mount that is in place. */
    void set(Attributes attributes, Fd mount);

    /** @param propagation MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE, with MS_REC or without */
    void propagate(Fd mount, long propagation);

    @Override
    void close();
}
