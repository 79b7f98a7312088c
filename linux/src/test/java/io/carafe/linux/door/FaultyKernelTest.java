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
import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.linux.door.FaultyKernel.Fault;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FaultyKernelTest {

    private final Kernel kernel = Door.open();

    @TempDir
    Path directory;

    private String calls;

    @BeforeEach
    void name_the_file_of_calls() {
        calls = directory.resolve("calls").toString();
    }

    private void makeTwoDirectories(Kernel door) {
        Linux linux = Linux.over(door);
        linux.processes.getpid();
        try (Fd dir = linux.files.open(directory.toString(), FileFlags.O_PATH)) {
            linux.paths.mkdirat(dir, "one", 0700);
            linux.paths.mkdirat(dir, "two", 0700);
        }
    }

    private List<String> names() throws Exception {
        List<String> names = new ArrayList<>();
        for (CountedCall call : CountedCall.parse(Files.readString(Path.of(calls)))) {
            names.add(call.stage() + " " + call.number() + " " + call.name());
        }
        return names;
    }

    @Test
    void calls_are_counted_but_for_those_that_cannot_fail() throws Exception {
        makeTwoDirectories(FaultyKernel.counting(kernel, calls));
        assertEquals(List.of("parent 1 openat", "parent 2 mkdirat", "parent 3 mkdirat", "parent 4 close"), names());
    }

    @Test
    void the_nth_call_fails_and_is_not_made() throws Exception {
        KernelException failure = assertThrows(KernelException.class,
                () -> makeTwoDirectories(FaultyKernel.failing(kernel, Fault.parse("parent:3:ENOSPC"), calls)));
        assertEquals("mkdir two: ENOSPC: no space left on device", failure.getMessage());
        assertTrue(Files.exists(directory.resolve("one")));
        assertFalse(Files.exists(directory.resolve("two")));
        assertEquals(4, names().size(), "the close after it is made and counted");
    }

    @Test
    void an_openat2_that_says_try_again_has_the_number_of_the_next_try() throws Exception {
        Kernel unsteady = new ForwardingKernel() {
            private boolean steady;

            @Override
            public Kernel behind() {
                return kernel;
            }

            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                if (nr == Sys.OPENAT2.nr && !steady) {
                    steady = true;
                    return -Errno.EAGAIN.number;
                }
                return kernel.call(nr, a, b, c, d, e, f);
            }
        };
        Linux linux = Linux.over(FaultyKernel.counting(unsteady, calls));
        assertThrows(KernelException.class, () -> linux.files.openat2(Fd.CWD, "/", FileFlags.O_PATH, 0, 0));
        linux.files.openat2(Fd.CWD, "/", FileFlags.O_PATH, 0, 0).close();
        assertEquals(List.of("parent 1 openat2", "parent 2 close"), names());
    }

    @Test
    void another_stage_is_left_alone() {
        makeTwoDirectories(FaultyKernel.failing(kernel, Fault.parse("init:3:ENOSPC"), calls));
        assertTrue(Files.exists(directory.resolve("two")));
    }

    @Test
    void a_close_that_fails_has_closed() {
        Linux linux = Linux.over(FaultyKernel.failing(kernel, Fault.parse("parent:2:EIO"), calls));
        Fd file = linux.files.open("/proc/self/status", FileFlags.O_RDONLY);
        int number = file.number();
        assertEquals(-Errno.EIO.number, linux.kernel.call(Sys.CLOSE.nr, number));
        assertThrows(KernelException.class, () -> linux.files.fcntl(Fd.borrowed(number), FileFlags.F_GETFD, 0));
    }

    @Test
    void the_same_process_after_an_exec_is_another_stage() throws Exception {
        Linux.over(FaultyKernel.counting(kernel, calls)).files.open("/", FileFlags.O_PATH).close();
        Linux.over(FaultyKernel.counting(kernel, calls)).files.open("/", FileFlags.O_PATH).close();
        assertEquals(List.of("parent 1 openat", "parent 2 close", "parent+ 1 openat", "parent+ 2 close"), names());
    }

    @Test
    void a_fault_is_read_back_from_its_text() {
        assertEquals("init.1:17:ENOMEM", Fault.parse("init.1:17:ENOMEM").toString());
        assertEquals("init.1:17:MEMORY", Fault.parse("init.1:17:MEMORY").toString());
        assertThrows(IllegalArgumentException.class, () -> Fault.parse("init:17"));
        assertThrows(IllegalArgumentException.class, () -> Fault.parse("init:17:ENOTHING"));
    }
}
