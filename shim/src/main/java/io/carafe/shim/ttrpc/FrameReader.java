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

        /** Nor are those for which there is no room in the heap now. */
        void noMemory(int stream, long length);
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
                if (hasRoom(count)) {
                    System.arraycopy(bytes, at, data, dataLength, count);
                    dataLength += count;
                    at += count;
                    endIfWhole();
                }
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
            byte[] whole = data.length == dataLength ? data : Arrays.copyOf(data, dataLength);
            headerLength = 0;
            data = new byte[0];
            dataLength = 0;
            receiver.received(new Frame(Frame.getInt(header, Frame.STREAM), header[Frame.TYPE], header[Frame.FLAGS], whole));
        }
    }

    /** Makes it; where there is none, what is still to come of the frame is thrown away with what has come. */
    private boolean hasRoom(int count) {
        try {
            if (dataLength + count > data.length) {
                data = Arrays.copyOf(data, (int) Math.min(said(), Math.max(FIRST_DATA, (dataLength + count) * 2L)));
            }
            return true;
        } catch (OutOfMemoryError e) {
            discarded = said() - dataLength;
            data = new byte[0];
            dataLength = 0;
            headerLength = 0;
            receiver.noMemory(Frame.getInt(header, Frame.STREAM), said());
            return false;
        }
    }

    private long said() {
        return Integer.toUnsignedLong(Frame.getInt(header, 0));
    }
}
