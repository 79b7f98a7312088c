package io.carafe.shim.event;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.ttrpc.Client;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Sends events to containerd, one after the other: the next one when the one before has been taken, because containerd handles the
 * requests of a connection side by side. While containerd is away they are kept and tried again.
 */
public final class Publisher {

    private static final String SERVICE = "containerd.services.events.ttrpc.v1.Events";
    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /** What is kept for a containerd that is away, some megabytes; who comes back asks for states and exits by itself. */
    private static final int MOST_KEPT = 10_000;

    private final Linux linux;
    private final Loop loop;
    private final Optional<String> path;
    private final String namespace;
    private final Deque<byte[]> unsent = new ArrayDeque<>();
    private Optional<Client> client = Optional.empty();
    private boolean sending;
    private boolean pausing;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private Runnable whenEmpty = () -> { };

    /** @param path of the socket that containerd takes events at; empty: nobody wants any */
    public Publisher(Linux linux, Loop loop, Optional<String> path, String namespace) {
        this.linux = linux;
        this.loop = loop;
        this.path = path;
        this.namespace = namespace;
    }

    public void publish(Event event) {
        if (path.isEmpty()) {
            return;
        }
        if (unsent.size() == MOST_KEPT) {
            unsent.remove();
        }
        unsent.add(event.forwarded(Timestamp.now(), namespace));
        sendNext();
    }

    /** What is to be done when all has been told, now or later. */
    public void whenEmpty(Runnable action) {
        whenEmpty = action;
        if (unsent.isEmpty()) {
            action.run();
        }
    }

    private void sendNext() {
        if (sending || pausing || unsent.isEmpty()) {
            return;
        }
        try {
            if (client.isEmpty()) {
                client = Optional.of(new Client(linux, loop, path.get(), this::lost));
            }
            byte[] first = unsent.peek();
            sending = true;
            client.get().call(SERVICE, "Forward", first, response -> taken(first));
        } catch (KernelException e) {
            // ENOENT, ECONNREFUSED: containerd is not there; EAGAIN: many are waiting for it.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ECONNREFUSED) && !e.is(Errno.EAGAIN) && pauseMillis == FIRST_PAUSE_MILLIS) {
                loop.tell(e.during("events"));
            }
            sending = false;
            pause();
        }
    }

    /** Also when the answer is an error: the same event would get the same answer again. */
    private void taken(byte[] event) {
        sending = false;
        pauseMillis = FIRST_PAUSE_MILLIS;
        if (unsent.peek() == event) { // else it was the oldest of too many
            unsent.remove();
        }
        if (unsent.isEmpty()) {
            whenEmpty.run();
        }
        sendNext();
    }

    private void lost() {
        client = Optional.empty();
        if (sending) {
            sending = false;
            pause();
        }
    }

    private void pause() {
        pausing = true;
        loop.after(pauseMillis, () -> {
            pausing = false;
            sendNext();
        });
        pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }
}
