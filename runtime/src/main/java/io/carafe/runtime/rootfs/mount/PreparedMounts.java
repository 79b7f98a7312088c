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
 * Mounts that must be made outside the container, detached, before anybody enters it: those with id maps, since only who rules the
 * user namespace of a file system may map its ids; and binds for a container that is there already, which sees none of their sources.
 *
 * <p>The child of clone3(2) has a copy of every descriptor, so nothing needs to be sent. It takes them in the order of the plan.
 */
public final class PreparedMounts implements AutoCloseable {

    /** Makes user namespaces. */
    public interface UserNamespaces {

        /** One that has these maps. The caller owns the result; no process needs to live in it any more. */
        Fd with(MountIds ids);
    }

    /** One mount. */
    public sealed interface Wanted {
    }

    /** A bind. @param recursive whether it is an rbind; @param follows whether a link at the end of the path is followed */
    public record Tree(HostPath source, boolean recursive, boolean follows, Optional<MountIds> ids) implements Wanted {
    }

    /** A new file system with id maps. @param source as in {@link Mounting#mount} */
    public record FileSystem(String type, String source, MountOptions options) implements Wanted {
    }

    private final Deque<Fd> made = new ArrayDeque<>();

    private PreparedMounts() {
    }

    /** For a plan that has none. */
    public static PreparedMounts none() {
        return new PreparedMounts();
    }

    /**
     * Makes them.
     *
     * @param wanted in the order of the plan
     * @throws KernelException EINVAL for a file system that cannot have its ids mapped; EPERM for one of another user namespace
     */
    public static PreparedMounts prepare(Linux linux, List<Wanted> wanted, UserNamespaces namespaces) {
        PreparedMounts mounts = new PreparedMounts();
        try (Mounting mounting = Mounting.of(linux)) {
            for (Wanted one : wanted) {
                if (one instanceof Tree) {
                    mounts.add(linux, mounting, (Tree) one, namespaces);
                } else {
                    mounts.add(mounting, (FileSystem) one, namespaces);
                }
            }
            return mounts;
        } catch (KernelException e) {
            mounts.close();
            throw e;
        }
    }

    private void add(Linux linux, Mounting mounting, Tree wanted, UserNamespaces namespaces) {
        Fd tree = mounting.clone(wanted.source(), wanted.recursive(), wanted.follows());
        made.add(tree);
        wanted.ids().ifPresent(ids -> {
            try (Fd namespace = namespaces.with(ids)) {
                map(linux, tree, ids, namespace);
            } catch (KernelException e) {
                throw e.during("map the ids of " + wanted.source());
            }
        });
    }

    private void add(Mounting mounting, FileSystem wanted, UserNamespaces namespaces) {
        try (Fd namespace = namespaces.with(wanted.options().ids().orElseThrow())) {
            made.add(mounting.create(wanted.type(), wanted.source(), wanted.options(), namespace));
        } catch (KernelException e) {
            throw e.during("make a " + wanted.type() + " with mapped ids").hint(EPERM, "only root may");
        }
    }

    /** Sets the maps of a mount that is in no place yet. */
    public static void map(Linux linux, Fd mount, MountIds ids, Fd namespace) {
        try {
            linux.mounts.setIdMap(mount, ids.recursive(), namespace);
        } catch (KernelException e) {
            throw e.hint(EINVAL, "this file system cannot be mounted with ids mapped")
                    .hint(EPERM, "only root may map the ids of a file system that is not of its own user namespace")
                    .hint(ENOSYS, "needs Linux 5.12");
        }
    }

    /** The next of the plan. The caller owns the result. */
    public Fd next() {
        if (made.isEmpty()) {
            throw new AssertionError("no mount was prepared");
        }
        return made.remove();
    }

    @Override
    public void close() {
        made.forEach(Fd::close);
        made.clear();
    }
}
