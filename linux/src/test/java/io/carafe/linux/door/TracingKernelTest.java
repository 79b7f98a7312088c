package io.carafe.linux.door;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TracingKernelTest {

    private final Kernel kernel = Door.open();

    @TempDir
    Path directory;

    private Linux traced() {
        return Linux.over(TracingKernel.open(kernel, directory.resolve("trace").toString(), "a test"));
    }

    private List<Map<String, Object>> events() throws Exception {
        return TraceFile.read(directory.resolve("trace"));
    }

    @Test
    void a_call_is_an_event_with_what_matters_of_it() throws Exception {
        traced().paths.mkdirat(Fd.CWD, directory.resolve("sub").toString(), 0750);
        Map<String, Object> event = events().get(0);
        assertEquals("mkdirat", event.get("name"));
        assertEquals("X", event.get("ph"));
        assertEquals(ProcessHandle.current().pid(), event.get("pid"));
        assertTrue(((BigDecimal) event.get("dur")).signum() > 0);
        long micros = ((BigDecimal) event.get("ts")).longValue();
        assertTrue(Math.abs(System.currentTimeMillis() * 1000 - micros) < 3_600_000_000L, "microseconds of the day: " + micros);
        assertEquals(Map.of("dir", "AT_FDCWD", "path", directory.resolve("sub").toString(), "mode", "0750", "result", 0L),
                event.get("args"));
    }

    @Test
    void a_failure_is_its_errno() throws Exception {
        Linux linux = traced();
        assertThrows(KernelException.class, () -> linux.files.openat2(Fd.CWD, "/none", FileFlags.O_PATH, 0, FileFlags.RESOLVE_NO_XDEV));
        assertEquals(Map.of("dir", "AT_FDCWD", "path", "/none", "flags", "0x280000", "mode", "0", "resolve", "0x1", "result", "ENOENT"),
                events().get(0).get("args"));
    }

    @Test
    void a_text_with_quotes_newlines_and_bytes_that_are_no_utf8_is_still_json() throws Exception {
        Linux linux = traced();
        String path = "/none/\"quoted\"\\\n\t\u0001ä€";
        assertThrows(KernelException.class, () -> linux.paths.chdir(path));
        assertEquals(path, ((Map<?, ?>) events().get(0).get("args")).get("path"));
        byte[] latin = {'/', (byte) 0xe4, 0};
        long address = kernel.allocate(latin.length);
        kernel.put(address, latin, 0, latin.length);
        assertEquals(-Errno.ENOENT.number, linux.kernel.call(Sys.CHDIR.nr, address));
        kernel.free(address);
        assertEquals("/\ufffd", ((Map<?, ?>) events().get(1).get("args")).get("path"));
    }

    @Test
    void a_call_that_only_asks_whether_it_is_there_points_nowhere() throws Exception {
        Linux linux = traced();
        int asked = 0;
        for (Sys call : Sys.values()) {
            if (call.text().matches("open_tree|move_mount|fs(open|config|mount)|mount_setattr|mkdirat")) {
                linux.kernel.call(call.nr, -1, 0, 0xffffffffL, 0, 0xffffffffL);
                asked++;
            }
        }
        assertEquals(asked, events().size());
    }

    @Test
    void an_exec_is_written_before_it_is_made_and_again_when_it_fails() throws Exception {
        traced().processes.execve("/none", List.of("none", "with words"), List.of("SECRET=x"));
        List<Map<String, Object>> events = events();
        assertEquals("i", events.get(0).get("ph"));
        assertEquals("X", events.get(1).get("ph"));
        assertEquals(Map.of("path", "/none", "argv", List.of("none", "with words"), "result", "ENOENT"), events.get(1).get("args"));
        assertFalse(Files.readString(directory.resolve("trace")).contains("SECRET"));
    }

    @Test
    void a_second_trace_goes_on_in_the_file() throws Exception {
        traced().files.open("/", FileFlags.O_PATH).close();
        traced().files.open("/", FileFlags.O_PATH).close();
        assertEquals(4, events().size());
    }

    @Test
    void the_array_has_an_end_which_a_second_trace_moves() throws Exception {
        Path file = directory.resolve("trace");
        for (String process : List.of("first", "second")) {
            try (TracingKernel door = TracingKernel.open(kernel, file.toString(), process)) {
                Linux.over(door).files.open("/", FileFlags.O_PATH).close();
            }
            TraceFile.whole(Files.readString(file));
        }
        assertEquals(List.of("first", "openat", "close", "second", "openat", "close"), TraceFile.whole(Files.readString(file)).stream()
                .map(event -> event.get("ph").equals("M") ? ((Map<?, ?>) event.get("args")).get("name") : event.get("name")).toList());
    }

    @Test
    void a_process_and_its_child_have_names() throws Exception {
        Linux linux = traced();
        linux.kernel.named("init \"quoted\"");
        List<Object> names = TraceFile.all(directory.resolve("trace")).stream()
                .filter(event -> event.get("name").equals("process_name") && event.get("pid").equals(ProcessHandle.current().pid()))
                .map(event -> ((Map<?, ?>) event.get("args")).get("name")).map(Object.class::cast).toList();
        assertEquals(List.of("a test", "init \"quoted\""), names);
    }

    @Test
    void a_pipe_gets_all_but_has_no_end_to_be_moved() throws Exception {
        Path fifo = directory.resolve("fifo");
        Linux linux = Linux.over(kernel);
        linux.paths.mkfifoat(Fd.CWD, fifo.toString(), 0600);
        try (Fd reader = linux.files.open(fifo.toString(), FileFlags.O_RDONLY | FileFlags.O_NONBLOCK)) {
            try (TracingKernel door = TracingKernel.open(kernel, fifo.toString(), "first")) {
                Linux.over(door).files.open("/", FileFlags.O_PATH).close();
            }
            byte[] text = new byte[1 << 16];
            int length = linux.files.tryRead(reader, text, 0, text.length).orElseThrow();
            assertEquals(3, TraceFile.whole(new String(text, 0, length, StandardCharsets.UTF_8)).size());
        }
    }

    @Test
    void the_descriptor_is_high_and_closed_on_exec() throws Exception {
        Path self = Path.of("/proc/self/fd");
        traced();
        try (var entries = Files.list(self)) {
            List<Path> ours = entries.filter(entry -> leadsTo(entry, directory.resolve("trace"))).toList();
            assertEquals(1, ours.size());
            int number = Integer.parseInt(ours.get(0).getFileName().toString());
            assertTrue(number >= 500, "fd " + number);
            assertEquals(FileFlags.FD_CLOEXEC, Linux.over(kernel).files.fcntl(Fd.borrowed(number), FileFlags.F_GETFD, 0));
        }
    }

    private static boolean leadsTo(Path link, Path target) {
        try {
            return Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target.toRealPath());
        } catch (IOException e) {
            return false; // the descriptor of this very listing
        }
    }

    @Test
    void a_file_that_cannot_be_made_is_one_clear_error() {
        KernelException failure = assertThrows(KernelException.class, () -> TracingKernel.open(kernel, "/none/trace", "a test"));
        assertEquals("open /none/trace: ENOENT: no such file or directory", failure.getMessage());
    }
}
