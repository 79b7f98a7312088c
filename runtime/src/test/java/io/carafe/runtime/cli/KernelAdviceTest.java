package io.carafe.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KernelAdviceTest {

    private static final String FILTER = "the kernel, or a seccomp filter around carafe, does not have the call";

    @ParameterizedTest
    @CsvSource(quoteCharacter = '"', value = {"4.4.302-generic, \"needs Linux 4.18, this is 4.4\"", "3.10.0-1160.el7.x86_64, \"needs Linux 4.18, this is 3.10\"",
        "4.17, \"needs Linux 4.18, this is 4.17\"", "4.18.0-553.el8, ", "5.4.0, ", "10.0, ", "odd, "})
    void an_older_kernel_is_told_by_name(String release, String expected) {
        assertEquals(expected == null ? FILTER : expected, KernelAdvice.of(release));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "signalfd | EPERM | a seccomp filter around carafe refuses the call",
        "mount | EPERM | operation not permitted",
        "write 0 to /proc/self/oom_score_adj | EROFS | /proc is mounted read-only: mount -o remount,rw /proc",
        "write 0 to /sys/x | EROFS | read-only file system",
        "open /proc/nonesuch | ENOENT | no such file or directory"})
    void what_is_missing_around_carafe_is_named(String operation, Errno errno, String end) {
        String told = KernelAdvice.of(Linux.over(Door.open()), new KernelException(operation, errno)).getMessage();
        assertTrue(told.endsWith(end) || told.endsWith('(' + end + ')'), told);
    }
}
