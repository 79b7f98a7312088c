package io.carafe.runtime.criu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What goes to CRIU and comes from it, byte by byte: {@code protoc --encode criu_req rpc.proto} gives the same. */
class CriuRequestTest {

    static Stream<Arguments> options() {
        return Stream.of(
                Arguments.of(CriuOptions.NONE, "0801" + "1200"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.IMAGES_DIR_FD, 0), "0801" + "1202" + "0800"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.PID, 300), "0801" + "1203" + "10ac02"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.LEAVE_RUNNING, true), "0801" + "1202" + "1801"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.LEAVE_RUNNING, false), "0801" + "1200"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.MANAGE_CGROUPS_MODE, 0), "0801" + "1203" + "900200"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.EXTERNAL, List.of("a", "b")), "0801" + "1208" + "aa020161" + "aa020162"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.INHERIT_FD, List.of(new CriuOption.InheritFd("p", 0))),
                        "0801" + "1208" + "da0105" + "0a0170" + "1000"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.CG_ROOT, List.of(new CriuOption.CgroupRoot("", "/"))),
                        "0801" + "1208" + "ca0105" + "0a00" + "12012f"),
                Arguments.of(CriuOptions.NONE.with(CriuOption.PAGE_SERVER, Optional.of(new CriuOption.PageServer("::1", 80))),
                        "0801" + "1209" + "5a07" + "0a033a3a31" + "1050"));
    }

    @ParameterizedTest
    @MethodSource("options")
    void an_option_is_a_field_of_criu_opts(CriuOptions options, String hex) {
        assertEquals(hex, HexFormat.of().formatHex(new CriuRequest(CriuRequest.Type.DUMP, options).bytes()));
    }

    @ParameterizedTest
    @CsvSource({"DUMP, 08011200", "RESTORE, 08021200", "PRE_DUMP, 08041200", "VERSION, 080a", "FEATURE_CHECK, 08092a0408011001"})
    void a_request_has_a_type(CriuRequest.Type type, String hex) {
        assertEquals(hex, HexFormat.of().formatHex(new CriuRequest(type, CriuOptions.NONE).bytes()));
    }

    @ParameterizedTest
    @CsvSource({"true, 08061801", "false, 0806"})
    void a_notification_is_answered(boolean success, String hex) {
        assertEquals(hex, HexFormat.of().formatHex(CriuRequest.notified(success)));
    }

    @ParameterizedTest
    @CsvSource({
            "080a 1001 5206 0803 1011 2001, 3.17.1, true",
            "080a 1001 5204 0804 1002, 4.2, true",
            "080a 1001 5204 0803 100e, 3.14, false"})
    void an_answer_tells_the_version(String hex, String version, boolean recent) {
        CriuResponse response = CriuResponse.TABLE.read(HexFormat.of().parseHex(hex.replace(" ", "")));
        assertTrue(response.success());
        assertEquals(version, response.version().orElseThrow().toString());
        assertEquals(recent, response.version().orElseThrow().isAtLeast(3, 15));
    }

    @Test
    void a_notification_has_a_script_and_a_pid() {
        CriuResponse response = CriuResponse.TABLE.read(HexFormat.of().parseHex("08061001" + "2a06" + "0a0270721007"));
        assertTrue(response.isNotification());
        assertEquals(new CriuResponse.Notification("pr", 7), response.notification().orElseThrow());
        assertFalse(response.restored().isPresent());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "(00.1) Dumping task | ''",
            "(00.1) Error (criu/files-reg.c:1629): Can't lookup mount=22 for fd=0 path=/dev/null\\n(00.2) 11 was trapped\\n"
                    + "(00.3) Error (criu/cr-dump.c:1665): Dump files (pid: 239) failed with -1\\n(00.4) Error (criu/cr-dump.c:2098): Dumping FAILED."
                    + " | (criu/files-reg.c:1629): Can't lookup mount=22 for fd=0 path=/dev/null; (criu/cr-dump.c:1665): Dump files (pid: 239) failed with -1",
            "Error (a): 1\\nError (b): 2\\nError (c): 3\\nError (d): 4\\nError (e): 5 | (b): 2; (c): 3; (d): 4; (e): 5"})
    void a_log_is_read_for_its_last_errors(String log, String complaint) {
        assertEquals(complaint, CriuLog.complaint(log.replace("\\n", "\n")));
    }
}
