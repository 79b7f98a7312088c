package io.carafe.runtime.rootfs.terminal;

import static io.carafe.linux.Errno.EEXIST;
import static io.carafe.linux.Errno.ELOOP;
import static io.carafe.linux.Errno.EROFS;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.mount.Mounting;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.Mountpoint;
import io.carafe.runtime.rootfs.path.Root;

/** /dev/console of a container with a terminal (config-linux.md, Default Devices). */
public final class Console {

    private static final ContainerPath DEV = ContainerPath.of("/dev");
    private static final ContainerPath CONSOLE = DEV.child("console");
    private static final int PLACE_MODE = 0600;

    private Console() {
    }

    /**
     * Binds a terminal, from its descriptor, onto the file of that name, which is made where it is missing.
     *
     * @throws KernelException ELOOP when a symbolic link stands there: it would put the terminal over another file (CVE-2025-52565)
     */
    public static void bind(Linux linux, Mounting mounting, Root root, Fd terminal) {
        try (Fd dev = root.open(DEV, O_PATH | O_DIRECTORY)) {
            try {
                linux.paths.mknodat(dev, CONSOLE.name(), S_IFREG | PLACE_MODE, 0, 0);
            } catch (KernelException e) {
                if (!e.is(EEXIST)) {
                    throw e.hint(EROFS, "it must be there already where /dev is read-only");
                }
            }
            try (Fd place = linux.files.openat(dev, CONSOLE.name(), O_PATH | O_NOFOLLOW, 0);
                    Mountpoint at = Mountpoint.of(place, true, () -> root.openMounted(CONSOLE)); Fd source = mounting.clone(terminal, false)) {
                if (linux.files.fstat(place).type() == S_IFLNK) {
                    throw new KernelException("bind", ELOOP).hint(ELOOP, "the container has a symbolic link there");
                }
                mounting.attach(source, false, at, MountOptions.NONE).close();
            }
        } catch (KernelException e) {
            throw e.as("bind the terminal on /dev/console");
        }
    }
}
