package io.carafe.runtime.container.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PidFileTest {

    private final Linux linux = Linux.over(Door.open());

    @TempDir
    private Path directory;

    private void write(Path path) {
        try (Undo undo = new Undo()) {
            new PidFile(linux, path.toString()).write(4711, undo);
            undo.keep();
        }
    }

    @Test
    void a_file_is_replaced_and_taken_back_on_failure() throws Exception {
        Path path = Files.writeString(directory.resolve("pid"), "before");
        write(path);
        assertEquals("4711", Files.readString(path));
        try (Undo undo = new Undo()) {
            new PidFile(linux, path.toString()).write(4712, undo);
        }
        assertFalse(Files.exists(path));
    }

    /** {@code --pid-file /dev/null} must not put a file in the place of everybody's /dev/null. */
    @Test
    void a_fifo_is_written_to_and_stays() throws Exception {
        Path path = directory.resolve("fifo");
        linux.paths.mknodat(Fd.CWD, path.toString(), FileFlags.S_IFIFO | 0600, 0, 0);
        try (Fd reader = linux.files.open(path.toString(), FileFlags.O_RDONLY | FileFlags.O_NONBLOCK)) {
            write(path);
            byte[] read = new byte[10];
            assertEquals("4711", new String(read, 0, linux.files.read(reader, read, 0, read.length)));
        }
        new PidFile(linux, path.toString()).remove(4711);
        assertTrue(Files.exists(path));
    }

    @Test
    void a_fifo_without_a_reader_is_not_waited_for() {
        Path path = directory.resolve("fifo");
        linux.paths.mknodat(Fd.CWD, path.toString(), FileFlags.S_IFIFO | 0600, 0, 0);
        assertTrue(assertThrows(KernelException.class, () -> write(path)).getMessage().contains("ENXIO"));
    }
}
