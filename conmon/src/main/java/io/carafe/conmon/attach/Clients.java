package io.carafe.conmon.attach;

import static io.carafe.linux.abi.Poll.POLLIN;
import static io.carafe.linux.abi.Poll.POLLOUT;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.shim.loop.Loop;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * All who are attached, by the packet socket {@code attach} in the bundle. Each gets all output from when it came. One that does not read
 * holds the output up for all: nothing is lost, and nothing is kept but one packet.
 */
public final class Clients implements AutoCloseable {

    private static final String NAME = "attach";
    /** Of a packet from a client: of a longer one the rest is lost. */
    private static final int LONGEST = 32 * 1024;
    private static final long PAUSE_MILLIS = 1_000;

    private final Linux linux;
    private final Loop loop;
    private final StandardInput input;
    private final boolean endsInput;
    private final List<Client> clients = new ArrayList<>(1);
    private Optional<Fd> listener = Optional.empty();
    private Optional<Loop.Watch> listening = Optional.empty();
    private byte[] buffer = {};
    private Runnable whenRoom = () -> { };

    /** @param endsInput whether the process's stdin ends when a client has ended its own side */
    public Clients(Linux linux, Loop loop, StandardInput input, boolean endsInput) {
        this.linux = linux;
        this.loop = loop;
        this.input = input;
        this.endsInput = endsInput;
        input.whenWritable(() -> List.copyOf(clients).forEach(Client::writeOn));
    }

    /** @param directory the bundle, or a link to it */
    public void listen(String directory) {
        Fd socket = BundleSocket.ofPackets(linux, directory, NAME);
        listener = Optional.of(socket);
        listening = Optional.of(loop.watch(socket, POLLIN, events -> accept(socket)));
    }

    private void accept(Fd socket) {
        try {
            linux.sockets.tryAccept(socket).ifPresent(fd -> clients.add(new Client(linux, loop, this, fd)));
        } catch (KernelException e) { // EMFILE and the like: who waits is told again, but not at once
            listening.ifPresent(watch -> watch.want(0));
            loop.after(PAUSE_MILLIS, () -> listening.ifPresent(watch -> watch.want(POLLIN)));
            throw e.during("accept a client");
        }
    }

    /** @param packet the number of a stream, and what came from it */
    public void send(byte[] packet, int count) {
        if (!clients.isEmpty()) {
            List.copyOf(clients).forEach(client -> client.send(packet, count));
        }
    }

    /** Whether there is one who must read before more may be sent. */
    public boolean isFull() {
        return clients.stream().anyMatch(Client::isFull);
    }

    /** @param action what is to be done when nobody is full any more */
    public void whenRoom(Runnable action) {
        whenRoom = action;
    }

    void hasRoom() {
        if (!isFull()) {
            whenRoom.run();
        }
    }

    /** When the loop has ended: waits for who is full to read, or to go. */
    public void awaitRoom() {
        while (isFull()) {
            List<Client> full = clients.stream().filter(Client::isFull).toList();
            int[] events = new int[full.size()];
            Arrays.fill(events, POLLOUT);
            linux.polling.ready(Polling.FOREVER, events, full.stream().map(Client::fd).toArray(Fd[]::new));
            full.forEach(Client::flush);
        }
    }

    StandardInput input() {
        return input;
    }

    /** One for all: what is not written at once is copied. */
    byte[] buffer() {
        if (buffer.length == 0) {
            buffer = new byte[LONGEST];
        }
        return buffer;
    }

    void inputEnded() {
        if (endsInput) {
            input.close();
        }
    }

    void remove(Client client) {
        boolean wasFull = client.isFull();
        clients.remove(client);
        client.close();
        if (wasFull) {
            hasRoom();
        }
    }

    /** The socket's name. */
    public static String name() {
        return NAME;
    }

    @Override
    public void close() {
        listening.ifPresent(Loop.Watch::close);
        listener.ifPresent(Fd::close);
        List.copyOf(clients).forEach(Client::close);
        clients.clear();
    }
}
