package io.carafe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentsTest {

    @Test
    void each_runtime_has_its_arguments() {
        Arguments arguments = Arguments.parse(List.of("--runtime", "/one", "--args", "--debug --x y", "--runtime", "/two", "--group", "all"));
        assertEquals(List.of(Arguments.Candidate.runtime("/one", "--debug", "--x", "y"), Arguments.Candidate.runtime("/two")),
                arguments.candidates());
        assertEquals("all", arguments.group());
    }

    @Test
    void a_runtime_behind_a_shim_is_what_it_calls() {
        Arguments arguments = Arguments.parse(List.of("--runtime", "/zero", "--shim", "/one", "--runtime", "/two", "--shim", "/three"));
        assertEquals(List.of(Arguments.Candidate.runtime("/zero"), Arguments.Candidate.shim("/one", Optional.of("/two")),
                Arguments.Candidate.shim("/three", Optional.empty())), arguments.candidates());
        assertEquals(List.of("spec", "shim", "shim"), arguments.candidates().stream().map(one -> one.group(arguments.group())).toList());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--runtime", "--args x", "--runtime /one --group other", "--runtime /one --cgroups v3", "--runtime /one --what x", "word",
        "--runtime /one --group shim", "--shim /one --args x"})
    void what_makes_no_sense_is_refused(String line) {
        assertThrows(IllegalArgumentException.class, () -> Arguments.parse(line.isEmpty() ? List.of() : List.of(line.split(" "))));
    }
}
