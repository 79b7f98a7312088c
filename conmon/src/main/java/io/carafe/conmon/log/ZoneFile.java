package io.carafe.conmon.log;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * A file of tzdata: times at which the offset from UTC changes, and a rule for what comes after them.
 *
 * @see "RFC 8536, tzfile(5)"
 */
final class ZoneFile {

    static final int MOST = 1 << 20;

    private static final byte[] MAGIC = {'T', 'Z', 'i', 'f'};
    private static final int RESERVED = 15;
    private static final int SIZE_OF_TYPE = 6;

    private ZoneFile() {
    }

    /** @param seconds east of UTC. @param until the second from which on another may hold */
    record Offset(int seconds, long until) {
    }

    private record Header(int version, int utCount, int standardCount, int leapCount, int timeCount, int typeCount, int nameCount) {

        static Header read(ByteBuffer in) {
            byte[] magic = new byte[MAGIC.length];
            in.get(magic);
            if (!Arrays.equals(magic, MAGIC)) {
                throw new BufferUnderflowException();
            }
            int version = in.get();
            in.position(in.position() + RESERVED);
            return new Header(version, in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt(), in.getInt());
        }

        int length(int bytesOfTime) {
            return timeCount * (bytesOfTime + 1) + typeCount * SIZE_OF_TYPE + nameCount + leapCount * (bytesOfTime + Integer.BYTES) + standardCount
                    + utCount;
        }
    }

    /** Of a file that is none, or is cut: UTC, as tzset(3) has it. */
    static Offset offsetAt(byte[] file, long second) {
        try {
            ByteBuffer in = ByteBuffer.wrap(file);
            Header header = Header.read(in);
            int bytes = Integer.BYTES;
            if (header.version >= '2') {
                in.position(in.position() + header.length(bytes));
                header = Header.read(in);
                bytes = Long.BYTES;
            }
            return offset(in, header, bytes, second);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            return new Offset(0, Long.MAX_VALUE);
        }
    }

    private static Offset offset(ByteBuffer in, Header header, int bytes, long second) {
        int times = in.position();
        int types = times + header.timeCount * (bytes + 1);
        int passed = 0;
        while (passed < header.timeCount && time(in, times, bytes, passed) <= second) {
            passed++;
        }
        if (passed == header.timeCount) {
            int rule = times + header.length(bytes) + 1; // behind an end of line
            int end = rule;
            while (end < in.limit() && in.get(end) != '\n') {
                end++;
            }
            if (bytes == Long.BYTES && end > rule) {
                Optional<PosixZone> rules = PosixZone.parse(new String(in.array(), rule, end - rule, StandardCharsets.US_ASCII));
                if (rules.isPresent()) {
                    return rules.get().offsetAt(second);
                }
            }
        }
        int type = passed == 0 ? 0 : in.get(times + header.timeCount * bytes + passed - 1) & 0xff;
        return new Offset(in.getInt(types + type * SIZE_OF_TYPE), passed < header.timeCount ? time(in, times, bytes, passed) : Long.MAX_VALUE);
    }

    private static long time(ByteBuffer in, int times, int bytes, int index) {
        return bytes == Long.BYTES ? in.getLong(times + index * bytes) : in.getInt(times + index * bytes);
    }
}
