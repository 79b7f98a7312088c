package io.carafe.shim.event;

import io.carafe.shim.message.Event;
import io.carafe.shim.message.Timestamp;

/** How an event gets to containerd: one at a time. */
interface EventTransport {

    /** What became of an event. */
    enum Fate {
        /** It was taken, or would never be: the next one. */
        DONE,
        /** containerd is away: the same once more, later. */
        AGAIN
    }

    /** Hears of it, once, from the loop. */
    interface Sent {
        void sent(Fate fate);
    }

    /**
     * Sends one.
     *
     * @param at when it happened
     * @throws io.carafe.linux.KernelException ENOENT, ECONNREFUSED: containerd is away; EAGAIN: many wait for it; or it cannot be sent now
     */
    void send(Event event, Timestamp at, Sent sent);
}
