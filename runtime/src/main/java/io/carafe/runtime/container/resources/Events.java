package io.carafe.runtime.container.resources;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Poll;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.cgroup.stat.OutOfMemory;
import io.carafe.runtime.cgroup.stat.Statistics;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.state.Status;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** What a container uses and when it runs out of memory, told as events with runc's keys. */
public final class Events {

    private static final long NANOS_OF_MILLI = 1_000_000;

    private final Linux linux;
    private final String root;
    private final Consumer<byte[]> listener;

    /** @param listener gets each event as one line of JSON, without the line feed */
    public Events(Linux linux, String root, Consumer<byte[]> listener) {
        this.linux = linux;
        this.root = root;
        this.listener = listener;
    }

    /** Tells what it uses, once. @throws ContainerException when it does not run */
    public void once(String id) {
        Container container = running(id);
        container.whileItLives(linux, () -> tellStatistics(container));
    }

    /**
     * Tells what it uses after every interval, and when its memory runs out, until its first process ends.
     *
     * @throws ContainerException when it does not run
     */
    public void watch(String id, long intervalMillis) {
        Container container = running(id);
        CgroupPaths paths = new CgroupPaths(container.state().cgroups());
        try (Fd init = container.init(linux).orElseThrow(() -> notRunning(Status.STOPPED)); Watch watch = new Watch(OutOfMemory.watch(linux, paths))) {
            OptionalLong next = OptionalLong.of(System.nanoTime() + intervalMillis * NANOS_OF_MILLI);
            while (next.isPresent()) {
                next = watch(container, init, watch, next.getAsLong(), intervalMillis);
            }
        }
    }

    /** One event, or none. @param next when the statistics are due @return when they are next; empty: the container has ended */
    private OptionalLong watch(Container container, Fd init, Watch watch, long next, long intervalMillis) {
        try {
            long wait = Math.max(0, (next - System.nanoTime() + NANOS_OF_MILLI - 1) / NANOS_OF_MILLI);
            int[] ready = watch.await(wait, init);
            if (ready.length > 1 && ready[1] != 0 && watch.memory.get().happened()) {
                tell(container.state().id(), "oom", false, container);
            }
            if (ready[0] != 0) {
                return OptionalLong.empty();
            }
            if (System.nanoTime() < next) {
                return OptionalLong.of(next);
            }
            tellStatistics(container);
            return OptionalLong.of(next + intervalMillis * NANOS_OF_MILLI);
        } catch (KernelException e) {
            // systemd removes the cgroup of a scope with its last process: its files are gone then.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENODEV) || linux.polling.readable(0, init)[0] == 0) {
                throw e;
            }
            return OptionalLong.empty();
        }
    }

    private final class Watch implements AutoCloseable {

        private final Optional<OutOfMemory> memory;

        Watch(Optional<OutOfMemory> memory) {
            this.memory = memory;
        }

        int[] await(long millis, Fd init) {
            return memory.isEmpty() ? linux.polling.readable(millis, init)
                    : linux.polling.ready(millis, new int[] {Poll.POLLIN, memory.get().events()}, init, memory.get().fd());
        }

        @Override
        public void close() {
            memory.ifPresent(OutOfMemory::close);
        }
    }

    private Container running(String id) {
        Container container = Container.load(linux, root, id);
        if (container.status() == Status.STOPPED || container.status() == Status.CREATING) {
            throw notRunning(container.status());
        }
        return container;
    }

    private static ContainerException notRunning(Status status) {
        return new ContainerException("container not running: " + status.text());
    }

    private void tellStatistics(Container container) {
        tell(container.state().id(), "stats", true, container);
    }

    private void tell(String id, String type, boolean withStatistics, Container container) {
        listener.accept(JsonWriter.compact(out -> {
            out.beginObject();
            out.name("type");
            out.text(type);
            out.name("id");
            out.text(id);
            if (withStatistics) {
                out.name("data");
                out.beginObject();
                Statistics.read(linux, new CgroupPaths(container.state().cgroups())).write(out);
                out.name("intel_rdt");
                out.beginObject();
                out.endObject();
                NetworkInterfaces.write(out, linux.files.readIfPresent(Fd.CWD, "/proc/" + container.state().pid() + "/net/dev").orElse(""));
                out.endObject();
            }
            out.endObject();
        }));
    }
}
