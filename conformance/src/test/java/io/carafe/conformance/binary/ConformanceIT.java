package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** carafe itself is asked everything, letter, managers and security; the page is left in target/conformance. */
class ConformanceIT {

    @Test
    void carafe_meets_every_must_that_this_host_can_show() throws IOException, InterruptedException {
        Process suite = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "io.carafe.conformance.Main", "--runtime", System.getProperty("carafe.binary"),
                "--group", "all", "--report", "target/conformance")).inheritIO().start();
        assertEquals(0, suite.waitFor(), "the suite's exit code: its lines above say what failed");
    }
}
