package io.carafe.runtime.cgroup.systemd.bus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The wire format by the rules of the D-Bus Specification, written out by hand. */
class BusMessageTest {

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static Arguments row(String bytes, BusValue... values) {
        return Arguments.of(bytes.replace(" ", ""), List.of(values));
    }

    static Stream<Arguments> values() {
        return Stream.of(
                row("05", new BusValue("y", 5L)),
                row("01000000", BusValue.bool(true)),
                row("07000000", BusValue.uint32(7)),
                row("ffffffffffffffff", BusValue.uint64(-1)),
                row("000000000000f03f", new BusValue("d", 1.0)),
                row("03000000 666f6f 00", BusValue.text("foo")),
                row("02 6173 00", new BusValue("g", "as")),
                // The padding of a later value is counted from the first byte.
                row("01 000000 02000000", new BusValue("y", 1L), BusValue.uint32(2)),
                row("01 00000000000000 0200000000000000", new BusValue("y", 1L), BusValue.uint64(2)),
                row("01 00000000000000 07000000", new BusValue("y", 1L), BusValue.struct(BusValue.uint32(7))),
                row("08000000 01000000 02000000", BusValue.array("u", List.of(BusValue.uint32(1), BusValue.uint32(2)))),
                row("02000000 0900", BusValue.bytes(new byte[] {9, 0})),
                // What stands before an array's first element is there without one, and not in the length.
                row("00000000 00000000", BusValue.array("t", List.of())),
                row("08000000 00000000 0500000000000000", BusValue.array("t", List.of(BusValue.uint64(5)))),
                row("00000000 00000000", BusValue.array("(sv)", List.of())),
                row("01 7500 00 05000000", BusValue.variant(BusValue.uint32(5))),
                row("12000000 00000000 02000000 496400 01 7300 0000 01000000 7800",
                        BusValue.array("(sv)", List.of(BusValue.struct(BusValue.text("Id"), BusValue.variant(BusValue.text("x")))))));
    }

    @ParameterizedTest
    @MethodSource("values")
    void values_are_written_as_the_specification_says(String bytes, List<BusValue> values) {
        BusWriter writer = new BusWriter();
        values.forEach(writer::write);
        assertEquals(bytes, hex(writer.bytes()));
    }

    @Test
    void a_call_has_its_header_and_its_body() {
        // 16 bytes for each of four fields, and 7 for the signature's, whose padding does not count.
        byte[] call = BusMessage.call(3, new BusName("d.e", "/o", "i.f"), "M", BusValue.text("x"));
        assertEquals(("6c 01 00 01 06000000 03000000 47000000"
                + "01 01 6f 00 02000000 2f6f 00 0000000000"
                + "06 01 73 00 03000000 642e65 00 00000000"
                + "02 01 73 00 03000000 692e66 00 00000000"
                + "03 01 73 00 01000000 4d 00 000000000000"
                + "08 01 67 00 01 73 00 00"
                + "01000000 78 00").replace(" ", ""), hex(call));
        assertEquals(call.length, BusMessage.lengthOf(call));
        BusMessage parsed = BusMessage.parse(call);
        assertEquals(new BusMessage(BusMessage.METHOD_CALL, 3, 0, "/o", "i.f", "M", "", List.of("x")), parsed);
    }

    @Test
    void an_answer_in_the_other_byte_order_is_read() {
        byte[] answer = HexFormat.of().parseHex(("42 02 01 01 00000004 00000009 0000000f"
                + "05 01 75 00 00000003 08 01 67 00 01 75 00 00"
                + "00000007").replace(" ", ""));
        BusMessage message = BusMessage.parse(answer);
        assertEquals(3, message.replySerial());
        assertEquals(List.of("7"), message.body());
    }

    @Test
    void a_length_that_leads_outside_is_refused() {
        byte[] call = BusMessage.call(1, BusName.BUS, "Hello");
        call[20] = 127;
        assertThrows(BusException.class, () -> BusMessage.parse(call));
        byte[] long1 = BusMessage.call(1, BusName.BUS, "Hello");
        long1[6] = 127;
        assertThrows(BusException.class, () -> BusMessage.lengthOf(long1));
    }

    @Test
    void variants_in_one_another_have_an_end() {
        byte[] message = new byte[300_016];
        message[0] = 'l';
        java.nio.ByteBuffer.wrap(message).order(java.nio.ByteOrder.LITTLE_ENDIAN).putInt(12, 300_000);
        message[16] = 5;
        for (int at = 17; at + 2 < message.length; at += 3) {
            message[at] = 1;
            message[at + 1] = 'v';
        }
        assertThrows(BusException.class, () -> BusMessage.parse(message));
    }
}
