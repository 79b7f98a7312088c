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

    @Test
    void a_mountinfo_of_thousands_of_mounts_is_a_text_as_any_other(@TempDir Path directory) throws IOException {
        String line = "36 35 98:0 / /" + "m".repeat(300) + " rw - overlay overlay rw,lowerdir=" + "l".repeat(700) + "\n";
        Path file = Files.writeString(directory.resolve("mountinfo"), line.repeat(5000));
        String text = Linux.over(Door.open()).files.readText(Fd.CWD, file.toString());
        assertEquals(5000, io.carafe.linux.proc.MountInfo.parse(text).size());
    }

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
