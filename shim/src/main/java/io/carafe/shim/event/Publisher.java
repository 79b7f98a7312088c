package io.carafe.shim.event;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.child.Children;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Timestamp;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/**
 * Sends events to containerd, one after the other: the next one when the one before has been taken, because containerd handles the
 * requests of a connection side by side. While containerd is away they are kept and tried again.
 */
public final class Publisher {

    private static final long FIRST_PAUSE_MILLIS = 100;
    private static final long LONGEST_PAUSE_MILLIS = 5_000;
    /** What is kept for a containerd that is away, some megabytes; who comes back asks for states and exits by itself. */
    private static final int MOST_KEPT = 10_000;

    private record Untold(Event event, Timestamp at) {
    }

    private final Loop loop;
    private final Optional<EventTransport> way;
    private final Deque<Untold> unsent = new ArrayDeque<>();
    private boolean sending;
    private boolean pausing;
    private long pauseMillis = FIRST_PAUSE_MILLIS;
    private Runnable whenEmpty = () -> { };

    private Publisher(Loop loop, Optional<EventTransport> way) {
        this.loop = loop;
        this.way = way;
    }

    /** @param path of the socket that containerd takes events at */
    public static Publisher byConnection(Linux linux, Loop loop, String path, String namespace) {
        return new Publisher(loop, Optional.of(new EventConnection(linux, loop, path, namespace)));
    }

    /** @param binary what is to be called. @param address what containerd listens at for its clients */
    public static Publisher byBinary(Linux linux, Loop loop, Children children, String binary, String address, String namespace) {
        return new Publisher(loop, Optional.of(new PublishBinary(linux, loop, children, binary, address, namespace)));
    }

    /** Where nobody wants any. */
    public static Publisher toNobody(Loop loop) {
        return new Publisher(loop, Optional.empty());
    }

    public void publish(Event event) {
        if (way.isEmpty()) {
            return;
        }
        if (unsent.size() == MOST_KEPT) {
            unsent.remove();
        }
        unsent.add(new Untold(event, Timestamp.now()));
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
        Untold first = unsent.peek();
        try {
            sending = true;
            way.get().send(first.event(), first.at(), fate -> sent(first, fate));
        } catch (KernelException e) {
            // ENOENT, ECONNREFUSED: containerd is not there; EAGAIN: many are waiting for it.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ECONNREFUSED) && !e.is(Errno.EAGAIN) && pauseMillis == FIRST_PAUSE_MILLIS) {
                loop.tell(e.during("events"));
            }
            sending = false;
            pause();
        }
    }

    private void sent(Untold event, EventTransport.Fate fate) {
        if (!sending) {
            return; // it could not be sent, which was told already
        }
        sending = false;
        if (fate == EventTransport.Fate.AGAIN) {
            pause();
            return;
        }
        pauseMillis = FIRST_PAUSE_MILLIS;
        if (unsent.peek() == event) { // else it was the oldest of too many
            unsent.remove();
        }
        if (unsent.isEmpty()) {
            whenEmpty.run();
        }
        sendNext();
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
