package io.carafe.runtime.rootfs.path;

import io.carafe.linux.Fd;
import java.util.function.Supplier;

/**
 * A place to mount on: the O_PATH descriptor that a path led to. The mount goes onto the descriptor, so it does not matter what
 * the path leads to by then.
 */
public final class Mountpoint implements AutoCloseable {

    private final Fd fd;
    private final boolean wasThere;
    private final Supplier<Fd> again;

    private Mountpoint(Fd fd, boolean wasThere, Supplier<Fd> again) {
        this.fd = fd;
        this.wasThere = wasThere;
        this.again = again;
    }

    /**
     * @param fd becomes this object's, which closes it
     * @param wasThere whether it was not made for this mount
     * @param again looks the path up once more
     */
    public static Mountpoint of(Fd fd, boolean wasThere, Supplier<Fd> again) {
        return new Mountpoint(fd, wasThere, again);
    }

    /** Borrowed. */
    public Fd fd() {
        return fd;
    }

    public boolean wasThere() {
        return wasThere;
    }

    /** What the path leads to after mount(2): the root of the new mount. The caller owns the result. */
    public Fd reopen() {
        return again.get();
    }

    @Override
    public void close() {
        fd.close();
    }
}
