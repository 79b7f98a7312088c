package io.carafe.shim.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class FailuresTest {

    @Test
    void a_message_is_one_line() {
        assertEquals("a\\nb \\u001b[31m", Failures.message(new IllegalStateException("a\nb \u001b[31m")));
    }

    @Test
    void an_Error_is_told_as_an_exception() {
        assertTrue(Failures.asException(new OutOfMemoryError("heap")).getMessage().startsWith("out of memory: "));
        assertTrue(Failures.asException(new StackOverflowError()).getMessage().startsWith("out of stack: "));
        assertTrue(Failures.isExhaustion(Failures.asException(new StackOverflowError())));
        assertEquals("java.lang.AssertionError: x", Failures.asException(new AssertionError("x")).getMessage());
        RuntimeException exception = new IllegalStateException();
        assertSame(exception, Failures.asException(exception));
        assertEquals("java.lang.IllegalStateException", Failures.message(exception));
    }
}
