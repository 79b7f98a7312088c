package io.carafe.shim.loop;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Epoll;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Waits for descriptors and times, and calls who wanted to know. Nobody who is called may wait for anything.
 *
 * <p>What one of them throws is told to {@code failed}, and the loop goes on: a container must not suffer for another.
 */
public final class Loop implements AutoCloseable {

    private static final long QUIET_MILLIS = 1_000;
    private static final long NANOS_OF_A_MILLI = 1_000_000;

    private final Linux linux;
    private final Fd epoll;
    private final Consumer<RuntimeException> failed;
    private final Map<Long, Watch> watches = new HashMap<>();
    private final List<Timer> timers = new ArrayList<>(0);
    private long serial;
    private boolean stopped;
    private Runnable whenQuiet = () -> { };
    /** Whether something has happened since {@link #whenQuiet} was called. */
    private boolean stirred;

    public Loop(Linux linux, Consumer<RuntimeException> failed) {
        this.linux = linux;
        this.failed = failed;
        this.epoll = linux.epoll.create();
    }

    /** Who is called when a descriptor is ready. */
    public interface Ready {

        /** @param events bits of {@link io.carafe.linux.abi.Poll} */
        void ready(int events);
    }

    /** A descriptor that is waited for, until it is closed here; the descriptor itself stays its owner's. */
    public final class Watch implements AutoCloseable {

        private final Fd fd;
        private final Ready who;
        /** A number is never used again, so that an event for a descriptor that was closed meanwhile finds nobody. */
        private final long id;
        private int wanted;

        private Watch(Fd fd, Ready who, long id) {
            this.fd = fd;
            this.who = who;
            this.id = id;
        }

        /** @param events bits of {@link io.carafe.linux.abi.Poll}; 0 wants nothing, not even to hear of POLLHUP */
        public void want(int events) {
            if (events == wanted || !watches.containsKey(id)) {
                return;
            }
            if (events == 0) {
                linux.epoll.delete(epoll, fd);
            } else if (wanted == 0) {
                linux.epoll.add(epoll, fd, events, id);
            } else {
                linux.epoll.modify(epoll, fd, events, id);
            }
            wanted = events;
        }

        /** Whoever closes it goes on closing: what epoll(7) does not let go of goes with its descriptor, and is told. */
        @Override
        public void close() {
            try {
                want(0);
            } catch (KernelException e) {
                tell(e);
            } finally {
                watches.remove(id);
            }
        }
    }

    /** Something that is to be done later. */
    public final class Timer {

        private final long nanos;
        private final Runnable action;

        private Timer(long nanos, Runnable action) {
            this.nanos = nanos;
            this.action = action;
        }

        public void cancel() {
            timers.remove(this);
        }
    }

    public Watch watch(Fd fd, int events, Ready who) {
        Watch watch = new Watch(fd, who, ++serial);
        watches.put(watch.id, watch);
        try {
            watch.want(events);
        } catch (RuntimeException e) {
            watches.remove(watch.id);
            throw e;
        }
        return watch;
    }

    public Timer after(long millis, Runnable action) {
        Timer timer = new Timer(System.nanoTime() + millis * NANOS_OF_A_MILLI, action);
        timers.add(timer);
        return timer;
    }

    /** Until {@link #stop}. */
    public void run() {
        while (!stopped) {
            boolean quiet = !turn(stirred ? QUIET_MILLIS : Polling.FOREVER);
            if (quiet && stirred) {
                call(whenQuiet);
            }
            stirred = !quiet;
        }
    }

    /** What is to be done when nothing has happened for a second, once each time. */
    public void whenQuiet(Runnable action) {
        whenQuiet = action;
        stirred = true;
    }

    public void stop() {
        stopped = true;
    }

    /** One turn: waits, and calls who is ready. @return whether somebody was */
    public boolean turn(long mostMillis) {
        boolean called = false;
        for (Epoll.Ready ready : linux.epoll.wait(epoll, patience(mostMillis))) {
            called = true;
            Watch watch = watches.get(ready.value());
            if (watch != null) {
                call(() -> watch.who.ready(ready.events()));
            }
        }
        for (Timer timer = due(); timer != null; timer = due()) {
            called = true;
            timers.remove(timer);
            call(timer.action);
        }
        return called;
    }

    private void call(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            tell(Failures.asException(e));
        }
    }

    /** Of what went wrong and ends nothing: told as what is thrown by whoever is called. */
    public void tell(RuntimeException e) {
        failed.accept(e);
    }

    private Timer due() {
        Timer next = next();
        return next != null && next.nanos - System.nanoTime() <= 0 ? next : null;
    }

    private Timer next() {
        Timer next = null;
        for (int i = 0; i < timers.size(); i++) {
            if (next == null || timers.get(i).nanos - next.nanos < 0) {
                next = timers.get(i);
            }
        }
        return next;
    }

    private long patience(long mostMillis) {
        Timer next = next();
        if (next == null) {
            return mostMillis;
        }
        long millis = Math.max(0, (next.nanos - System.nanoTime() + NANOS_OF_A_MILLI - 1) / NANOS_OF_A_MILLI);
        return mostMillis == Polling.FOREVER ? millis : Math.min(millis, mostMillis);
    }

    @Override
    public void close() {
        epoll.close();
    }
}
