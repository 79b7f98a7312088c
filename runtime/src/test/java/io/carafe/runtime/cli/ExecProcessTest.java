package io.carafe.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.cli.words.UsageException;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExecProcessTest {

    private static final User CONTAINERS = new User(5, 6, OptionalInt.of(0), List.of(7L), Optional.empty());

    @ParameterizedTest
    @CsvSource({"0, 0, 6", "1, 1, 6", "1000:1001, 1000, 1001", "4294967294:0, 4294967294, 0"})
    void a_user_is_one_or_two_numbers(String text, long uid, long gid) {
        User user = ExecProcess.user(text, CONTAINERS);
        assertEquals(new User(uid, gid, CONTAINERS.umask(), CONTAINERS.additionalGids(), Optional.empty()), user);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "1:", ":1", "01", "1:01", "+1", "-1", "1:-1", "4294967295", "1:4294967295", "18446744073709551616", "0x1", "1x",
        " 1", "1 ", "1:2:3", "root", "1,2", "\u0661"})
    void anything_else_is_refused_as_it_would_run_as_somebody_else(String text) {
        // CVE-2026-30892
        assertThrows(UsageException.class, () -> ExecProcess.user(text, CONTAINERS));
    }

    @Test
    void further_capabilities_are_inheritable_only_where_they_were_and_then_ambient() {
        // CVE-2022-29162
        Process process = Process.of("/", List.of(), List.of()).withCapabilities(new Capabilities(List.of("CAP_KILL"), List.of("CAP_KILL"),
                List.of("CAP_KILL"), List.of("CAP_KILL"), List.of()));
        assertEquals(new Capabilities(List.of("CAP_KILL", "CAP_CHOWN", "CAP_KILL"), List.of("CAP_KILL", "CAP_CHOWN", "CAP_KILL"),
                List.of("CAP_KILL"), List.of("CAP_KILL", "CAP_CHOWN", "CAP_KILL"), List.of("CAP_KILL")),
                ExecProcess.capabilities(process, List.of("CAP_CHOWN", "CAP_KILL")));
    }
}
