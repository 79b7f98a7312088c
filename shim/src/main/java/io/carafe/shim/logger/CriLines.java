package io.carafe.shim.logger;

import io.carafe.shim.message.Timestamp;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * What a process writes to one of its streams, as lines of Kubernetes' log: {@code TIME STREAM TAG CONTENT}. The tag is F for a line, or
 * the last piece of one; P for a piece of one that is longer than a piece may be, and for what ends without an end of line.
 *
 * @see "Kubernetes, design proposal kubelet-cri-logging"
 */
final class CriLines {

    private static final byte[] FULL = " F ".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PARTIAL = " P ".getBytes(StandardCharsets.US_ASCII);

    private final byte[] stream;
    private final int most;
    private final Supplier<Timestamp> clock;
    private final CriTime time = new CriTime();
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    /** @param stream stdout or stderr. @param most of a piece, in bytes */
    CriLines(String stream, int most, Supplier<Timestamp> clock) {
        this.stream = (" " + stream).getBytes(StandardCharsets.US_ASCII);
        this.most = most;
        this.clock = clock;
    }

    /** What has come. @return the lines that it ends, or fills; what is left of it is kept */
    byte[] add(byte[] bytes, int count) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(count + count / 2);
        int start = 0;
        for (int i = 0; i < count; i++) {
            if (bytes[i] == '\n') {
                begun.write(bytes, start, i - start);
                put(out, FULL);
                start = i + 1;
            } else if (begun.size() + i - start == most) { // no end of line comes behind a piece that is full
                begun.write(bytes, start, i - start);
                put(out, PARTIAL);
                start = i;
            }
        }
        begun.write(bytes, start, count - start);
        return out.toByteArray();
    }

    /** Nothing more will come. @return what was kept, as a line */
    byte[] end() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        if (begun.size() > 0) {
            put(out, PARTIAL);
        }
        return out.toByteArray();
    }

    private void put(ByteArrayOutputStream out, byte[] tag) {
        out.writeBytes(time.text(clock.get()));
        out.writeBytes(stream);
        out.writeBytes(tag);
        out.writeBytes(begun.toByteArray());
        out.write('\n');
        begun.reset();
    }
}
