package io.carafe.benchmarks.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherTest {

    @TempDir
    private Path folder;
    private Launcher launcher;

    @BeforeEach
    void open() {
        launcher = new Launcher(folder);
    }

    private static List<String> shell(String script) {
        return List.of("/bin/sh", "-c", script);
    }

    @Test
    void the_output_of_the_last_program_is_kept() {
        launcher.time(shell("echo first and longer"));
        launcher.time(shell("echo second"));
        assertEquals("second\n", launcher.output());
    }

    @Test
    void a_program_gets_three_descriptors_and_no_signal_blocked_or_ignored() {
        launcher.time(shell("cd /proc/self/fd && echo [0-9]*; exec grep -E '^Sig(Blk|Ign)' /proc/self/status"));
        // 3 is the folder, while the shell lists it.
        assertEquals("0 1 2 3\nSigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", launcher.output());
    }

    @Test
    void a_program_gets_the_usual_soft_limit_of_descriptors() {
        launcher.time(shell("ulimit -Sn"));
        assertEquals("1024\n", launcher.output());
    }

    @Test
    void a_failed_program_is_an_error_with_its_words() {
        LaunchException failure = assertThrows(LaunchException.class, () -> launcher.time(shell("echo no such thing >&2; exit 3")));
        assertEquals("exit 3: no such thing", failure.why());
    }

    @Test
    void a_killed_program_is_an_error_with_its_signal() {
        assertEquals("signal 9: ", assertThrows(LaunchException.class, () -> launcher.time(shell("kill -9 $$"))).why());
    }

    @Test
    void an_absent_program_is_an_error_with_its_errno() {
        assertEquals("ENOENT", assertThrows(LaunchException.class, () -> launcher.time(List.of("/no/such"))).why());
    }

    @Test
    void a_program_that_fails_on_the_way_to_its_peak_is_an_error_too() {
        assertEquals("exit 4: ", assertThrows(LaunchException.class, () -> launcher.peakKibibytes(shell("exit 4"))).why());
    }

    /** This JVM has tens of MiB, and a program keeps the peak of the process that executed it. */
    @Test
    void the_peak_of_a_small_program_is_not_that_of_this_jvm() {
        long kibibytes = launcher.peakKibibytes(List.of("/bin/true"));
        assertTrue(kibibytes > 100 && kibibytes < 8_000, kibibytes + " KiB");
    }

    @Test
    void the_peak_of_a_descendant_counts() {
        // dd touches its whole buffer.
        long kibibytes = launcher.peakKibibytes(shell("dd if=/dev/zero of=/dev/null bs=32M count=1 2>/dev/null; true"));
        assertTrue(kibibytes > 32_000, kibibytes + " KiB");
    }

    @Test
    void a_process_that_was_left_behind_can_be_ended() {
        launcher.time(shell("sleep 1000 >/dev/null & echo $!"));
        int left = Integer.parseInt(launcher.output().trim());
        launcher.end(left);
        assertTrue(ProcessHandle.of(left).isEmpty());
    }
}
