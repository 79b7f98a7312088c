package io.carafe.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.carafe.linux.door.Door;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryTest {

    private final Kernel kernel = Door.open();
    private final Memory memory = new Memory(kernel);

    private String text(long address, int length) {
        byte[] bytes = new byte[length];
        kernel.get(address, bytes, 0, length);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Test
    void a_string_ends_with_NUL() {
        try (Memory.Frame frame = memory.frame()) {
            frame.raw(100);
            long address = frame.string("käse");
            assertEquals("käse\0", text(address, 6));
        }
    }

    @Test
    void an_inner_frame_gives_back_only_what_it_took() {
        try (Memory.Frame outer = memory.frame()) {
            long kept = outer.string("kept");
            long taken;
            try (Memory.Frame inner = memory.frame()) {
                taken = inner.string("taken");
                assertEquals("kept\0", text(kept, 5));
            }
            assertEquals(taken, outer.string("again"), "the inner frame's room is free again");
            assertEquals("kept\0again\0", text(kept, 5) + text(taken, 6));
        }
    }

    @Test
    void what_does_not_fit_the_block_is_whole_and_apart() {
        byte[] large = new byte[1_000_000];
        large[999_999] = 7;
        try (Memory.Frame frame = memory.frame()) {
            long small = frame.string("small");
            long block = frame.bytes(large);
            long after = frame.string("after");
            byte[] back = new byte[large.length];
            kernel.get(block, back, 0, back.length);
            assertArrayEquals(large, back);
            assertEquals("small\0after\0", text(small, 6) + text(after, 6));
        }
    }

    @Test
    void many_frames_one_after_another_take_no_more_than_one() {
        long first;
        try (Memory.Frame frame = memory.frame()) {
            first = frame.raw(60_000);
        }
        for (int i = 0; i < 1000; i++) {
            try (Memory.Frame frame = memory.frame()) {
                assertEquals(first, frame.raw(60_000));
                assertNotEquals(first, frame.raw(60_000));
            }
        }
    }

    @Test
    void zeroed_is_zero_up_to_its_last_byte_where_something_lay_before() {
        byte[] rubbish = new byte[64];
        Arrays.fill(rubbish, (byte) -1);
        try (Memory.Frame frame = memory.frame()) {
            frame.bytes(rubbish);
        }
        try (Memory.Frame frame = memory.frame()) {
            long address = frame.zeroed(61);
            assertEquals("\0".repeat(61), text(address, 61));
        }
    }

    @Test
    void an_array_of_strings_ends_with_NULL() {
        try (Memory.Frame frame = memory.frame()) {
            long array = frame.strings(List.of("one", ""));
            assertEquals("one\0", text(kernel.getLong(array), 4));
            assertEquals("\0", text(kernel.getLong(array + 8), 1));
            assertEquals(0, kernel.getLong(array + 16));
        }
    }
}
