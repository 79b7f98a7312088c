package io.carafe.shim.event;

import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.ttrpc.Client;
import java.util.Optional;

/** By a connection that is kept, to the service of events that containerd has since 1.3. */
final class EventConnection implements EventTransport {

    private static final String SERVICE = "containerd.services.events.ttrpc.v1.Events";

    private final Linux linux;
    private final Loop loop;
    private final String path;
    private final String namespace;
    private Optional<Client> client = Optional.empty();
    private Optional<Sent> unanswered = Optional.empty();

    /** @param path of the socket */
    EventConnection(Linux linux, Loop loop, String path, String namespace) {
        this.linux = linux;
        this.loop = loop;
        this.path = path;
        this.namespace = namespace;
    }

    /** Also an error is an answer: the same event would get the same one again. */
    @Override
    public void send(Event event, Timestamp at, Sent sent) {
        if (client.isEmpty()) {
            client = Optional.of(new Client(linux, loop, path, this::lost));
        }
        unanswered = Optional.of(sent);
        client.get().call(SERVICE, "Forward", event.forwarded(at, namespace), response -> answered(Fate.DONE));
    }

    private void lost() {
        client = Optional.empty();
        answered(Fate.AGAIN);
    }

    private void answered(Fate fate) {
        Optional<Sent> who = unanswered;
        unanswered = Optional.empty();
        who.ifPresent(sent -> sent.sent(fate));
    }
}
