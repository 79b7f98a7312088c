package io.carafe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LongFileTest {

    private static final int LENGTH = 16 << 20;

    /** Counted by what is allocated: who copies all that he has with every chunk takes gigabytes. */
    @Test
    void a_long_file_is_read_without_copying_it_again_and_again(@TempDir Path directory) throws IOException {
        Path file = Files.write(directory.resolve("long"), new byte[LENGTH]);
        Linux linux = Linux.over(Door.open());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (Fd fd = linux.files.open(file.toString(), FileFlags.O_RDONLY)) {
            long before = threads.getCurrentThreadAllocatedBytes();
            assertEquals(LENGTH, linux.files.readAll(fd, LENGTH).length);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < 8L * LENGTH, "bytes allocated: " + allocated);
        }
    }
}
