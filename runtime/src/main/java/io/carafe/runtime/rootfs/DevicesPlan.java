package io.carafe.runtime.rootfs;

import static io.carafe.linux.abi.FileFlags.S_IFBLK;
import static io.carafe.linux.abi.FileFlags.S_IFCHR;
import static io.carafe.linux.abi.FileFlags.S_IFIFO;

import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Device;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Which nodes and links have to be made: those that every container has, and {@code linux.devices}. */
final class DevicesPlan {

    private static final ContainerPath DEV = ContainerPath.of("/dev");
    private static final ContainerPath PTMX = ContainerPath.of("/dev/ptmx");
    /** The kernel's dev_t: 12 bits and 20 bits. */
    private static final long LARGEST_MAJOR = (1 << 12) - 1;
    private static final long LARGEST_MINOR = (1 << 20) - 1;
    private static final int PERMISSIONS = 07777;

    private DevicesPlan() {
    }

    /**
     * The devices that every container has, a row each: character devices, 0666, root's.
     *
     * @see "runtime-spec config-linux.md, Default Devices"; the others of that list are links or belong to the terminal
     */
    enum DefaultDevice {
        NULL("/dev/null", 1, 3),
        ZERO("/dev/zero", 1, 5),
        FULL("/dev/full", 1, 7),
        RANDOM("/dev/random", 1, 8),
        URANDOM("/dev/urandom", 1, 9),
        TTY("/dev/tty", 5, 0);

        static final int PERMISSIONS = 0666;

        final ContainerPath path;
        final int major;
        final int minor;

        DefaultDevice(String path, int major, int minor) {
            this.path = ContainerPath.of(path);
            this.major = major;
            this.minor = minor;
        }
    }

    /**
     * The links in every container's /dev.
     *
     * @see "runtime-spec runtime-linux.md, Dev symbolic links", and config-linux.md for ptmx; core is runc's
     */
    private static final List<Step.Link> DEFAULT_LINKS = List.of(
            link("/dev/fd", "/proc/self/fd"),
            link("/dev/stdin", "/proc/self/fd/0"),
            link("/dev/stdout", "/proc/self/fd/1"),
            link("/dev/stderr", "/proc/self/fd/2"),
            // A kernel may be built without it.
            new Step.Link(ContainerPath.of("/dev/core"), "/proc/kcore", false, Optional.of(new HostPath("/proc/kcore"))),
            // Whatever an image has there is of another devpts.
            new Step.Link(PTMX, "pts/ptmx", true, Optional.empty()));

    private static Step.Link link(String path, String target) {
        return new Step.Link(ContainerPath.of(path), target, false, Optional.empty());
    }

    /**
     * @param devIsBound /dev is a bind, most often of the host's: as runc, nothing is made in there
     * @param userNamespace devices are binds of the host's
     * @param mounted where the document has a mount: it takes a device's place, as with {@code -v /dev/urandom:/dev/random}
     */
    static List<Step> of(List<Device> devices, boolean devIsBound, boolean userNamespace, Set<ContainerPath> mounted) {
        List<Step> steps = new ArrayList<>();
        List<ContainerPath> configured = new ArrayList<>();
        for (int i = 0; i < devices.size(); i++) {
            Step.Node node = node("linux.devices[" + i + "]", devices.get(i), userNamespace);
            configured.add(node.at());
            // The link takes its place, as in runc: the host's ptmx would be of the host's devpts.
            if (!node.at().equals(PTMX) && !mounted.contains(node.at()) && !(devIsBound && node.at().isWithin(DEV))) {
                steps.add(node);
            }
        }
        if (devIsBound) {
            return steps;
        }
        for (DefaultDevice device : DefaultDevice.values()) {
            if (!configured.contains(device.path) && !mounted.contains(device.path)) {
                steps.add(new Step.Node(device.path, S_IFCHR | DefaultDevice.PERMISSIONS, device.major, device.minor, 0, 0,
                        userNamespace));
            }
        }
        for (Step.Link link : DEFAULT_LINKS) {
            if (!mounted.contains(link.at())) {
                steps.add(link);
            }
        }
        return steps;
    }

    private static Step.Node node(String property, Device device, boolean userNamespace) {
        ContainerPath at = RootfsPlan.absolute(property + ".path", device.path());
        int permissions = device.fileMode().orElse(DefaultDevice.PERMISSIONS) & PERMISSIONS;
        boolean fifo = device.type() == Device.Type.FIFO;
        return new Step.Node(at, type(device.type()) | permissions,
                fifo ? 0 : number(property + ".major", device.major(), LARGEST_MAJOR),
                fifo ? 0 : number(property + ".minor", device.minor(), LARGEST_MINOR),
                (int) device.uid().orElse(0), (int) device.gid().orElse(0), userNamespace && !fifo);
    }

    private static int type(Device.Type type) {
        return type == Device.Type.BLOCK ? S_IFBLK : type == Device.Type.FIFO ? S_IFIFO : S_IFCHR;
    }

    private static int number(String property, long number, long largest) {
        if (number < 0 || number > largest) {
            throw new SpecException(property, "expected 0 to " + largest + ", found " + number);
        }
        return (int) number;
    }
}
