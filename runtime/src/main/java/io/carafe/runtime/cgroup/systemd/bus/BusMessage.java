package io.carafe.runtime.cgroup.systemd.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * One message (D-Bus Specification, Message Format).
 *
 * <pre>
 *   0 'l'   1 type   2 flags   3 version   4 length of the body   8 serial   12 array of (code, variant)   to a multiple of 8: the body
 * </pre>
 *
 * @param type METHOD_CALL …
 * @param replySerial of the call that it answers; 0 for another
 * @param body its values of basic types, as text; what follows one that is not is left out
 */
record BusMessage(int type, long serial, long replySerial, String path, String interfaceName, String member, String errorName, List<String> body) {

    static final int METHOD_CALL = 1;
    static final int METHOD_RETURN = 2;
    static final int ERROR = 3;
    static final int SIGNAL = 4;

    /** What is read of a message to know how long it is. */
    static final int FIXED_LENGTH = 16;
    /** A hundredth of what the specification allows. */
    static final int LONGEST = 1 << 20;

    private static final int VERSION = 1;
    private static final int PATH = 1;
    private static final int INTERFACE = 2;
    private static final int MEMBER = 3;
    private static final int ERROR_NAME = 4;
    private static final int REPLY_SERIAL = 5;
    private static final int DESTINATION = 6;
    private static final int SIGNATURE = 8;
    private static final int BODY_LENGTH_AT = 4;
    private static final int FIELDS_LENGTH_AT = 12;
    private static final int ALIGNMENT = 8;

    /** A call. @param at whom: destination, object and interface */
    static byte[] call(int serial, BusName at, String member, BusValue... arguments) {
        BusWriter writer = new BusWriter();
        writer.integer('l', 1).integer(METHOD_CALL, 1).integer(0, 1).integer(VERSION, 1).integer(0, 4).integer(serial, 4);
        StringBuilder signature = new StringBuilder();
        for (BusValue argument : arguments) {
            signature.append(argument.signature());
        }
        List<BusValue> fields = new ArrayList<>(5);
        fields.add(field(PATH, new BusValue("o", at.path())));
        fields.add(field(DESTINATION, BusValue.text(at.destination())));
        fields.add(field(INTERFACE, BusValue.text(at.interfaceName())));
        fields.add(field(MEMBER, BusValue.text(member)));
        if (signature.length() > 0) {
            fields.add(field(SIGNATURE, new BusValue("g", signature.toString())));
        }
        writer.write(BusValue.array("(yv)", fields)).align(ALIGNMENT);
        int start = writer.length();
        for (BusValue argument : arguments) {
            writer.write(argument);
        }
        writer.integerAt(BODY_LENGTH_AT, writer.length() - start);
        return writer.bytes();
    }

    private static BusValue field(int code, BusValue value) {
        return BusValue.struct(new BusValue("y", (long) code), BusValue.variant(value));
    }

    /** How long a message is. @param bytes the first {@link #FIXED_LENGTH} of it at least */
    static int lengthOf(byte[] bytes) {
        long body = new BusReader(bytes, BODY_LENGTH_AT, FIXED_LENGTH, bytes[0] == 'B').integer(4);
        long fields = new BusReader(bytes, FIELDS_LENGTH_AT, FIXED_LENGTH, bytes[0] == 'B').integer(4);
        long length = FIXED_LENGTH + (fields + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT + body;
        if (length > LONGEST) {
            throw new BusException("a broken message: of " + length + " bytes");
        }
        return (int) length;
    }

    /** @param bytes all of one message */
    static BusMessage parse(byte[] bytes) {
        BusReader reader = new BusReader(bytes, BODY_LENGTH_AT + 4, bytes.length, bytes[0] == 'B');
        long serial = reader.integer(4);
        long end = FIXED_LENGTH + reader.integer(4);
        long replySerial = 0;
        String[] fields = new String[SIGNATURE + 1];
        java.util.Arrays.fill(fields, "");
        while (reader.position() < end) {
            reader.align(ALIGNMENT);
            int code = (int) reader.integer(1);
            if (code == REPLY_SERIAL) {
                replySerial = reader.variantOfUint32();
            } else {
                String value = reader.basic('v');
                if (code <= SIGNATURE) {
                    fields[code] = value;
                }
            }
        }
        if (reader.position() > end) {
            throw new BusException("a broken message: its header is longer than it says");
        }
        reader.align(ALIGNMENT);
        List<String> body = new ArrayList<>(4);
        for (int i = 0; i < fields[SIGNATURE].length() && "soguivxtbyh".indexOf(fields[SIGNATURE].charAt(i)) >= 0; i++) {
            body.add(reader.basic(fields[SIGNATURE].charAt(i)));
        }
        return new BusMessage(bytes[1], serial, replySerial, fields[PATH],
                fields[INTERFACE], fields[MEMBER], fields[ERROR_NAME], body);
    }

    boolean isSignal(String member) {
        return type == SIGNAL && this.member.equals(member);
    }
}
