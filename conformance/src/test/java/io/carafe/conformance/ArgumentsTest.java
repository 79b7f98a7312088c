package io.carafe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    @Test
    void each_runtime_has_its_arguments() {
        Arguments arguments = Arguments.parse(List.of("--runtime", "/one", "--args", "--debug --x y", "--runtime", "/two", "--group", "all"));
        assertEquals(List.of(new Arguments.Candidate("/one", List.of("--debug", "--x", "y")), new Arguments.Candidate("/two", List.of())),
                arguments.runtimes());
        assertEquals("all", arguments.group());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--runtime", "--args x", "--runtime /one --group other", "--runtime /one --cgroups v3", "--runtime /one --what x", "word"})
    void what_makes_no_sense_is_refused(String line) {
        assertThrows(IllegalArgumentException.class, () -> Arguments.parse(line.isEmpty() ? List.of() : List.of(line.split(" "))));
    }
}
