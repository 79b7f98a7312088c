package io.carafe.shim.name;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "0", "k8s.io", "moby", "a_b-c.d", "4d2f0c"})
    void an_identifier_is_as_containerd_has_them(String text) {
        assertEquals(text, Identifier.of("id", text));
    }

    @Test
    void an_identifier_has_a_bound_that_is_told() {
        assertEquals(128, Identifier.of("id", "a".repeat(128)).length());
        String complaint = assertThrows(IllegalArgumentException.class, () -> Identifier.of("id", "a".repeat(129))).getMessage();
        assertEquals("id: expected up to 128 letters, digits, '_', '.' and '-', a letter or a digit first, found \"" + "a".repeat(129) + '"', complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "..", ".a", "-", "-a", "--force", "_a", "a/b", "/", "a b", "a\nb", "a\0b", "é", "٣"})
    void an_identifier_is_neither_a_path_nor_a_flag(String text) {
        assertThrows(IllegalArgumentException.class, () -> Identifier.of("id", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/a", "/a/b/", "/a//b", "/..a/b..", "/a/./b", "/a/.../b"})
    void an_absolute_path_is_taken_as_it_is(String text) {
        assertEquals(text, AbsolutePath.of("bundle", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ".", "a", "a/b", "./a", "..", "/..", "/../a", "/a/..", "/a/../b", "/a\0", "//..//b"})
    void a_path_that_means_another_to_somebody_else_is_refused(String text) {
        assertEquals("bundle: expected an absolute path without \"..\", found \"" + text + '"',
                assertThrows(IllegalArgumentException.class, () -> AbsolutePath.of("bundle", text)).getMessage());
    }
}
