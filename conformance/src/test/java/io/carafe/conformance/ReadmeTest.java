package io.carafe.conformance;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** README.md names options that are there, with values that are understood. */
class ReadmeTest {

    private static final Pattern COMMAND = Pattern.compile("carafe-conformance\\.jar (--[^#\n]*)");

    @Test
    void each_command_line_is_understood() throws IOException {
        Path accepted = Files.writeString(Files.createTempDirectory("readme").resolve("accepted.txt"), "runtime.kill.signal by design\n");
        Matcher commands = COMMAND.matcher(Files.readString(Path.of("README.md")));
        int count = 0;
        for (; commands.find(); count++) {
            List<String> words = List.of(commands.group(1).strip().replace("'", "").replace("accepted.txt", accepted.toString()).split("\\s+"));
            Arguments arguments = Arguments.parse(words, path -> path);
            assertTrue(!TestDiscovery.testIds(arguments.group(), arguments.wanted()).isEmpty(), commands.group(1));
        }
        assertTrue(count >= 5, "command lines: " + count);
    }
}
