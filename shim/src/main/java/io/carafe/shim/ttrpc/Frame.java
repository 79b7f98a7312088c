package io.carafe.shim.ttrpc;

/** One message of a stream. @param flags of a request that is to stay open for more data; 0 for all else */
record Frame(int stream, int type, int flags, byte[] data) {

    static final int HEADER = 10;
    static final int STREAM = 4;
    static final int TYPE = 8;
    static final int FLAGS = 9;
    /** The longest data: 4 MiB. */
    static final int LONGEST = 4 << 20;

    static final int REQUEST = 1;
    static final int RESPONSE = 2;

    byte[] toBytes() {
        byte[] bytes = new byte[HEADER + data.length];
        putInt(bytes, 0, data.length);
        putInt(bytes, STREAM, stream);
        bytes[TYPE] = (byte) type;
        bytes[FLAGS] = (byte) flags;
        System.arraycopy(data, 0, bytes, HEADER, data.length);
        return bytes;
    }

    private static void putInt(byte[] bytes, int at, int value) {
        for (int i = 0; i < Integer.BYTES; i++) {
            bytes[at + i] = (byte) (value >>> Byte.SIZE * (Integer.BYTES - 1 - i));
        }
    }

    static int getInt(byte[] bytes, int at) {
        int value = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
            value = value << Byte.SIZE | bytes[at + i] & 0xff;
        }
        return value;
    }
}
