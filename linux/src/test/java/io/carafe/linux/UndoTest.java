package io.carafe.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UndoTest {

    private final List<String> undone = new ArrayList<>();

    private Runnable failing(String name) {
        return () -> {
            undone.add(name);
            throw new IllegalStateException(name);
        };
    }

    @Test
    void the_last_step_is_undone_first() {
        try (Undo undo = new Undo()) {
            assertEquals("first", undo.onFailure("first", undone::add));
            undo.onFailure(() -> undone.add("second"));
            undo.onFailure("third", undone::add);
        }
        assertEquals(List.of("third", "second", "first"), undone);
    }

    @Test
    void what_is_kept_is_not_undone() {
        try (Undo undo = new Undo()) {
            undo.onFailure("first", undone::add);
            undo.keep();
            undo.onFailure("after", undone::add);
        }
        assertEquals(List.of("after"), undone);
    }

    @Test
    void a_step_back_that_fails_does_not_stop_the_others() {
        Undo undo = new Undo();
        undo.onFailure("first", undone::add);
        undo.onFailure(failing("second"));
        undo.onFailure("third", undone::add);
        undo.onFailure(failing("fourth"));
        IllegalStateException failure = assertThrows(IllegalStateException.class, undo::close);
        assertEquals(List.of("fourth", "third", "second", "first"), undone);
        assertEquals("fourth", failure.getMessage());
        assertEquals("second", failure.getSuppressed()[0].getMessage());
    }

    @Test
    void the_first_failure_is_thrown_and_carries_those_of_the_undoing() {
        KernelException cause = new KernelException("mount", Errno.EPERM);
        KernelException failure = assertThrows(KernelException.class, () -> {
            try (Undo undo = new Undo()) {
                undo.onFailure(failing("first"));
                throw cause;
            }
        });
        assertSame(cause, failure);
        assertArrayEquals(new String[] {"first"}, List.of(failure.getSuppressed()).stream().map(Throwable::getMessage).toArray());
    }

    @Test
    void a_step_back_that_finds_no_memory_is_taken_again_and_an_error_stops_none() {
        boolean[] full = {true};
        OutOfMemoryError cause = new OutOfMemoryError();
        Undo undo = new Undo();
        undo.onFailure("first", undone::add);
        undo.onFailure(() -> {
            throw cause;
        });
        undo.onFailure(() -> {
            undone.add("third");
            if (full[0]) {
                full[0] = false;
                throw cause;
            }
        });
        // Not the error itself: an image has one for all, and nothing can be attached to itself.
        assertThrows(IllegalStateException.class, undo::close);
        assertEquals(List.of("third", "third", "first"), undone);
    }
}
