package io.carafe.conformance.shim;

import io.carafe.conformance.container.Evidence;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.ttrpc.EventServer;
import io.carafe.conformance.ttrpc.Message;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Assertions;

/** The events that have come, in the order of their coming, and whoever takes them: a manager that may be away for a while. */
public final class Events implements AutoCloseable {

    private final Sandbox sandbox;
    private final Evidence evidence;
    private final MessageMutation mutation;
    private final Path path;
    private final List<Event> all = new CopyOnWriteArrayList<>();
    private EventServer server;

    Events(Sandbox sandbox, Evidence evidence, MessageMutation mutation) {
        this.sandbox = sandbox;
        this.evidence = evidence;
        this.mutation = mutation;
        this.path = sandbox.work().resolve("events");
        restart();
    }

    Path path() {
        return path;
    }

    /** Nobody takes events any more: connections end, the socket is not there. */
    public void stop() {
        server.close();
    }

    public void restart() {
        server = EventServer.at(path, this::take);
    }

    /** Somebody listens, and never reads. */
    public void stopReading() {
        server.close();
        server = EventServer.neverReading(path);
    }

    private void take(Message envelope) {
        for (Event event : mutation.events(Event.of(envelope))) {
            all.add(event);
            evidence.observed("event", event.words());
        }
    }

    public List<Event> all() {
        return List.copyOf(all);
    }

    /** In words, those of one task. */
    public List<String> of(String task) {
        return all.stream().filter(event -> event.container().equals(task)).map(Event::words).toList();
    }

    /** Waits until one has come. @param words of it */
    public Event await(String words) {
        if (!sandbox.await(() -> all.stream().anyMatch(event -> event.words().equals(words)))) {
            Assertions.fail("no event " + words + " has come; there were " + all.stream().map(Event::words).toList());
        }
        return all.stream().filter(event -> event.words().equals(words)).findFirst().orElseThrow();
    }

    /** Waits for the last one of a task and expects all of that task in this order, each once. */
    public void expect(String task, String... words) {
        await(words[words.length - 1]);
        Assertions.assertEquals(List.of(words), of(task), "events of " + task);
    }

    @Override
    public void close() {
        server.close();
    }
}
