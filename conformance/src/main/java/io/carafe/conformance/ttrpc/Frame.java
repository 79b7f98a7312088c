package io.carafe.conformance.ttrpc;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Optional;

/**
 * A frame of ttrpc.
 *
 * <pre>
 *   0        4        8      9       10
 *   | length | stream | type | flags | data
 * </pre>
 */
public record Frame(int stream, int type, byte[] data) {

    public static final int REQUEST = 1;
    public static final int RESPONSE = 2;
    public static final int HEADER = 10;
    /** What data a frame may have. */
    public static final int LONGEST = 4 << 20;

    public byte[] bytes() {
        return ByteBuffer.allocate(HEADER + data.length).putInt(data.length).putInt(stream).put((byte) type).put((byte) 0).put(data).array();
    }

    /** A header alone, which may say what it likes. */
    public static byte[] header(int length, int stream, int type) {
        return ByteBuffer.allocate(HEADER).putInt(length).putInt(stream).put((byte) type).put((byte) 0).array();
    }

    /** A call. */
    public static Frame request(int stream, String service, String method, byte[] payload) {
        return request(stream, service, method, payload, 0);
    }

    /** The same. @param nanos what the shim is told of how long its answer is waited for; 0: for ever */
    static Frame request(int stream, String service, String method, byte[] payload, long nanos) {
        return new Frame(stream, REQUEST, Message.of("Request", "service", service, "method", method, "payload", payload, "timeout_nano", nanos)
                .bytes());
    }

    /** @return empty at the end of the stream between two frames */
    static Optional<Frame> read(ReadableByteChannel channel) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (!fill(channel, header)) {
            return Optional.empty();
        }
        header.flip();
        int length = header.getInt();
        if (length < 0 || length > LONGEST) {
            throw new IOException("a frame of " + Integer.toUnsignedLong(length) + " bytes");
        }
        int stream = header.getInt();
        int type = header.get();
        ByteBuffer data = ByteBuffer.allocate(length);
        if (length > 0 && !fill(channel, data)) {
            throw new EOFException("the end in a frame");
        }
        return Optional.of(new Frame(stream, type, data.array()));
    }

    private static boolean fill(ReadableByteChannel channel, ByteBuffer buffer) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                if (buffer.position() == 0) {
                    return false;
                }
                throw new EOFException("the end in a frame");
            }
        }
        return true;
    }
}
