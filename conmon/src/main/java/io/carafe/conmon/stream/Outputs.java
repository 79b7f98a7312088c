package io.carafe.conmon.stream;

import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.conmon.attach.Clients;
import io.carafe.conmon.log.Logs;
import io.carafe.conmon.log.Origin;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;

/** What a process writes, on its way to the logs and the clients: read once, in pieces of at most 8 KiB. */
public final class Outputs {

    private static final int LARGEST = 8192;
    /** What a pipe holds at most, unless somebody with CAP_SYS_RESOURCE has enlarged it (fs.pipe-max-size, pipe(7)). */
    private static final int MOST_LEFT = 1 << 20;

    private final Linux linux;
    private final Loop loop;
    private final Logs logs;
    private final Clients clients;
    private final List<Source> sources = new ArrayList<>(2);
    /** A client's packet: the number of the stream, and what was read. */
    private final byte[] packet = new byte[1 + LARGEST];

    public Outputs(Linux linux, Loop loop, Logs logs, Clients clients) {
        this.linux = linux;
        this.loop = loop;
        this.logs = logs;
        this.clients = clients;
        clients.whenRoom(this::goOn);
    }

    private final class Source {

        private final Fd fd;
        private final Origin origin;
        private final BooleanSupplier hungUp;
        private final Loop.Watch watch;

        private Source(Fd fd, Origin origin, BooleanSupplier hungUp) {
            this.fd = fd;
            this.origin = origin;
            this.hungUp = hungUp;
            this.watch = loop.watch(fd, POLLIN, events -> ready());
        }

        private void ready() {
            if (!clients.isFull()) { // else it was ready beside one whose output a client had no room for
                read();
            }
        }

        /** @return whether there may be more at once */
        private boolean read() {
            OptionalInt count;
            try {
                count = linux.files.tryRead(fd, packet, 1, LARGEST);
            } catch (KernelException e) {
                if (!e.is(Errno.EIO)) {
                    throw e;
                }
                if (hungUp.getAsBoolean()) {
                    return true;
                }
                count = OptionalInt.of(0);
            }
            if (count.isEmpty()) {
                return false;
            }
            if (count.getAsInt() == 0) {
                watch.close();
                sources.remove(this);
                fd.close();
                return false;
            }
            take(origin, count.getAsInt());
            return true;
        }
    }

    private void take(Origin origin, int count) {
        logs.write(origin, packet, 1, count);
        packet[0] = origin.number;
        clients.send(packet, 1 + count);
        if (clients.isFull()) {
            sources.forEach(source -> source.watch.want(0));
        }
    }

    private void goOn() {
        sources.forEach(source -> source.watch.want(POLLIN));
    }

    /** @param fd does not block; becomes this object's. @param hungUp asked after EIO: whether it can be read again (a terminal) */
    void add(Fd fd, Origin origin, BooleanSupplier hungUp) {
        sources.add(new Source(fd, origin, hungUp));
    }

    /** The process and the loop have ended: all that is there is taken, and what others who have the streams still write is not waited for. */
    public void drain() {
        clients.awaitRoom();
        for (Source source : List.copyOf(sources)) {
            long reads = MOST_LEFT / LARGEST;
            while (reads > 0 && source.read()) {
                clients.awaitRoom();
                reads--;
            }
        }
    }
}
