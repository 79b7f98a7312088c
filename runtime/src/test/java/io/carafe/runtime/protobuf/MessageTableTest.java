package io.carafe.runtime.protobuf;

import static io.carafe.runtime.protobuf.FieldType.BOOL;
import static io.carafe.runtime.protobuf.FieldType.INT32;
import static io.carafe.runtime.protobuf.FieldType.INT64;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.TEXTS;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.FieldType.messages;
import static io.carafe.runtime.protobuf.MessageTable.field;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTableTest {

    private record Inner(String name) {
        static final MessageTable<Inner> TABLE = MessageTable.of(row -> new Inner(row.next()), field(1, TEXT, Inner::name));
    }

    private record Outer(String text, boolean flag, int unsigned, int signed, long large, List<String> texts, Optional<Inner> one,
            List<Inner> many) {
        static final MessageTable<Outer> TABLE = MessageTable.of(
                row -> new Outer(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, Outer::text), field(2, BOOL, Outer::flag), field(3, UINT32, Outer::unsigned),
                field(4, INT32, Outer::signed), field(5, INT64, Outer::large), field(6, TEXTS, Outer::texts),
                field(20, message(Inner.TABLE), Outer::one), field(300, messages(Inner.TABLE), Outer::many));
    }

    private static final Outer ABSENT = new Outer("", false, 0, 0, 0, List.of(), Optional.empty(), List.of());

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    /** The examples of the page on encoding: 150 as a varint, "testing" as a string, a message within a message. */
    @Test
    void the_examples_of_the_specification() {
        assertArrayEquals(hex("1a 03 08 96 01"), MessageTable.of(row -> 0L, field(3, message(MessageTable.of(row -> 0L,
                field(1, INT64, value -> 150L))), value -> Optional.of(0L))).write(0L));
        assertEquals("testing", MessageTable.<String>of(row -> row.next(), field(2, TEXT, text -> text)).read(hex("12 07 74 65 73 74 69 6e 67")));
    }

    @Test
    void what_is_written_is_read_back() {
        Outer full = new Outer("ä", true, -1, -2, Long.MIN_VALUE, List.of("", "b"), Optional.of(new Inner("")),
                List.of(new Inner("x"), new Inner("")));
        assertEquals(full, Outer.TABLE.read(Outer.TABLE.write(full)));
    }

    @Test
    void what_is_not_there_takes_no_byte() {
        assertEquals(0, Outer.TABLE.write(ABSENT).length);
        assertEquals(ABSENT, Outer.TABLE.read(new byte[0]));
    }

    @Test
    void an_unsigned_integer_is_not_sign_extended_and_a_signed_one_is() {
        assertArrayEquals(hex("18 ff ff ff ff 0f"), Outer.TABLE.write(new Outer("", false, -1, 0, 0, List.of(), Optional.empty(), List.of())));
        assertArrayEquals(hex("20 ff ff ff ff ff ff ff ff ff 01"),
                Outer.TABLE.write(new Outer("", false, 0, -1, 0, List.of(), Optional.empty(), List.of())));
    }

    @Test
    void fields_that_nobody_knows_are_passed_over() {
        assertEquals("x", Outer.TABLE.read(hex("38 01" + "41 0102030405060708" + "4a 01 41" + "55 01020304" + "0a 01 78")).text());
    }

    @Test
    void the_last_of_a_field_counts() {
        assertEquals("y", Outer.TABLE.read(hex("0a 01 78 0a 01 79")).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0a", "0a 05 61", "0a ff ff ff ff 0f", "0a ff ff ff ff ff ff ff ff ff 01", "10", "10 ff", "00 00", "0b", "0c", "0f",
            "10 ff ff ff ff ff ff ff ff ff ff 01", "0d 01 02", "41 01", "08 01", "12 01 61", "a2 01 03 0a 05 61"})
    void bytes_that_are_no_such_message_are_refused(String bytes) {
        assertThrows(ProtobufException.class, () -> Outer.TABLE.read(hex(bytes)));
    }

    @Test
    void noise_is_read_or_refused_and_nothing_else() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            try {
                Outer.TABLE.read(noise);
            } catch (ProtobufException refused) {
                assertEquals(true, refused.getMessage().startsWith("protobuf: "));
            }
        }
    }
}
