package io.carafe.shim.stat;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.stat.OutOfMemory;
import io.carafe.shim.loop.Loop;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Waits for a container to run out of memory. */
public final class MemoryWatch implements AutoCloseable {

    private final Linux linux;
    private final OutOfMemory notices;
    private final Runnable happened;
    private final Loop.Watch watch;
    private boolean open = true;

    private MemoryWatch(Linux linux, Loop loop, OutOfMemory notices, Runnable happened) {
        this.linux = linux;
        this.notices = notices;
        this.happened = happened;
        this.watch = loop.watch(notices.fd(), notices.events(), events -> look());
    }

    /** @return empty where nobody counts the process's memory, or it has ended already */
    public static Optional<MemoryWatch> of(Linux linux, Loop loop, int pid, Runnable happened) {
        return CgroupsOf.process(linux, pid).flatMap(paths -> OutOfMemory.watch(linux, paths)).map(notices -> {
            try {
                return new MemoryWatch(linux, loop, notices, happened);
            } catch (KernelException e) {
                notices.close();
                throw e;
            }
        });
    }

    private void look() {
        look(notices::happened);
    }

    private void look(BooleanSupplier more) {
        try {
            if (more.getAsBoolean()) {
                happened.run();
            }
        } catch (KernelException e) {
            close();
            if (!e.is(Errno.ENODEV)) { // the cgroup was removed
                throw e.during("watch the memory of a container");
            }
        }
    }

    /** The process has ended, perhaps for want of memory: that is told first. */
    public void lookOnceMore() {
        if (!open) {
            return;
        }
        boolean ready = linux.polling.ready(0, new int[] {notices.events()}, notices.fd())[0] != 0;
        look(ready ? notices::happened : notices::happenedUntold);
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
