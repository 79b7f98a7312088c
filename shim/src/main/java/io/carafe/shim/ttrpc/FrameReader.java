package io.carafe.shim.ttrpc;

import java.util.Arrays;

/** Puts frames together from whatever pieces a stream brings. Memory is taken for bytes that have come, not for a length that was said. */
final class FrameReader {

    private static final int FIRST_DATA = 4096;

    private final Receiver receiver;
    private final byte[] header = new byte[Frame.HEADER];
    private int headerLength;
    private byte[] data = new byte[0];
    private int dataLength;
    /** Data of a frame that is too long, which are still to come and thrown away. */
    private long discarded;

    FrameReader(Receiver receiver) {
        this.receiver = receiver;
    }

    /** Who gets the frames. */
    interface Receiver {

        void received(Frame frame);

        /** The frame's data will not be kept. */
        void tooLong(int stream, long length);
    }

    void feed(byte[] bytes, int length) {
        int at = 0;
        while (at < length) {
            if (discarded > 0) {
                int count = (int) Math.min(discarded, length - at);
                discarded -= count;
                at += count;
            } else if (headerLength < Frame.HEADER) {
                int count = Math.min(Frame.HEADER - headerLength, length - at);
                System.arraycopy(bytes, at, header, headerLength, count);
                headerLength += count;
                at += count;
                if (headerLength == Frame.HEADER) {
                    begin();
                }
            } else {
                int count = Math.min((int) said() - dataLength, length - at);
                makeRoom(count);
                System.arraycopy(bytes, at, data, dataLength, count);
                dataLength += count;
                at += count;
                endIfWhole();
            }
        }
    }

    private void begin() {
        if (said() > Frame.LONGEST) {
            discarded = said();
            headerLength = 0;
            receiver.tooLong(Frame.getInt(header, Frame.STREAM), discarded);
        } else {
            endIfWhole();
        }
    }

    private void endIfWhole() {
        if (dataLength == said()) {
            byte[] whole = Arrays.copyOf(data, dataLength);
            headerLength = 0;
            data = new byte[0];
            dataLength = 0;
            receiver.received(new Frame(Frame.getInt(header, Frame.STREAM), header[Frame.TYPE], header[Frame.FLAGS], whole));
        }
    }

    private void makeRoom(int count) {
        if (dataLength + count > data.length) {
            data = Arrays.copyOf(data, Math.min(Frame.LONGEST, Math.max(FIRST_DATA, (dataLength + count) * 2)));
        }
    }

    private long said() {
        return Integer.toUnsignedLong(Frame.getInt(header, 0));
    }
}
