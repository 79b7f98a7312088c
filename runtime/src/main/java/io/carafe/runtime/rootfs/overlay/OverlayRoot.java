package io.carafe.runtime.rootfs.overlay;

import static io.carafe.linux.Errno.EACCES;
import static io.carafe.linux.Errno.EINVAL;
import static io.carafe.linux.Errno.ENODEV;
import static io.carafe.linux.Errno.ENOSYS;
import static io.carafe.linux.Errno.EPERM;
import static io.carafe.linux.abi.FileFlags.AT_EMPTY_PATH;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.source.Source;
import io.carafe.runtime.rootfs.source.Sources;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Mounts an overlay on a directory.
 *
 * <p>Layers go to the kernel one by one, {@code lowerdir+} of fsconfig(2), Linux 6.8: up to 500 of them, each by a path of any
 * length. Before that all of them go in one string, in which a layer is the number of a descriptor and the working directory is
 * {@code /proc/self/fd}: the page that mount(2) takes is then room for more than the 500 as well.
 */
public final class OverlayRoot {

    private static final String TYPE = "overlay";
    /** What fsconfig(2) takes as a value, in bytes. */
    private static final int LONGEST_VALUE = 255;
    private static final MountOptions UPPER_TMPFS = MountOptions.parse(List.of("mode=755"));

    private final Linux linux;
    private final Mounting mounting;
    private final Sources sources;

    private OverlayRoot(Linux linux, Mounting mounting, Sources sources) {
        this.linux = linux;
        this.mounting = mounting;
        this.sources = sources;
    }

    /** Where the overlay goes and where its changes go, open. */
    private record Changes(Fd place, Fd directory, String directoryText, Fd work, String workText) implements AutoCloseable {
        @Override
        public void close() {
            work.close();
            directory.close();
            place.close();
        }
    }

    /**
     * Mounts, on a directory of the host that the mount namespace hides from the host. A tmpfs for the changes lies below the
     * overlay, on the same directory.
     *
     * <p>A failure may leave the working directory elsewhere.
     *
     * @return the root of the overlay; the caller owns it
     * @throws KernelException ENOENT for a layer that is not there; ENODEV without overlayfs; EPERM in a user namespace before
     *     Linux 5.11; EINVAL for an upper directory that overlayfs cannot write on, or that was left by a volatile mount
     */
    public static Fd mount(Linux linux, Mounting mounting, Sources sources, HostPath root, Layers layers) {
        OverlayRoot overlay = new OverlayRoot(linux, mounting, sources);
        try (Fd before = linux.files.open(".", O_PATH | O_DIRECTORY)) {
            Fd mounted = overlay.mount(root, layers);
            try {
                linux.paths.fchdir(before);
                return mounted;
            } catch (KernelException e) {
                mounted.close();
                throw e;
            }
        }
    }

    private Fd mount(HostPath root, Layers layers) {
        try {
            return oneByOne(root, layers);
        } catch (KernelException e) {
            if (!e.is(ENOSYS) && !e.is(EPERM)) {
                throw e;
            }
            return byNumbersAfter(e, root, layers); // until the floor is Linux 5.2; a filter may refuse any of the calls
        }
    }

    private Fd oneByOne(HostPath root, Layers layers) {
        try (Fd context = open()) {
            // Before the tmpfs covers root.path, which may itself be a layer.
            List<HostPath> lower = layers.lower();
            if (!looksAtWords(context)) {
                return byNumbers(root, layers); // until the floor is Linux 6.5
            }
            try {
                add(context, lower.get(0));
            } catch (KernelException e) {
                if (!e.is(EINVAL)) {
                    throw e;
                }
                return byNumbersAfter(e, root, layers); // until the floor is Linux 6.8
            }
            for (HostPath layer : lower.subList(1, lower.size())) {
                add(context, layer);
            }
            try (Changes changes = changes(root, layers)) {
                set(context, "upperdir", changes.directory(), changes.directoryText(), true);
                set(context, "workdir", changes.work(), changes.workText(), true);
                linux.mounts.setString(context, "source", TYPE);
                for (String flag : flags(layers)) {
                    linux.mounts.setFlag(context, flag);
                }
                try {
                    linux.mounts.create(context);
                } catch (KernelException e) {
                    throw refused(e.hint(e.errno(), linux.mounts.complaint(context)));
                }
                return moved(linux.mounts.fsmount(context, 0), changes.place());
            }
        }
    }

    private Fd open() {
        try {
            return linux.mounts.fsopen(TYPE);
        } catch (KernelException e) {
            throw e.hint(ENODEV, "this kernel has no overlayfs");
        }
    }

    /** Before Linux 6.5 any word is taken, and none is looked at until the end. */
    private boolean looksAtWords(Fd context) {
        try {
            linux.mounts.setFlag(context, "no-such-option");
            return false;
        } catch (KernelException e) {
            if (!e.is(EINVAL)) {
                throw e;
            }
            linux.mounts.complaint(context); // or it would be taken for one about the next word
            return true;
        }
    }

    private void add(Fd context, HostPath layer) {
        try (Fd directory = directory(layer)) {
            set(context, "lowerdir+", directory, layer.text(), false);
        }
    }

    /** @param unescapes whether the kernel takes a backslash in the value for an escape, which is so for upper and work alone */
    private void set(Fd context, String key, Fd directory, String path, boolean unescapes) {
        try {
            boolean asIs = path.getBytes(StandardCharsets.UTF_8).length <= LONGEST_VALUE && !(unescapes && path.indexOf('\\') >= 0);
            if (!asIs || !isTaken(context, key, path)) {
                linux.paths.fchdir(directory);
                linux.mounts.setString(context, key, ".");
            }
        } catch (KernelException e) {
            throw e.as("overlay " + key + " " + path).hint(e.errno(), linux.mounts.complaint(context));
        }
    }

    /** Not where a directory above is closed to a user namespace; the layer itself is open already. */
    private boolean isTaken(Fd context, String key, String path) {
        try {
            linux.mounts.setString(context, key, path);
            return true;
        } catch (KernelException e) {
            if (!e.is(EACCES)) {
                throw e;
            }
            linux.mounts.complaint(context); // or it would be taken for one about the next word
            return false;
        }
    }

    private static List<String> flags(Layers layers) {
        List<String> flags = new ArrayList<>();
        if (layers.isVolatile()) {
            flags.add("volatile");
        }
        if (layers.userXattr()) {
            flags.add("userxattr");
        }
        return flags;
    }

    private Fd moved(Fd mount, Fd place) {
        try {
            linux.mounts.moveMount(mount, place);
            return mount;
        } catch (KernelException e) {
            mount.close();
            throw e;
        }
    }

    /** Two reasons each: the kernel cannot take a single layer, or may not take this one; then the other way fails as well. */
    private Fd byNumbersAfter(KernelException refused, HostPath root, Layers layers) {
        try {
            return byNumbers(root, layers);
        } catch (KernelException also) {
            refused.addSuppressed(also);
            throw refused;
        }
    }

    private Fd byNumbers(HostPath root, Layers layers) {
        List<Fd> lower = new ArrayList<>();
        try {
            StringBuilder data = new StringBuilder("lowerdir=");
            for (HostPath layer : layers.lower()) {
                Fd directory = directory(layer);
                data.append(lower.isEmpty() ? "" : ":").append(directory.number());
                lower.add(directory);
            }
            try (Changes changes = changes(root, layers); Fd numbers = linux.files.open("/proc/self/fd", O_PATH | O_DIRECTORY)) {
                data.append(",upperdir=").append(changes.directory().number()).append(",workdir=").append(changes.work().number());
                for (String flag : flags(layers)) {
                    data.append(',').append(flag);
                }
                linux.paths.fchdir(numbers);
                try {
                    linux.mounts.mount(TYPE, Integer.toString(changes.place().number()), TYPE, 0, data.toString());
                } catch (KernelException e) {
                    throw refused(e.as("mount overlay"));
                }
            }
        } finally {
            lower.forEach(Fd::close);
        }
        return directory(root);
    }

    private static KernelException refused(KernelException e) {
        return e.hint(EINVAL, "overlayfs takes 500 layers at most, no upper directory that is itself on an overlay, none whose work"
                + " directory is elsewhere, and none that a volatile mount has left; volatile needs Linux 5.10");
    }

    private Fd directory(HostPath path) {
        return sources.open(Source.directory(path));
    }

    private Changes changes(HostPath root, Layers layers) {
        List<Fd> opened = new ArrayList<>();
        try {
            if (layers.upper().isPresent()) {
                Layers.Upper upper = layers.upper().get();
                opened.add(directory(root));
                opened.add(directory(upper.directory()));
                opened.add(directory(upper.work()));
                return new Changes(opened.get(0), opened.get(1), upper.directory().text(), opened.get(2), upper.work().text());
            }
            FileStatus topmost;
            try (Fd top = directory(layers.lower().get(0))) {
                topmost = linux.files.fstat(top);
            }
            opened.add(tmpfs(root));
            Fd tmpfs = opened.get(0);
            opened.add(made(tmpfs, "upper"));
            opened.add(made(tmpfs, "work"));
            // The root of an overlay is what its upper directory is.
            linux.paths.fchownat(opened.get(1), "", topmost.uid(), topmost.gid(), AT_EMPTY_PATH);
            linux.paths.fchmodat(opened.get(1), ".", topmost.permissions());
            return new Changes(tmpfs, opened.get(1), root.resolve("upper").text(), opened.get(2), root.resolve("work").text());
        } catch (KernelException e) {
            opened.forEach(Fd::close);
            throw e;
        }
    }

    private Fd tmpfs(HostPath root) {
        try (Mountpoint at = Mountpoint.of(directory(root), true, () -> directory(root))) {
            return mounting.mount("tmpfs", "carafe", UPPER_TMPFS, at);
        }
    }

    private Fd made(Fd directory, String name) {
        linux.paths.mkdirat(directory, name, 0755);
        return linux.files.openat(directory, name, O_PATH | O_DIRECTORY, 0);
    }
}
