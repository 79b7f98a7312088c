package io.carafe.runtime.init.stdio;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.call.Terminals.WindowSize;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.Process;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who gets a terminal, and what a process inherits. */
class StdioPlanTest {

    private static final Process PLAIN = Process.of("/", List.of("sh"), List.of("A=a"));

    private static StdioPlan.Request request(String consoleSocket, int preserve, int listen) {
        return new StdioPlan.Request(Optional.ofNullable(consoleSocket), Optional.empty(), preserve, listen);
    }

    @ParameterizedTest
    @CsvSource({
        "false, false,      , ",
        "false, true,       , ",
        "true,  false,      , ",
        "true,  true,  /sock, ",
        "true,  true,       , cannot allocate tty",
        "true,  false, /sock, cannot use console socket",
        "false, true,  /sock, cannot use console socket",
        "false, false, /sock, cannot use console socket"})
    void a_console_socket_is_for_a_terminal_that_is_left_to_somebody_else(boolean terminal, boolean detached, String socket, String complaint) {
        Process process = PLAIN.withTerminal(terminal);
        if (complaint == null) {
            StdioPlan plan = StdioPlan.of(process, request(socket, 0, 0), detached);
            assertEquals(terminal, plan.terminal());
            assertEquals(Optional.ofNullable(socket), plan.consoleSocket());
        } else {
            String message = assertThrows(SpecException.class, () -> StdioPlan.of(process, request(socket, 0, 0), detached)).getMessage();
            assertTrue(message.startsWith("process.terminal: " + complaint), message);
        }
    }

    private static Process sized(boolean terminal, String height, String width) {
        byte[] json = ("{\"terminal\":" + terminal + ",\"cwd\":\"/\",\"args\":[\"sh\"],\"consoleSize\":{\"height\":" + height + ",\"width\":" + width
                + "}}").getBytes(StandardCharsets.UTF_8);
        return ProcessJson.read(json, 0, json.length);
    }

    @ParameterizedTest
    @CsvSource({"25, 80", "0, 0", "65535, 65535"})
    void the_size_is_the_documents(int height, int width) {
        assertEquals(Optional.of(new WindowSize(height, width)),
                StdioPlan.of(sized(true, "" + height, "" + width), StdioPlan.Request.NONE, false).size());
    }

    @Test
    void the_size_is_ignored_without_a_terminal() {
        assertEquals(Optional.empty(), StdioPlan.of(sized(false, "70000", "80"), StdioPlan.Request.NONE, false).size());
    }

    @ParameterizedTest
    @CsvSource({"65536, 80, process.consoleSize.height", "25, 18446744073709551615, process.consoleSize.width"})
    void a_size_that_no_terminal_has_is_refused(String height, String width, String property) {
        assertEquals(property, assertThrows(SpecException.class,
                () -> StdioPlan.of(sized(true, height, width), StdioPlan.Request.NONE, false)).path());
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, A=a", "2, 0, 2, A=a", "0, 3, 3, A=a LISTEN_FDS=3 LISTEN_PID=1", "2, 3, 5, A=a LISTEN_FDS=3 LISTEN_PID=1"})
    void sockets_of_an_activation_come_before_the_others(int preserve, int listen, int preserved, String env) {
        StdioPlan plan = StdioPlan.of(PLAIN, request(null, preserve, listen), true);
        assertEquals(preserved, plan.preserved());
        assertEquals(List.of(env.split(" ")), plan.with(PLAIN).env());
    }
}
