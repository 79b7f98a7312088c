package io.carafe.runtime.cli.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.door.TracingKernel;
import io.carafe.spec.json.SpecException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TraceTest {

    /** A parent that clones an init and waits for it; an execve that fails, and one that does not come back. */
    private static final String RUN = """
            [
            {"name":"process_name","ph":"M","pid":7,"args":{"name":"carafe run web"}},
            {"name":"openat","cat":"syscall","ph":"X","ts":1732180000000000.000,"dur":100.000,"pid":7,"tid":7,"args":{"path":"/a\\u001b[31m","flags":"0x80000","result":3}},
            {"name":"clone3","cat":"syscall","ph":"X","ts":1732180000001000.000,"dur":200.500,"pid":7,"tid":7,"args":{"flags":"0x20000","result":9}},
            {"name":"clone3","cat":"syscall","ph":"X","ts":1732180000001000.000,"dur":300.000,"pid":1,"tid":1,"args":{"flags":"0x20000","result":0}},
            {"name":"process_name","ph":"M","pid":1,"args":{"name":"init"}},
            {"name":"waitid","cat":"syscall","ph":"X","ts":1732180000001250.000,"dur":1750.000,"pid":7,"tid":7,"args":{"idType":3,"result":0}},
            {"name":"execve","cat":"syscall","ph":"i","ts":1732180000002300.000,"pid":1,"tid":1,"args":{"path":"/none","argv":["a","b"]}},
            {"name":"execve","cat":"syscall","ph":"X","ts":1732180000002300.000,"dur":10.000,"pid":1,"tid":1,"args":{"path":"/none","argv":["a","b"],"result":"ENOENT"}},
            {"name":"execve","cat":"syscall","ph":"i","ts":1732180000002400.000,"pid":1,"tid":1,"args":{"path":"/bin/true","argv":["true"]}}
            ]
            """;

    @TempDir
    Path directory;

    private static Trace trace(String text) {
        return Trace.read(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void a_trace_is_told_by_processes_gaps_and_calls() {
        assertEquals("""
                3.000 ms, 5 system calls, 2 processes

                     from        to     calls  in calls   waiting   between  process
                    0.000     3.000         3     0.301     1.750     0.950  carafe run web
                    1.300     2.400         2     0.010     0.000     1.090  init

                waiting: in calls that last until another process has done something; between calls: the process's own work, pages that
                were brought in or copied, and the time until it had a processor. What a program takes until its first call is not in it.

                longest times between two calls

                       at        ms  process, calls
                    1.300     1.000  init: from its birth to execve
                    0.100     0.900  carafe run web: from openat to clone3
                    2.310     0.090  init: from execve to execve
                    1.201     0.050  carafe run web: from clone3 to waitid

                longest calls

                       at        ms  process, call
                    1.250     1.750  carafe run web: waitid idType=3 = 0
                    1.000     0.201  carafe run web: clone3 flags=0x20000 = 9
                    0.000     0.100  carafe run web: openat path=/a\\u001b[31m flags=0x80000 = 3
                    2.300     0.010  init: execve path=/none argv=… = ENOENT
                    2.400     0.000  init: execve path=/bin/true argv=…

                by call

                    calls        ms   longest  name
                        1     1.750     1.750  waitid
                        1     0.201     0.201  clone3
                        1     0.100     0.100  openat
                        2     0.010     0.010  execve
                """, TraceReport.of(trace(RUN)));
    }

    @Test
    void an_array_without_its_end_is_read_to_the_last_line() {
        assertEquals(trace(RUN), trace(RUN.substring(0, RUN.lastIndexOf("\n]"))));
    }

    @Test
    void what_the_door_writes_is_read() throws Exception {
        Path file = directory.resolve("trace");
        for (String verb : List.of("create", "start")) {
            try (TracingKernel door = TracingKernel.open(Door.open(), file.toString(), verb)) {
                Linux.over(door).files.open("/", FileFlags.O_PATH).close();
                Linux.over(door).paths.statxIfPresent(Fd.CWD, "/none/\"quoted\"\n", 0);
            }
        }
        List<TracedProcess> processes = Trace.read(Files.readAllBytes(file)).processes();
        assertEquals(1, processes.size());
        assertEquals(List.of("openat", "close", "statx", "openat", "close", "statx"), processes.get(0).calls().stream().map(TracedCall::name).toList());
        assertEquals("ENOENT", processes.get(0).calls().get(2).result());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`` | `found no call in it`",
        "`[\n]\n` | `found no call in it`",
        "`x\n` | `line 1 is no event`",
        "`[\n{\"a\":` | `line 2: `",
        "`[\n[]\n` | `line 2: expected an object, found an array`",
        "`{\"name\":\"a\",\"ph\":\"X\",\"ts\":-1,\"pid\":1}` | `line 1: ts: expected microseconds, as 12.345, found \"-1\"`",
        "`{\"name\":\"a\",\"ph\":\"X\",\"ts\":1e3,\"pid\":1}` | `line 1: ts: expected microseconds, as 12.345, found \"1e3\"`",
        "`{\"name\":\"a\",\"ph\":\"X\",\"ts\":99999999999999999999,\"pid\":1}` | `line 1: ts: expected microseconds`",
        "`{\"name\":\"a\",\"ph\":\"X\",\"ts\":1,\"pid\":0}` | `line 1: pid: expected an integer from 1 to`",
        "`{\"name\":\"a\",\"ph\":\"B\",\"ts\":1,\"pid\":1}` | `line 1: no event of a call or of a process`",
        "`{\"traceEvents\":[]}` | `line 1: no event of a call or of a process`"})
    void what_is_no_trace_is_told_with_its_line(String text, String complaint) {
        String message = assertThrows(SpecException.class, () -> trace(text)).getMessage();
        assertEquals("expected a trace as carafe --trace writes it: " + complaint,
                message.substring(0, Math.min(message.length(), "expected a trace as carafe --trace writes it: ".length() + complaint.length())));
    }
}
