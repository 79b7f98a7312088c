package io.carafe.conmon.log;

import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;

import io.carafe.conmon.plan.JournalPlan;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The journal, by its native protocol: a datagram an entry. A line is kept until it ends, up to 8 KiB; what is longer is more than one entry.
 * Where there is no journal what is written is lost, as sd_journal_send(3) has it.
 *
 * @see "systemd, Native Journal Protocol"
 */
final class JournalLog implements Log {

    private static final String SOCKET = "/run/systemd/journal/socket";
    private static final int MOST = 8192;
    private static final int INFO = 6;
    private static final int ERROR = 3;

    private final Linux linux;
    private final JournalPlan plan;
    private final ByteArrayOutputStream[] begun = {new ByteArrayOutputStream(0), new ByteArrayOutputStream(0)};

    JournalLog(Linux linux, JournalPlan plan) {
        this.linux = linux;
        this.plan = plan;
    }

    @Override
    public void write(Origin origin, byte[] bytes, int start, int count) {
        ByteArrayOutputStream line = begun[origin.ordinal()];
        int end = start + count;
        for (int from = start; from < end;) {
            int to = from;
            while (to < end && bytes[to] != '\n') {
                to++;
            }
            boolean partial = to == end;
            int length = to - from + (partial ? 0 : 1);
            if (partial && line.size() + length < MOST) {
                line.write(bytes, from, length);
                return;
            }
            line.write(bytes, from, length);
            send(origin, line, partial);
            from += length;
        }
    }

    @Override
    public void end() {
        for (Origin origin : Origin.values()) {
            if (begun[origin.ordinal()].size() > 0) {
                send(origin, begun[origin.ordinal()], true);
            }
        }
    }

    private void send(Origin origin, ByteArrayOutputStream line, boolean partial) {
        byte[] content = line.toByteArray();
        line.reset();
        try (Fd socket = linux.sockets.connect(SOCKET, SOCK_DGRAM)) {
            linux.sockets.send(socket, entry(plan, origin, content, partial), List.of());
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ECONNREFUSED)) {
                throw e.during("write to the journal");
            }
        }
    }

    /** {@code <3>} before a line is its priority, sd-daemon(3). A value with an end of line in it has its length before it. */
    static byte[] entry(JournalPlan plan, Origin origin, byte[] content, boolean partial) {
        boolean prefixed = content.length > 3 && content[0] == '<' && content[1] >= '0' && content[1] <= '7' && content[2] == '>';
        int priority = prefixed ? content[1] - '0' : origin == Origin.STDERR ? ERROR : INFO;
        int from = prefixed ? 3 : 0;
        ByteArrayOutputStream entry = new ByteArrayOutputStream(content.length + 256);
        put(entry, "MESSAGE", content, from);
        entry.writeBytes(("PRIORITY=" + priority + "\n").getBytes(StandardCharsets.US_ASCII));
        for (String field : plan.fields()) {
            int equals = field.indexOf('=');
            put(entry, field.substring(0, equals), field.substring(equals + 1).getBytes(StandardCharsets.UTF_8), 0);
        }
        if (partial && plan.tellsPartial()) {
            entry.writeBytes("CONTAINER_PARTIAL_MESSAGE=true\n".getBytes(StandardCharsets.US_ASCII));
        }
        return entry.toByteArray();
    }

    private static void put(ByteArrayOutputStream entry, String name, byte[] value, int from) {
        entry.writeBytes(name.getBytes(StandardCharsets.US_ASCII));
        int length = value.length - from;
        if (isOneLine(value, from)) {
            entry.write('=');
        } else {
            entry.write('\n');
            for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
                entry.write((int) ((long) length >>> shift));
            }
        }
        entry.write(value, from, length);
        entry.write('\n');
    }

    private static boolean isOneLine(byte[] value, int from) {
        for (int i = from; i < value.length; i++) {
            if (value[i] == '\n') {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        // Nothing is kept open: the journal may start anew.
    }
}
