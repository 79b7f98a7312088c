package io.carafe.shim.child;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the request of an exec makes of its process. */
class ProcessObjectTest {

    private static String of(String json, boolean terminal) {
        return new String(ProcessObject.withTerminal(json.getBytes(StandardCharsets.UTF_8), terminal), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '~', value = {
        "{\"cwd\":\"/\"}; true; {\"terminal\":true,\"cwd\":\"/\"}",
        "{\"cwd\":\"/\"}; false; {\"cwd\":\"/\"}",
        "{}; true; {\"terminal\":true}",
        "{ }; true; {\"terminal\":true }",
        "{\"terminal\":true}; true; {\"terminal\":true}",
        "{\"terminal\" : false , \"cwd\":\"/\"}; true; {\"terminal\" : true , \"cwd\":\"/\"}",
        "{\"terminal\":true}; false; {\"terminal\":false}",
        "{\"args\":[\"\\\"terminal\\\":\",\"terminal\"],\"env\":[{\"terminal\":false}]}; true;"
                + " {\"terminal\":true,\"args\":[\"\\\"terminal\\\":\",\"terminal\"],\"env\":[{\"terminal\":false}]}",
        "{\"a\":{\"terminal\":false},\"terminal\":false}; true; {\"a\":{\"terminal\":false},\"terminal\":true}",
        "no JSON; true; no JSON",
        "[]; true; []",
        "{\"terminal\":7}; true; {\"terminal\":7}"})
    void the_request_decides(String json, boolean terminal, String expected) {
        assertEquals(expected, of(json, terminal));
    }

    @Test
    void a_name_with_escapes_is_refused() {
        assertThrows(IllegalArgumentException.class, () -> of("{\"\\u0074erminal\":false}", true));
    }
}
