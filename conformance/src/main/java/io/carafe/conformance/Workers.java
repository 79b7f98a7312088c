package io.carafe.conformance;

import io.carafe.conformance.host.Host;
import io.carafe.conformance.host.Sandboxes;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;

/** Some threads, each with sandboxes of its own, that take the next piece of work until there is none. */
final class Workers {

    /** A test waits for processes most of the time. */
    private static final int FOR_EACH_PROCESSOR = 2;

    private Workers() {
    }

    static int count() {
        return FOR_EACH_PROCESSOR * Runtime.getRuntime().availableProcessors();
    }

    /**
     * @param limitMillis the time that each test has
     * @param count how many at once
     */
    static <T> void each(Host host, long limitMillis, int count, List<T> work, BiConsumer<Sandboxes, T> what) {
        Queue<T> queue = new ConcurrentLinkedQueue<>(work);
        List<Thread> threads = new ArrayList<>();
        List<Throwable> failures = new ArrayList<>();
        for (int i = 0; i < Math.min(count, work.size()); i++) {
            Thread thread = new Thread(() -> {
                try (Sandboxes sandboxes = new Sandboxes(host, limitMillis)) {
                    Thread removal = new Thread(sandboxes::close);
                    Runtime.getRuntime().addShutdownHook(removal);
                    for (T piece = queue.poll(); piece != null; piece = queue.poll()) {
                        what.accept(sandboxes, piece);
                    }
                    Runtime.getRuntime().removeShutdownHook(removal);
                } catch (Throwable failure) {
                    synchronized (failures) {
                        failures.add(failure);
                    }
                }
            }, "worker " + i);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        if (!failures.isEmpty()) {
            throw new IllegalStateException("the suite itself fails: " + failures.get(0), failures.get(0));
        }
    }
}
