package io.carafe.runtime.seccomp.bpf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.Runtime.Version;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyscallTableTest {

    private static final String MADE_FROM = "from libseccomp ";

    @Test
    void the_table_is_what_its_generator_makes_of_the_libseccomp_that_is_installed() throws IOException {
        Optional<Libseccomp> libseccomp = Libseccomp.find();
        assumeTrue(libseccomp.isPresent(), "needs libseccomp.so.2 (Debian: libseccomp2)");
        SyscallTableGenerator generator = new SyscallTableGenerator(libseccomp.get());
        Map<String, String> rows = rows();
        rows.forEach((name, row) -> assertEquals(generator.row(name), row));
        String version = header().substring(header().indexOf(MADE_FROM) + MADE_FROM.length()).split(" ")[0];
        assumeTrue(Version.parse(libseccomp.get().version()).compareTo(Version.parse(version)) <= 0,
                "libseccomp " + libseccomp.get().version() + " may know more than the table from " + version);
        for (String name : generator.names()) {
            assertTrue(rows.containsKey(name), name + " is missing: run SyscallTableGenerator");
        }
    }

    /** From the kernel's tables, read by a person. */
    @ParameterizedTest
    @CsvSource({"X86_64, read, 0", "X86_64, futex_requeue, 456", "X86_64, mseal, 462", "X32, rt_sigaction, 512", "X32, read, 0", "X86, socket, 359",
        "X86, mmap2, 192", "AARCH64, read, 63", "AARCH64, openat2, 437", "ARM, set_tls, 983045", "ARM, recv, 291"})
    void known_calls_have_their_numbers(Abi abi, String name, int number) {
        short slot = SyscallTable.slots(name)[abi.ordinal()];
        assertEquals(number, SyscallTable.numbers(abi)[slot]);
    }

    @Test
    void a_call_without_a_number_of_its_own_is_reached_by_its_multiplexer() {
        short[] accept = SyscallTable.slots("accept");
        assertEquals(-1, accept[Abi.X86.ordinal()]);
        assertEquals(102, SyscallTable.numbers(Abi.X86)[accept[SyscallTable.MULTIPLEXER]]);
        assertEquals(5, accept[SyscallTable.SUBCALL]);
    }

    @Test
    void numbers_ascend() {
        for (Abi abi : Abi.values()) {
            int[] numbers = SyscallTable.numbers(abi);
            assertArrayEquals(Arrays.stream(numbers).sorted().distinct().toArray(), numbers);
            assertNotEquals(0, numbers.length);
        }
    }

    @Test
    void a_name_that_no_abi_has_is_unknown() {
        assertSame(SyscallTable.UNKNOWN, SyscallTable.slots("nosuchcall"));
    }

    /** podman's profile has them. */
    @ParameterizedTest
    @ValueSource(strings = {"syscall", "s390_pci_mmio_read", "swapcontext", "sync_file_range2", "timerfd"})
    void a_name_that_only_other_machines_have_is_known_and_has_no_number(String name) {
        assertNotSame(SyscallTable.UNKNOWN, SyscallTable.slots(name));
        for (Abi abi : Abi.values()) {
            assertEquals(-1, SyscallTable.slots(name)[abi.ordinal()]);
        }
    }

    private static String header() throws IOException {
        return text().substring(0, text().indexOf('\n'));
    }

    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        text().lines().filter(line -> !line.startsWith("#")).forEach(line -> rows.put(line.substring(0, line.indexOf(' ')), line));
        return rows;
    }

    private static String text() throws IOException {
        try (InputStream in = SyscallTable.class.getResourceAsStream("syscalls.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }
}
