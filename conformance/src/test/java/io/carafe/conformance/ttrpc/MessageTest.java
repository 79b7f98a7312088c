package io.carafe.conformance.ttrpc;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class MessageTest {

    @Test
    void fields_have_their_numbers() {
        assertArrayEquals(new byte[] {0x0a, 1, 'a', 0x18, 9, 0x20, 1}, Message.of("KillRequest", "id", "a", "signal", 9, "all", true).bytes());
    }

    @Test
    void what_is_written_is_read() {
        Message mount = Message.of("Mount", "type", "bind", "options", List.of("ro", "rbind"));
        Message read = Message.parse("CreateTaskRequest", Message.of("CreateTaskRequest", "id", "one", "rootfs", List.of(mount)).bytes());
        assertEquals("one", read.text("id"));
        assertEquals(List.of(mount), read.messages("rootfs"));
        assertFalse(read.has("options"));
    }

    @Test
    void a_number_without_a_sign_is_not_below_zero() {
        assertEquals(0xffff_ffffL, Message.of("WaitResponse", "exit_status", -1).number("exit_status"));
    }

    @Test
    void a_text_changes_fields() {
        assertEquals("exit_status: 7", Message.of("WaitResponse", "exit_status", 1).with("exit_status: 7").toString());
    }

    @Test
    void what_is_not_in_the_table_or_no_message_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> Message.of("Nonesuch"));
        assertThrows(IllegalArgumentException.class, () -> Message.of("Empty", "id", "x"));
        assertThrows(AssertionError.class, () -> Message.parse("Any", new byte[] {-1, -1}));
    }
}
