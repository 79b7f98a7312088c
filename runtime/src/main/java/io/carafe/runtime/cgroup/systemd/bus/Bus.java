package io.carafe.runtime.cgroup.systemd.bus;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * A connection to a bus. Calls go out one after the other, and what comes meanwhile and is no answer is kept for {@link #await}.
 *
 * <p>The caller names itself by the credentials of its socket (EXTERNAL without an identity), so that it need not know as what the bus
 * sees it: root in a user namespace is somebody else outside.
 */
public final class Bus implements AutoCloseable {

    private static final byte[] AUTH = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int CHUNK = 8192;
    /** MAX_AUTH_LINE of the specification. */
    private static final int LONGEST_LINE = 16 * 1024;
    /** As long as libdbus waits for an answer. */
    private static final long PATIENCE_MILLIS = 25_000;

    private final Linux linux;
    private final String path;
    private final Fd socket;
    /** What has come and is not taken yet. */
    private byte[] received = new byte[0];
    private final List<BusMessage> signals = new ArrayList<>();
    private int serial;

    private Bus(Linux linux, String path, Fd socket) {
        this.linux = linux;
        this.path = path;
        this.socket = socket;
    }

    /**
     * Connects, and says hello. The caller owns the result.
     *
     * @param path of the socket: {@link BusAddress}
     * @throws BusException when nobody is there, or nobody who speaks to the caller
     */
    public static Bus connect(Linux linux, String path) {
        Fd socket;
        try {
            socket = linux.sockets.connect(path, SocketFlags.SOCK_STREAM);
        } catch (KernelException e) {
            throw new BusException("cannot reach D-Bus: " + e.getMessage());
        }
        Bus bus = new Bus(linux, path, socket);
        try {
            bus.authenticate();
            bus.call(BusName.BUS, "Hello");
            return bus;
        } catch (Throwable e) {
            bus.close();
            throw e;
        }
    }

    private void authenticate() {
        send(AUTH);
        String line;
        do {
            line = line();
            if (!line.startsWith("OK") && !line.equals("DATA")) {
                throw new BusException("D-Bus at " + path + " does not let this user in: " + line);
            }
        } while (!line.startsWith("OK"));
    }

    private String line() {
        while (true) {
            for (int i = 0; i + 1 < received.length; i++) {
                if (received[i] == '\r' && received[i + 1] == '\n') {
                    return new String(take(i + 2), 0, i, StandardCharsets.US_ASCII);
                }
            }
            if (received.length > LONGEST_LINE) {
                throw new BusException("D-Bus at " + path + " does not speak D-Bus: a line of more than " + LONGEST_LINE + " bytes");
            }
            receive();
        }
    }

    /**
     * Calls, and waits for the answer.
     *
     * @return the values of the answer's body that are of basic types, as text
     * @throws BusException the error that was answered
     */
    public List<String> call(BusName at, String member, BusValue... arguments) {
        int asked = ++serial;
        send(BusMessage.call(asked, at, member, arguments));
        while (true) {
            BusMessage message = next();
            if (message.replySerial() != asked) {
                keep(message);
                continue;
            }
            if (message.type() == BusMessage.ERROR) {
                throw BusException.answered(member, message.errorName(), message.body().isEmpty() ? "" : message.body().get(0));
            }
            return message.body();
        }
    }

    /** A property of an object, of a basic type, as text. */
    public String property(BusName at, String name) {
        return call(at.properties(), "Get", BusValue.text(at.interfaceName()), BusValue.text(name)).get(0);
    }

    /** Asks the bus for a signal. Those that come are kept from now on. */
    public void match(BusName from, String signal) {
        call(BusName.BUS, "AddMatch", BusValue.text("type='signal',interface='" + from.interfaceName() + "',path='" + from.path() + "',member='"
                + signal + "'"));
    }

    /** Waits for a signal, or takes one that has come already. @param wanted looks at its body. @return the body */
    public List<String> await(String signal, Predicate<List<String>> wanted) {
        for (BusMessage kept : signals) {
            if (kept.isSignal(signal) && wanted.test(kept.body())) {
                return kept.body();
            }
        }
        while (true) {
            BusMessage message = next();
            if (message.isSignal(signal) && wanted.test(message.body())) {
                return message.body();
            }
        }
    }

    private void keep(BusMessage message) {
        if (message.type() == BusMessage.SIGNAL) {
            signals.add(message);
        }
    }

    private BusMessage next() {
        while (received.length < BusMessage.FIXED_LENGTH || received.length < BusMessage.lengthOf(received)) {
            receive();
        }
        return BusMessage.parse(take(BusMessage.lengthOf(received)));
    }

    private byte[] take(int length) {
        byte[] taken = Arrays.copyOf(received, length);
        received = Arrays.copyOfRange(received, length, received.length);
        return taken;
    }

    private void receive() {
        if (linux.polling.readable(PATIENCE_MILLIS, socket)[0] == 0) {
            throw new BusException("no answer from D-Bus at " + path + " in " + PATIENCE_MILLIS / 1000 + " s");
        }
        byte[] more;
        try {
            more = linux.sockets.receive(socket, CHUNK).content();
        } catch (KernelException e) {
            throw new BusException("D-Bus at " + path + ": " + e.getMessage());
        }
        if (more.length == 0) {
            throw new BusException("D-Bus at " + path + " has closed the connection");
        }
        int length = received.length;
        received = Arrays.copyOf(received, length + more.length);
        System.arraycopy(more, 0, received, length, more.length);
    }

    private void send(byte[] bytes) {
        try {
            linux.sockets.send(socket, bytes, List.of());
        } catch (KernelException e) {
            throw new BusException("D-Bus at " + path + ": " + e.getMessage());
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
