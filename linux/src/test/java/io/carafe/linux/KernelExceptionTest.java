package io.carafe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class KernelExceptionTest {

    private final KernelException failure = KernelException.of("mount proc", -1);

    @Test
    void it_reads_like_a_line_of_strace() {
        assertEquals("mount proc: EPERM: operation not permitted", failure.getMessage());
        assertTrue(failure.is(Errno.EPERM));
    }

    @Test
    void an_outer_layer_puts_its_subject_in_front() {
        assertEquals("create web: mount proc: EPERM: operation not permitted", failure.during("create web").getMessage());
        assertEquals("mount proc on /proc: EPERM: operation not permitted", failure.as("mount proc on /proc").getMessage());
    }

    @Test
    void a_hint_is_for_its_errno_and_the_first_one_stays() {
        assertEquals("mount proc: EPERM: operation not permitted (bind it)", failure.hint(Errno.EPERM, "bind it").getMessage());
        assertSame(failure, failure.hint(Errno.EBUSY, "wait"));
        assertEquals("x: mount proc: EPERM: operation not permitted (bind it)",
                failure.hint(Errno.EPERM, "bind it").hint(Errno.EPERM, "other").during("x").getMessage());
    }

    @Test
    void what_was_suppressed_goes_along() {
        failure.addSuppressed(new IllegalStateException("undo"));
        KernelException renamed = failure.hint(Errno.EPERM, "bind it").during("x").as("y");
        assertEquals("undo", renamed.getSuppressed()[0].getMessage());
    }

    @Test
    void an_unknown_number_is_EIO_and_every_row_has_its_own() {
        assertEquals(Errno.EIO, KernelException.of("x", -4095).errno());
        assertEquals(Errno.EIO, Errno.of(0));
        assertEquals(Errno.EIO, Errno.of(41));
        Set<Integer> numbers = new HashSet<>();
        for (Errno errno : Errno.values()) {
            assertTrue(numbers.add(errno.number), errno.name());
            assertSame(errno, Errno.of(errno.number));
        }
    }
}
