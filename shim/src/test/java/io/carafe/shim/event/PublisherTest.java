package io.carafe.shim.event;

import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.Event;
import io.carafe.shim.ttrpc.Reply;
import io.carafe.shim.ttrpc.Server;
import io.carafe.shim.ttrpc.Wire;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events on their way to a containerd that comes and goes. */
class PublisherTest {

    private static final MessageTable<String> CONTAINER = MessageTable.of(row -> row.next(), field(1, TEXT, id -> id));

    private record Envelope(String namespace, String topic, Optional<Any> event) {
        static final MessageTable<Envelope> TABLE = MessageTable.of(row -> new Envelope(row.next(), row.next(), row.next()),
                field(2, TEXT, Envelope::namespace), field(3, TEXT, Envelope::topic), field(4, message(Any.TABLE), Envelope::event));
    }

    private record Forward(Optional<Envelope> envelope) {
        static final MessageTable<Forward> TABLE = MessageTable.of(row -> new Forward(row.next()),
                field(1, message(Envelope.TABLE), Forward::envelope));
    }

    private Wire wire;
    private final List<String> taken = new ArrayList<>();
    private final Deque<Reply> unanswered = new ArrayDeque<>();
    private boolean answers = true;

    @BeforeEach
    void open() throws IOException {
        wire = new Wire();
    }

    @AfterEach
    void close() throws IOException {
        wire.close();
        assertEquals(List.of(), wire.failures);
    }

    private Server containerd() {
        return wire.serve((service, method, payload, reply) -> {
            assertEquals("containerd.services.events.ttrpc.v1.Events/Forward", service + "/" + method);
            Envelope envelope = Forward.TABLE.read(payload).envelope().orElseThrow();
            assertEquals("here", envelope.namespace());
            taken.add(envelope.topic() + " " + CONTAINER.read(envelope.event().orElseThrow().value()));
            if (answers) {
                reply.ok(new byte[0]);
            } else {
                unanswered.add(reply);
            }
        });
    }

    private Publisher publisher() {
        return Publisher.byConnection(wire.linux, wire.loop, wire.path(), "here");
    }

    @Test
    void the_next_event_waits_until_the_one_before_has_been_taken() {
        answers = false;
        try (Server server = containerd()) {
            Publisher publisher = publisher();
            publisher.publish(Event.paused("a"));
            publisher.publish(Event.resumed("a"));
            wire.turnUntil(() -> unanswered.size() == 1);
            for (int i = 0; i < 20; i++) {
                wire.loop.turn(1);
            }
            assertEquals(List.of("/tasks/paused a"), taken);
            unanswered.remove().ok(new byte[0]);
            wire.turnUntil(() -> taken.size() == 2);
            assertEquals(List.of("/tasks/paused a", "/tasks/resumed a"), taken);
        }
    }

    @Test
    void events_are_kept_while_nobody_listens_and_come_in_order() {
        Publisher publisher = publisher();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            publisher.publish(Event.start("c" + i, 1));
            expected.add("/tasks/start c" + i);
        }
        wire.loop.turn(1);
        try (Server server = containerd()) {
            wire.turnUntil(() -> taken.size() == 100);
            assertEquals(expected, taken);
        }
    }

    @Test
    void an_event_that_was_on_its_way_when_containerd_died_comes_again() throws IOException {
        answers = false;
        Server first = containerd();
        Publisher publisher = publisher();
        publisher.publish(Event.paused("a"));
        publisher.publish(Event.resumed("a"));
        wire.turnUntil(() -> taken.size() == 1);
        wire.stopServing(first);
        answers = true;
        try (Server second = containerd()) {
            wire.turnUntil(() -> taken.size() == 3);
            assertEquals(List.of("/tasks/paused a", "/tasks/paused a", "/tasks/resumed a"), taken);
        }
    }

    @Test
    void an_event_that_is_refused_is_not_sent_again() {
        try (Server server = wire.serve((service, method, payload, reply) -> {
            taken.add("refused");
            reply.fail(new IllegalStateException("no"));
        })) {
            boolean[] empty = new boolean[1];
            Publisher publisher = publisher();
            publisher.publish(Event.paused("a"));
            publisher.whenEmpty(() -> empty[0] = true);
            wire.turnUntil(() -> empty[0]);
            assertEquals(1, taken.size());
        }
    }

    @Test
    void of_more_than_ten_thousand_the_newest_are_kept() {
        Publisher publisher = publisher();
        for (int i = 0; i < 10_100; i++) {
            publisher.publish(Event.start("c" + i, 1));
        }
        try (Server server = containerd()) {
            wire.turnUntil(() -> taken.size() == 10_000);
            assertEquals("/tasks/start c100", taken.get(0));
            assertEquals("/tasks/start c10099", taken.get(9_999));
        }
    }
}
