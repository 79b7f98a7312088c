package io.carafe.conmon.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.conmon.words.Words;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MonitorPlanTest {

    private static MonitorPlan plan(String line) {
        return MonitorPlan.of(Words.of(List.of(line.split(" "))), "/here");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "-u u; Container ID not provided. Use --cid",
        "-c c; Container UUID not provided. Use --cuuid",
        "-c c -u u; Runtime path not provided. Use --runtime",
        "-c c -u u -r r; Log driver not provided. Use --log-path",
        "-c c -u u -r r -l f -e; Exec process spec path not provided. Use --exec-process-spec",
        "-c c -u u -r r -l f -e --restore d; Cannot use 'exec' and 'restore' at the same time",
        "-c c -u u -r r -l f --exec-attach; Attach can only be specified with exec",
        "-c c -u u -r r -l f -e --exec-attach; Attach can only be specified for a non-legacy exec session",
        "-c c -u u -r r -l f --exit-delay -1; Delay before invoking exit command must be greater than or equal to 0",
        "-c c -u u -r r -l f --log-level loud; No such log level loud",
        "-c c -u u -r r -l nonesuch:f; No such log driver nonesuch",
        "-c c -u u -r r -l k8s-file; k8s-file requires a filename",
        "-c c -u u -r r -l json-file:; json-file requires a filename",
        "-c c -u u -r r -l :; log-path must not be empty",
        "-c c -u u -r r -l f --log-tag t; k8s-file doesn't support --log-tag",
        "-c c -u u -r r -l f --log-label A=b; k8s-file doesn't support --log-label",
        "-c c -u u -r r -l journald; Container ID must be longer than 12 characters",
        "-c 0123456789abc -u u -r r -l journald --log-label =b; Container labels must be in format LABEL=VALUE (no LABEL present in '=b')",
        "-c 0123456789abc -u u -r r -l journald --log-label a=b; Container label names must contain only uppercase letters, numbers and underscore (in 'a=b')",
        "-c c -u u -r r -l f --log-rotate --log-max-files 0; log-max-files must be at least 1 when log-rotate is enabled, got 0",
        "-c c -u u -r r -l f --seccomp-notify-socket s; --seccomp-notify-socket is not supported by carafe-conmon: the runtime sends the listener to linux.seccomp.listenerPath itself"
    })
    void a_line_is_refused_in_these_words(String line, String complaint) {
        assertEquals(complaint, assertThrows(IllegalArgumentException.class, () -> plan(line)).getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "-b /b; r create --bundle /b --pid-file /here/pidfile-c --console-socket /s c",
        "-s --no-pivot --no-new-keyring -p /p; r --systemd-cgroup create --bundle /here --pid-file /p --no-pivot --no-new-keyring --console-socket /s c",
        "--runtime-arg --root=/x --runtime-opt --preserve-fds --runtime-opt 2; r --root=/x create --bundle /here --pid-file /here/pidfile-c --preserve-fds 2 --console-socket /s c",
        "--restore /d --runtime-opt --tcp-established; r restore --bundle /here --pid-file /here/pidfile-c --detach --image-path /d --work-path /here --tcp-established --console-socket /s c",
        "-e -s --exec-process-spec /e; r exec --pid-file /here/pidfile-c --process /e --detach --console-socket /s c"
    })
    void the_runtime_is_called_by_these_words(String line, String call) {
        assertEquals(call, String.join(" ", plan("-c c -u u -r r -l f " + line).runtime().line(Optional.of("/s"))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "f; f; ; false; false", ":f; f; ; false; false", "k8s-file:/a:b; /a:b; ; false; false", "json-file:f; ; f; false; false",
        "none; ; ; false; false", "off; ; ; false; false", "null:x; ; ; false; false", "journald:; ; ; true; false", "passthrough; ; ; false; true",
        "journald -l f; f; ; true; false"
    })
    void a_log_path_leads_there(String path, String kubernetes, String json, boolean journal, boolean passthrough) {
        LogPlan log = plan("-c 0123456789abc -u u -r r -l " + path).log();
        assertEquals(Optional.ofNullable(kubernetes), log.kubernetes());
        assertEquals(Optional.ofNullable(json), log.json());
        assertEquals(journal, log.journal().isPresent());
        assertEquals(passthrough, log.passthrough());
    }

    @ParameterizedTest
    @CsvSource({"'', pid, true", "-e --exec-process-spec p, exit_code, false", "--api-version -e --exec-process-spec p, data, true", "--api-version, data, true"})
    void the_sync_pipe_has_this_key(String line, String key, boolean pid) {
        MonitorPlan plan = plan(("-c c -u u -r r -l f " + line).strip());
        assertEquals(key, plan.syncKey());
        assertEquals(pid, plan.tellsPid());
    }

    /** Where it would fill a socket's name: 107 bytes and the NUL. */
    @Test
    void a_link_of_just_the_length_of_a_sockets_path_is_a_byte_shorter() {
        String directory = "/" + "d".repeat(104);
        assertEquals(Optional.of(directory + "/"), plan("-c c -u u -r r -l f --socket-dir-path " + directory).linkToBundle());
        assertEquals(Optional.of("/var/run/crio/u"), plan("-c c -u u -r r -l f").linkToBundle());
        assertEquals(Optional.empty(), plan("-c c -u u -r r -l f --full-attach").linkToBundle());
    }

    @Test
    void an_entry_of_the_journal_has_these_fields() {
        assertEquals(List.of("CONTAINER_ID_FULL=0123456789abc", "CONTAINER_ID=0123456789ab", "CONTAINER_TAG=t", "CONTAINER_NAME=n",
                "SYSLOG_IDENTIFIER=t", "A_1=b"),
                plan("-c 0123456789abc -u u -r r -l journald -n n --log-tag t --log-label A_1=b").log().journal().orElseThrow().fields());
    }
}
