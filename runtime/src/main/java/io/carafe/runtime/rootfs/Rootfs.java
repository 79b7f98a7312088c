package io.carafe.runtime.rootfs;

import static io.carafe.linux.Errno.EBUSY;
import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENOENT;
import static io.carafe.linux.Errno.ENOTDIR;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.PROC_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.mask.MaskedPaths;
import io.carafe.runtime.rootfs.mount.Attributes;
import io.carafe.runtime.rootfs.mount.CopyUp;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.mount.MountAdvice;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Mountpoints;
import io.carafe.runtime.rootfs.path.PrivateProc;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.runtime.rootfs.source.Opener;
import io.carafe.runtime.rootfs.source.Sources;
import io.carafe.runtime.rootfs.terminal.Console;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Performs a {@link RootfsPlan}: in the child, in its new mount namespace, as root there.
 *
 * <p>{@link #mount}, then the createContainer hooks, then {@link #pivot} and {@link #finish}. The first failure ends it, as a
 * {@link KernelException} whose subject is the step; what is half done goes with the mount namespace.
 */
public final class Rootfs implements AutoCloseable {

    private final Linux linux;
    private final RootfsPlan plan;
    private final PreparedMounts prepared;
    private final Mounting mounting;
    private final Sources sources;
    private final RootMount rootMount;
    private final PrivateProc proc;
    private final List<Kept> kept = new ArrayList<>(2);
    private final Set<String> lookedUpAgain;
    private Optional<Root> root = Optional.empty();
    private Optional<Mountpoints> places = Optional.empty();
    private Optional<Nodes> nodes = Optional.empty();
    private Optional<MaskedPaths> masks = Optional.empty();

    /** A mount that becomes read-only later. */
    private record Kept(ContainerPath at, Fd mount) {
    }

    /**
     * What is made for it outside of the container's namespaces.
     *
     * @param prepared of {@link RootfsPlan#prepared}, in its order; becomes the {@link Rootfs}', which closes it
     * @param maps of {@link RootfsPlan#maps}; borrowed
     * @param opener of {@link RootfsPlan#sources}, where a user namespace may keep this process out; likewise
     * @param procs where a procfs is to show a pid namespace that the caller is not in
     */
    public record Outside(PreparedMounts prepared, PreparedMounts.UserNamespaces maps, Optional<Opener> opener,
            Optional<Mounting.ProcOfOthers> procs) {

        /** For a plan that has no id maps. */
        public static Outside of(PreparedMounts prepared) {
            return new Outside(prepared, ids -> {
                throw new AssertionError("no map was made");
            }, Optional.empty(), Optional.empty());
        }
    }

    private Rootfs(Linux linux, RootfsPlan plan, Outside outside) {
        this.linux = linux;
        this.plan = plan;
        this.prepared = outside.prepared();
        this.mounting = Mounting.of(linux, outside.procs());
        this.sources = new Sources(linux, mounting, outside.maps(), () -> root.map(begun -> linux.files.fstat(begun.directory())), outside.opener());
        this.rootMount = new RootMount(linux, mounting, sources);
        this.proc = PrivateProc.of(linux);
        this.lookedUpAgain = plan.lookedUpAgain();
    }

    /** Before the pivot: on an old kernel the host's /proc is opened here. */
    public static Rootfs of(Linux linux, RootfsPlan plan) {
        return of(linux, plan, Outside.of(PreparedMounts.none()));
    }

    public static Rootfs of(Linux linux, RootfsPlan plan, Outside outside) {
        return new Rootfs(linux, plan, outside);
    }

    /** The root directory, once {@link #mount} has been there. Borrowed. */
    public Root root() {
        return root.orElseThrow();
    }

    /** The procfs for the runtime's own writes, mounted at the first of them. Borrowed. */
    public PrivateProc proc() {
        return proc;
    }

    /** Everything before the createContainer hooks: mounts, devices, links. */
    public void mount() {
        // Modes of nodes and directories are meant as they are.
        int umask = linux.paths.umask(0);
        try {
            perform(plan.mount());
        } finally {
            linux.paths.umask(umask);
        }
    }

    /** Changes the root; the host's tree is gone after that. The working directory is then {@code /}. */
    public void pivot() {
        perform(List.of(plan.pivot().orElseThrow()));
    }

    /** Between {@link #pivot} and {@link #finish}, while /dev can be written to: the terminal becomes /dev/console, too. */
    public void bindConsole(Fd terminal) {
        Console.bind(linux, mounting, root(), terminal);
    }

    /** Everything after the pivot: read-only mounts, kernel parameters, read-only and masked paths. */
    public void finish() {
        perform(plan.finish());
    }

    /**
     * Where a mount of the plan lies by now, counted from the root: the links on the way are followed.
     *
     * @return empty where its place is not in the root's own file system, or it is none: a link that was copied
     */
    public Optional<ContainerPath> placeOf(ContainerPath at) {
        String top = linux.paths.readlinkat(Fd.CWD, root().directory().path());
        Optional<Fd> place = root().openIfPresent(at, O_PATH);
        if (place.isEmpty()) {
            return Optional.empty();
        }
        try (Fd fd = place.get()) {
            String path = linux.paths.readlinkat(Fd.CWD, fd.path());
            return Optional.of(ContainerPath.of(top.equals("/") ? path : path.substring(top.length())));
        }
    }

    /** Takes a mount of the plan away again. */
    public void unmount(ContainerPath at) {
        try (Fd mount = root().open(at, O_PATH)) {
            linux.mounts.umount2(mount.path(), MNT_DETACH);
        }
        root().covered(at);
    }

    private void perform(List<Step> steps) {
        for (Step step : steps) {
            try {
                perform(step);
            } catch (KernelException e) {
                // A call without an object, such as move_mount, tells less than the step; what has one tells more.
                throw e.operation().indexOf(' ') < 0 ? e.as(step.text()) : e.during(step.text());
            }
        }
    }

    private void perform(Step step) {
        if (step instanceof Step.HostPropagation) {
            rootMount.detachFromHost((Step.HostPropagation) step);
        } else if (step instanceof Step.BindRoot) {
            begin(rootMount.bind((Step.BindRoot) step));
        } else if (step instanceof Step.OverlayRoot) {
            begin(rootMount.overlay((Step.OverlayRoot) step));
        } else if (step instanceof Step.OpenRoot) {
            begin(rootMount.open((Step.OpenRoot) step));
        } else if (step instanceof Step.NewFileSystem) {
            newFileSystem((Step.NewFileSystem) step);
        } else if (step instanceof Step.Bind) {
            bind((Step.Bind) step);
        } else if (step instanceof Step.Place) {
            Step.Place place = (Step.Place) step;
            (place.ordinaryDirectory() ? places().ordinaryDirectory(place.at()) : places().find(place.at(), true, () -> true)).close();
        } else if (step instanceof Step.Remount) {
            try (Fd mount = root().open(((Step.Remount) step).at(), O_PATH)) {
                mounting.remount(mount, ((Step.Remount) step).options());
            }
        } else if (step instanceof Step.Node) {
            nodes().make((Step.Node) step);
        } else if (step instanceof Step.Link) {
            nodes().link((Step.Link) step);
        } else if (step instanceof Step.Pivot) {
            rootMount.pivot((Step.Pivot) step, root());
        } else if (step instanceof Step.MoveRoot) {
            rootMount.move(root());
        } else if (step instanceof Step.Chroot) {
            rootMount.enter(root());
        } else if (step instanceof Step.RootPropagation) {
            mounting.propagate(root().directory(), ((Step.RootPropagation) step).propagation());
        } else if (step instanceof Step.ReadOnlyRoot) {
            mounting.set(Attributes.READ_ONLY, root().directory());
        } else if (step instanceof Step.ReadOnlyMount) {
            readOnlyMount((Step.ReadOnlyMount) step);
        } else if (step instanceof Step.Sysctl) {
            proc.write("sys/" + ((Step.Sysctl) step).file(), ((Step.Sysctl) step).value());
        } else if (step instanceof Step.ReadOnlyPath) {
            masks().makeReadOnly(((Step.ReadOnlyPath) step).at());
        } else if (step instanceof Step.Mask) {
            masks().hide(((Step.Mask) step).at());
        } else {
            throw new AssertionError(step);
        }
    }

    private void begin(Root bound) {
        root = Optional.of(bound);
        places = Optional.of(new Mountpoints(linux, bound));
        nodes = Optional.of(new Nodes(linux, mounting, sources, bound));
        masks = Optional.of(new MaskedPaths(linux, mounting, bound));
    }

    private void newFileSystem(Step.NewFileSystem step) {
        try (Mountpoint at = step.ordinaryDirectory() ? places().ordinaryDirectory(step.at()) : places().find(step.at(), true, () -> true)) {
            MountOptions options = step.modeOfPlace() && at.wasThere() ? withModeOf(at.fd(), step.options()) : step.options();
            try {
                Fd mount = step.options().ids().isPresent() ? attachPrepared(step, at) : mounting.mount(step.type(), step.source(), options, at);
                keep(step.keep(), step.at(), options.copyUp() && at.wasThere() ? filled(mount, at) : mount);
            } catch (KernelException e) {
                if (step.otherwise().isEmpty() || plan.isAddition() || !e.is(EPERM) && !e.is(EBUSY) || isHosts(step.otherwise().get())
                        && linux.credentials.isInFirstUserNamespace()) {
                    throw MountAdvice.added(step.type(), e);
                }
                bindInstead(step.otherwise().get(), MountAdvice.added(step.type(), e));
            }
        }
    }

    /** Not its own cgroup. The host's sysfs and mqueue show more than its own would: only who may not mount those, in a user namespace, sees them. */
    private static boolean isHosts(Step.Bind otherwise) {
        return otherwise.source().equals(MountsPlan.HOSTS_SYSFS) || otherwise.source().equals(MountsPlan.HOSTS_MQUEUE);
    }

    /** As runc: a tmpfs that is not told a mode has that of the directory which it covers. */
    private MountOptions withModeOf(Fd place, MountOptions options) {
        List<String> data = new ArrayList<>(options.data());
        data.add("mode=" + Integer.toOctalString(linux.files.fstat(place).permissions()));
        return options.withData(data);
    }

    /** Made when the mode of its place was not known. */
    private Fd attachPrepared(Step.NewFileSystem step, Mountpoint at) {
        try (Fd made = prepared.next()) {
            if (step.modeOfPlace() && at.wasThere()) {
                try (Fd directory = linux.files.openat(made, ".", O_RDONLY | O_DIRECTORY, 0)) {
                    linux.files.fchmod(directory, linux.files.fstat(at.fd()).permissions());
                }
            }
            return mounting.attach(made, false, at, step.options());
        }
    }

    /** Closes the mount where it fails. */
    private Fd filled(Fd tmpfs, Mountpoint at) {
        try {
            CopyUp.into(linux, at.fd(), tmpfs);
            return tmpfs;
        } catch (KernelException e) {
            tmpfs.close();
            throw e;
        }
    }

    private void bindInstead(Step.Bind step, KernelException refused) {
        try {
            bind(step);
        } catch (KernelException also) {
            refused.addSuppressed(also);
            throw refused;
        }
    }

    private void bind(Step.Bind step) {
        boolean recursive = step.options().recursive();
        try (Fd tree = tree(step)) {
            if (step.options().copiesLink() && linux.files.fstat(tree).type() == S_IFLNK) {
                nodes().copyLink(step.at(), linux.paths.readlinkat(tree, ""));
                return;
            }
            if (step.procOnly() && linux.files.fstatfs(tree).type() != PROC_SUPER_MAGIC) {
                throw new KernelException("bind", EINVAL).hint(EINVAL, "only a proc may be bound on /proc");
            }
            boolean follows = step.options().followsDestination();
            try (Mountpoint at = places().find(step.at(), follows, follows && step.options().followsSource(), () -> isDirectory(tree))) {
                keep(step.keep(), step.at(), attach(tree, recursive, at, step.options()));
            }
        }
    }

    private Fd tree(Step.Bind step) {
        if (plan.isAddition()) {
            return prepared.next();
        }
        try {
            return sources.open(step.from());
        } catch (KernelException e) {
            if (!e.is(ENOENT) || step.orElse().isEmpty()) {
                throw e;
            }
            return sources.open(step.from(step.orElse().get()));
        }
    }

    private Fd attach(Fd tree, boolean recursive, Mountpoint at, MountOptions options) {
        try {
            return mounting.attach(tree, recursive, at, options);
        } catch (KernelException e) {
            // move_mount says EINVAL for this and for much else, mount(2) ENOTDIR.
            boolean mixed = (e.is(EINVAL) || e.is(ENOTDIR)) && isDirectory(tree) != isDirectory(at.fd());
            throw mixed ? e.hint(e.errno(), "a directory goes on a directory, a file on a file: one of the two is not a directory") : e;
        }
    }

    private boolean isDirectory(Fd fd) {
        return linux.files.fstat(fd).isDirectory();
    }

    private void keep(boolean keep, ContainerPath at, Fd mount) {
        nodes().forget(at);
        if (keep) {
            kept.add(new Kept(at, mount));
        }
        if (lookedUpAgain.contains(at.text())) {
            root().mounted(at, keep ? linux.files.duplicate(mount) : mount);
        } else {
            root().covered(at);
            if (!keep) {
                mount.close();
            }
        }
    }

    private void readOnlyMount(Step.ReadOnlyMount step) {
        for (int i = 0; i < kept.size(); i++) {
            if (kept.get(i).at().equals(step.at())) {
                try (Fd mount = kept.remove(i).mount()) {
                    mounting.set(Attributes.READ_ONLY, mount);
                }
                return;
            }
        }
        throw new AssertionError(step);
    }

    private Mountpoints places() {
        return places.orElseThrow();
    }

    private Nodes nodes() {
        return nodes.orElseThrow();
    }

    private MaskedPaths masks() {
        return masks.orElseThrow();
    }

    @Override
    public void close() {
        kept.forEach(one -> one.mount().close());
        kept.clear();
        masks.ifPresent(MaskedPaths::close);
        nodes.ifPresent(Nodes::close);
        root.ifPresent(Root::close);
        proc.close();
        prepared.close();
        sources.close();
        mounting.close();
    }
}
