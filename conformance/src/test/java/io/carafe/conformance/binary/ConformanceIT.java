package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** carafe itself is asked everything, letter, managers and security, and so is its shim; the pages are left in target. */
class ConformanceIT {

    @Test
    void carafe_meets_every_must_that_this_host_can_show() throws IOException, InterruptedException {
        meets("--runtime", System.getProperty("carafe.binary"), "--group", "all", "--report", "target/conformance");
    }

    @Test
    void carafes_shim_meets_every_must_that_this_host_can_show() throws IOException, InterruptedException {
        meets("--shim", System.getProperty("carafe.shim"), "--runtime", System.getProperty("carafe.binary"), "--report",
                "target/conformance-shim");
    }

    private static void meets(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "io.carafe.conformance.Main"));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--limit", "180")); // for a busy machine: a runtime that hangs is a mutant, and MutantsIT has those
        Process suite = new ProcessBuilder(command).redirectErrorStream(true).start();
        // Line by line through System.out: the stream itself is Failsafe's.
        try (BufferedReader lines = suite.inputReader(StandardCharsets.UTF_8)) {
            lines.lines().forEach(System.out::println);
        }
        assertEquals(0, suite.waitFor(), "the suite's exit code: its lines above say what failed");
    }
}
