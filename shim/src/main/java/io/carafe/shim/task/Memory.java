package io.carafe.shim.task;

import io.carafe.linux.KernelException;
import io.carafe.runtime.cgroup.stat.OutOfMemory;
import io.carafe.shim.loop.Loop;

/** Waits for a container to run out of memory. */
final class Memory implements AutoCloseable {

    private final OutOfMemory notices;
    private final Loop.Watch watch;
    private boolean open = true;

    Memory(Loop loop, OutOfMemory notices, Runnable happened) {
        this.notices = notices;
        this.watch = loop.watch(notices.fd(), notices.events(), events -> {
            try {
                if (notices.happened()) {
                    happened.run();
                }
            } catch (KernelException gone) { // ENODEV: the cgroup was removed
                close();
            }
        });
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            watch.close();
            notices.close();
        }
    }
}
