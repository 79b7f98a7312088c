package io.carafe.shim.snapshot;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.MountFlags.MNT_DETACH;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.LoopDevices;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.init.namespace.MappedUserNamespaces;
import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Root;
import io.carafe.shim.message.CreateTask.Mount;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a snapshotter wants mounted, on {@code rootfs} in a bundle.
 *
 * <p>What is mounted below that comes into a tree that an image may have made: its place is looked up by {@link Root}, and it is
 * unmounted by a descriptor as well, so no link leads either to the host.
 */
public final class Rootfs {

    private static final int SEARCHABLE = 0711;
    /** How often a mount may turn up below, or be renamed, while all are being unmounted. */
    private static final int ROUNDS = 16;
    private static final int MOST_MOUNTINFO = 64 << 20;

    private final Linux linux;
    private final String bundle;
    private final String path;
    /** Whether something was mounted below. */
    private boolean below;

    public Rootfs(Linux linux, String bundle) {
        this.linux = linux;
        this.bundle = bundle;
        this.path = bundle + "/rootfs";
    }

    /** In order, each over the one before; none where the caller has made the tree already. */
    public void mount(List<Mount> mounts) {
        if (mounts.isEmpty()) {
            return;
        }
        makeDirectory();
        try {
            mounts.forEach(this::mount);
        } catch (RuntimeException | Error e) {
            try {
                unmount();
            } catch (RuntimeException also) {
                e.addSuppressed(also);
            }
            if (e instanceof KernelException failure) {
                throw failure.during("mount rootfs");
            }
            throw e;
        }
    }

    private void mount(Mount asked) {
        SnapshotMount mount = SnapshotMount.of(asked);
        if (FuseProgram.isFor(mount.type())) {
            new FuseProgram(linux).mount(mount.type(), mount.source(), asked.options(), path);
            return;
        }
        try (Mounting mounting = Mounting.of(linux); Mountpoint at = place(mount.target());
                Fd mounted = mount.options().bind() ? bind(mounting, mount, at) : fileSystem(mounting, mount, at)) {
            below |= !mount.target().isEmpty();
            if (mount.options().recursive()) {
                // Else it is a peer of its source, and what is mounted in that goes when this one goes (mount_namespaces(7)).
                mounting.propagate(mounted, MountFlags.MS_SLAVE | MountFlags.MS_REC);
            }
        }
    }

    /** @param within a path inside what is mounted so far; empty: all of it */
    private Mountpoint place(String within) {
        return Mountpoint.of(target(within), true, () -> target(within));
    }

    /** The caller owns the result. */
    private Fd target(String within) {
        Fd top = linux.files.open(path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        if (within.isEmpty()) {
            return top;
        }
        try (Root root = Root.of(linux, top)) {
            return root.open(ContainerPath.of(within), O_PATH);
        }
    }

    /** Where the runtime is to mount them. */
    public void makeDirectory() {
        linux.paths.mkdirIfAbsent(Fd.CWD, path, SEARCHABLE);
    }

    private Fd bind(Mounting mounting, SnapshotMount mount, Mountpoint at) {
        try (Fd tree = mounting.clone(new HostPath(mount.source()), mount.options().recursive(), true)) {
            if (mount.ids().isPresent()) {
                try (Fd maps = userNamespace(mount.ids().get())) {
                    linux.mounts.setIdMap(tree, mount.options().recursive(), maps);
                }
            }
            return mounting.attach(tree, mount.options().recursive(), at, mount.options());
        }
    }

    private Fd fileSystem(Mounting mounting, SnapshotMount mount, Mountpoint at) {
        if (mount.loop()) {
            // Mounted, it stays attached until that is unmounted.
            try (LoopDevices.Attached device = new LoopDevices(linux).attach(mount.source(), mount.options().isReadOnly(), mount.isDirect())) {
                return mounting.mount(mount.type(), device.path(), mount.ofLoopDevice(), at);
            }
        }
        if (mount.ids().isEmpty()) {
            return mounting.mount(mount.type(), mount.source(), mount.options(), at);
        }
        if (mount.lowers().isEmpty()) {
            try (Fd maps = userNamespace(mount.ids().get()); Fd made = mounting.create(mount.type(), mount.source(), mount.options().withIds(mount.ids()), maps)) {
                return mounting.attach(made, false, at, MountOptions.NONE);
            }
        }
        try (MappedLayers layers = new MappedLayers(linux, bundle); Fd maps = userNamespace(mount.ids().get())) {
            List<String> data = new ArrayList<>(mount.options().data());
            data.add(SnapshotMount.LOWERDIR + String.join(":", layers.make(mount.lowers(), maps)));
            return mounting.mount(mount.type(), mount.source(), mount.options().withData(data), at);
        }
    }

    private Fd userNamespace(MountIds ids) {
        IdMaps.Caller root = new IdMaps.Caller(linux.credentials.geteuid(), linux.credentials.getegid(), true, true);
        return new MappedUserNamespaces(linux, root, () -> {
            throw new IllegalStateException("maps of no namespace");
        }).with(ids);
    }

    /** Everything that this object has mounted; a tree that was never mounted is left alone. */
    public void unmount() {
        unmountTop();
        if (below) {
            unmountBelow();
        }
    }

    /** The same for what another process has mounted, of which nobody knows where it is. */
    public void unmountAll() {
        unmountTop();
        unmountBelow();
        new MappedLayers(linux, bundle).close();
    }

    /** One over the other, each with all that is mounted in it. */
    private void unmountTop() {
        for (Optional<Fd> top = top(); top.isPresent(); top = top()) {
            try (Fd mounted = top.get()) {
                linux.mounts.umount2(mounted.path(), MNT_DETACH);
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL)) { // EINVAL: no mount point, or no more
                    throw e.as("umount " + path);
                }
                return;
            }
        }
    }

    /** Empty where there is no such directory: nothing can be mounted on it. */
    private Optional<Fd> top() {
        try {
            return linux.files.openIfPresent(Fd.CWD, path, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        } catch (KernelException e) {
            if (e.is(Errno.ENOTDIR)) { // a link, too
                return Optional.empty();
            }
            throw e;
        }
    }

    /** What is mounted in the tree and not on it, innermost first. */
    private void unmountBelow() {
        for (int round = 0; round < ROUNDS; round++) {
            Optional<Fd> top = top();
            if (top.isEmpty()) {
                return;
            }
            try (Root root = Root.of(linux, top.get())) {
                List<ContainerPath> places = placesBelow(linux.paths.readlinkat(Fd.CWD, root.directory().path()));
                if (places.isEmpty()) {
                    return;
                }
                for (int i = places.size() - 1; i >= 0; i--) {
                    unmount(root, places.get(i));
                }
            }
        }
        throw new IllegalStateException("unmount what is below " + path + ": something is mounted there again and again");
    }

    private void unmount(Root root, ContainerPath place) {
        try (Fd mounted = root.openWithoutLinks(place, O_PATH).orElse(Fd.CWD)) {
            if (mounted != Fd.CWD) { // else it was renamed: the next round finds it
                linux.mounts.umount2(mounted.path(), MNT_DETACH);
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ELOOP) && !e.is(Errno.ENOTDIR) && !e.is(Errno.EINVAL)) { // renamed, or unmounted with another
                throw e.as("umount " + path + place);
            }
        }
    }

    private List<ContainerPath> placesBelow(String directory) {
        List<ContainerPath> places = new ArrayList<>();
        try (Fd mountinfo = linux.files.open("/proc/self/mountinfo", O_RDONLY)) {
            String text = new String(linux.files.readAll(mountinfo, MOST_MOUNTINFO), StandardCharsets.UTF_8);
            for (MountInfo mount : MountInfo.parse(text)) {
                if (mount.mountPoint().startsWith(directory + "/")) {
                    places.add(ContainerPath.of(mount.mountPoint().substring(directory.length())));
                }
            }
        }
        return places;
    }
}
