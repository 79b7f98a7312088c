package io.carafe.conformance.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandOutputTest {

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(strings = {".out", ".err"})
    void a_command_that_writes_without_end_is_found_and_read_up_to_the_bound(String stream) throws Exception {
        Files.writeString(directory.resolve("1.out"), "short");
        try (RandomAccessFile file = new RandomAccessFile(directory.resolve("2" + stream).toFile(), "rw")) {
            file.setLength(CommandOutput.MOST_BYTES);
            CommandOutput output = new CommandOutput(directory);
            assertFalse(output.isEndless(2));
            file.setLength(CommandOutput.MOST_BYTES + 1);
            assertTrue(output.isEndless(2));
            assertFalse(output.isEndless(1));
            assertEquals(CommandOutput.MOST_BYTES, stream.equals(".out") ? output.bytes(2).length : output.err(2).length());
        }
    }

    @Test
    void a_command_that_could_not_be_started_has_written_nothing() {
        CommandOutput output = new CommandOutput(directory);
        assertEquals("", output.out(1));
        assertFalse(output.isEndless(1));
    }
}
