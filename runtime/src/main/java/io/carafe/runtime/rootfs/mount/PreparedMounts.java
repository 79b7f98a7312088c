package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.EPERM;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.path.HostPath;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What mounts with id maps need from outside the container, made before the child is: only who rules the user namespace of a
 * file system may map its ids, so in a container with a user namespace of its own it would be too late.
 *
 * <p>The child of clone3(2) has a copy of every descriptor, so nothing needs to be sent. It takes them in the order of the plan.
 */
public final class IdMappedMounts implements AutoCloseable {

    /** Makes user namespaces. */
    public interface UserNamespaces {

        /** One that has these maps. The caller owns the result; no process needs to live in it any more. */
        Fd with(MountIds ids);
    }

    /** One mount that has maps. @param source of a bind; empty: a new file system. @param recursive whether it is an rbind */
    public record Wanted(Optional<HostPath> source, boolean recursive, MountIds ids) {
    }

    private final Deque<Fd> made = new ArrayDeque<>();

    private IdMappedMounts() {
    }

    /** For a plan that has none. */
    public static IdMappedMounts none() {
        return new IdMappedMounts();
    }

    /**
     * Makes them: for a bind the detached tree, with its maps; for a new file system the user namespace.
     *
     * @param wanted in the order of the plan
     * @throws KernelException EINVAL for a file system that cannot have its ids mapped; EPERM for one of another user namespace
     */
    public static IdMappedMounts prepare(Linux linux, List<Wanted> wanted, UserNamespaces namespaces) {
        IdMappedMounts mounts = new IdMappedMounts();
        try (Mounting mounting = Mounting.of(linux)) {
            for (Wanted one : wanted) {
                Fd namespace = namespaces.with(one.ids());
                if (one.source().isEmpty()) {
                    mounts.made.add(namespace);
                    continue;
                }
                try (namespace) {
                    Fd tree = mounting.clone(one.source().get(), one.recursive());
                    mounts.made.add(tree);
                    map(linux, tree, one.ids(), namespace);
                } catch (KernelException e) {
                    throw e.during("map the ids of " + one.source().get());
                }
            }
            return mounts;
        } catch (KernelException e) {
            mounts.close();
            throw e;
        }
    }

    /** Sets the maps of a mount that is in no place yet. */
    static void map(Linux linux, Fd mount, MountIds ids, Fd namespace) {
        try {
            linux.mounts.setIdMap(mount, ids.recursive(), namespace);
        } catch (KernelException e) {
            throw e.hint(EINVAL, "this file system cannot be mounted with ids mapped")
                    .hint(EPERM, "only root may map the ids of a file system that is not of its own user namespace")
                    .hint(ENOSYS, "needs Linux 5.12");
        }
    }

    /** What the next mount of the plan needs. The caller owns the result. */
    public Fd next() {
        if (made.isEmpty()) {
            throw new AssertionError("no id-mapped mount was prepared");
        }
        return made.remove();
    }

    @Override
    public void close() {
        made.forEach(Fd::close);
        made.clear();
    }
}
