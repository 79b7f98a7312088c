package io.carafe.linux.call;

import static io.carafe.linux.KernelException.check;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Struct.LoopConfig;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;

/** Files as block devices: loop(4). */
public final class LoopDevices {

    private static final String CONTROL = "/dev/loop-control";
    private static final int LOOP_CTL_GET_FREE = 0x4C82;
    private static final int LOOP_SET_FD = 0x4C00;
    private static final int LOOP_CLR_FD = 0x4C01;
    private static final int LOOP_SET_STATUS64 = 0x4C04;
    private static final int LOOP_CONFIGURE = 0x4C0A;
    private static final int LO_FLAGS_READ_ONLY = 1;
    private static final int LO_FLAGS_AUTOCLEAR = 4;
    private static final int LO_FLAGS_DIRECT_IO = 16;
    /** Between the question for a free one and the taking another may take it. */
    private static final int ATTEMPTS = 100;

    private final Linux linux;

    public LoopDevices(Linux linux) {
        this.linux = linux;
    }

    /**
     * A device.
     *
     * @param path as {@code /dev/loop7}
     * @param device holds it: the device lets the file go when this is closed and nothing of it is mounted (LO_FLAGS_AUTOCLEAR)
     */
    public record Attached(String path, Fd device) implements AutoCloseable {
        @Override
        public void close() {
            device.close();
        }
    }

    /**
     * Attaches a file.
     *
     * @throws KernelException ENOENT without a driver for loop devices; EBUSY when all that were offered had been taken
     */
    public Attached attach(String file, boolean isReadOnly, boolean isDirect) {
        int flags = LO_FLAGS_AUTOCLEAR | (isReadOnly ? LO_FLAGS_READ_ONLY : 0) | (isDirect ? LO_FLAGS_DIRECT_IO : 0);
        int access = isReadOnly ? O_RDONLY : O_RDWR;
        try (Fd backing = linux.files.open(file, access); Fd control = linux.files.open(CONTROL, O_RDWR)) {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                String path = "/dev/loop" + check("ioctl LOOP_CTL_GET_FREE", linux.kernel.call(Sys.IOCTL.nr, control.number(), LOOP_CTL_GET_FREE));
                Fd device = linux.files.open(path, access);
                if (configured(device, backing, file, flags)) {
                    return new Attached(path, device);
                }
                device.close();
            }
            throw new KernelException("attach " + file + " to a loop device", Errno.EBUSY);
        }
    }

    /** @return whether it was still free */
    private boolean configured(Fd device, Fd backing, String file, int flags) {
        try (Memory.Frame frame = new Memory(linux.kernel).frame()) {
            long config = frame.zeroed(LoopConfig.SIZE);
            linux.kernel.putInt(config + LoopConfig.FD, backing.number());
            linux.kernel.putInt(config + LoopConfig.FLAGS, flags);
            byte[] name = file.getBytes(StandardCharsets.UTF_8);
            linux.kernel.put(config + LoopConfig.FILE_NAME, name, 0, Math.min(name.length, LoopConfig.FILE_NAME_SIZE - 1));
            long result = linux.kernel.call(Sys.IOCTL.nr, device.number(), LOOP_CONFIGURE, config);
            if (result == -Errno.EINVAL.number || result == -Errno.ENOTTY.number) {
                result = inTwoSteps(device, backing, config); // until the floor is Linux 5.8
            }
            if (result == -Errno.EBUSY.number) {
                return false;
            }
            check("attach " + file + " to a loop device", result);
            return true;
        } catch (KernelException e) {
            device.close();
            throw e;
        }
    }

    private long inTwoSteps(Fd device, Fd backing, long config) {
        long result = linux.kernel.call(Sys.IOCTL.nr, device.number(), LOOP_SET_FD, backing.number());
        if (result >= 0) {
            result = linux.kernel.call(Sys.IOCTL.nr, device.number(), LOOP_SET_STATUS64, config + LoopConfig.INFO);
            if (result < 0) {
                linux.kernel.call(Sys.IOCTL.nr, device.number(), LOOP_CLR_FD, 0);
            }
        }
        return result;
    }
}
