package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** carafe itself is asked everything, letter, managers and security; the page is left in target/conformance. */
class ConformanceIT {

    @Test
    void carafe_meets_every_must_that_this_host_can_show() throws IOException, InterruptedException {
        Process suite = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "io.carafe.conformance.Main", "--runtime", System.getProperty("carafe.binary"),
                "--group", "all", "--report", "target/conformance")).redirectErrorStream(true).start();
        // Line by line through System.out: the stream itself is Failsafe's.
        try (BufferedReader lines = suite.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(System.out::println);
        }
        assertEquals(0, suite.waitFor(), "the suite's exit code: its lines above say what failed");
    }
}
