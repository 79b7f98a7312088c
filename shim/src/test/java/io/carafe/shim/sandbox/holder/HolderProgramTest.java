package io.carafe.shim.sandbox.holder;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.abi.Arch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class HolderProgramTest {

    private static final long PATIENCE_SECONDS = 180;

    @TempDir
    Path directory;

    private Process run(Arch arch, boolean dumpable, String... before) throws IOException {
        Path program = Files.write(directory.resolve("program"), HolderProgram.of(arch, dumpable));
        assertTrue(program.toFile().setExecutable(true));
        List<String> words = new ArrayList<>(List.of(before));
        words.add(program.toString());
        return new ProcessBuilder(words).redirectError(directory.resolve("err").toFile()).start();
    }

    private static void endsWithItsInput(Process process) throws IOException, InterruptedException {
        assertEquals(HolderProgram.READY, process.getInputStream().read());
        process.getOutputStream().write(new byte[] {1, 2, 3}); // read, and nothing comes of it
        process.getOutputStream().flush();
        assertTrue(process.isAlive());
        process.getOutputStream().close();
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
        assertEquals(-1, process.getInputStream().read());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void it_says_that_it_is_confined_and_ends_with_its_input(boolean dumpable) throws IOException, InterruptedException {
        Process process = run(Arch.HERE, dumpable);
        assertEquals(HolderProgram.READY, process.getInputStream().read());
        Path proc = Path.of("/proc/" + process.pid());
        assertTrue(Files.readString(proc.resolve("status")).contains("Seccomp:\t1"), "strict");
        if (dumpable) {
            assertEquals(Files.getOwner(directory), Files.getOwner(proc.resolve("ns")));
        }
        long anonymous = Files.readAllLines(proc.resolve("status")).stream().filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        assertTrue(anonymous <= 64, () -> "kilobytes of its own: " + anonymous);
        process.getOutputStream().close();
        assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue());
    }

    @Test
    void what_it_reads_is_nothing_to_it() throws IOException, InterruptedException {
        endsWithItsInput(run(Arch.HERE, true));
    }

    @Test
    void the_same_on_the_other_machine() throws IOException, InterruptedException {
        String emulator = Arch.HERE == Arch.X86_64 ? "/usr/bin/qemu-aarch64-static" : "/usr/bin/qemu-x86_64-static";
        assumeTrue(Files.isExecutable(Path.of(emulator)), emulator + " is not installed");
        endsWithItsInput(run(Arch.HERE == Arch.X86_64 ? Arch.AARCH64 : Arch.X86_64, false, emulator));
    }

    /** The instructions of the second machine, by the manual's encodings. */
    @Test
    void its_words_for_aarch64() {
        byte[] program = HolderProgram.of(Arch.AARCH64, true);
        int[] expected = {
            0xd28014e8, 0xd28002c0, 0xd2800021, 0xd4000001, // mov x8, #167; mov x0, #22; mov x1, #1; svc #0
            0xd2800808, 0xd2800020, 0x910003e1, 0xd2800022, 0xd4000001, // mov x8, #64; mov x0, #1; mov x1, sp; mov x2, #1; svc #0
            0xd28007e8, 0xd2800000, 0x910003e1, 0xd2800022, 0xd4000001, // mov x8, #63; mov x0, #0; mov x1, sp; mov x2, #1; svc #0
            0xf100001f, 0x54ffff4c, // cmp x0, #0; b.gt .-24
            0xd2800ba8, 0xd2800000, 0xd4000001}; // mov x8, #93; mov x0, #0; svc #0
        int from = program.length - expected.length * Integer.BYTES;
        for (int i = 0; i < expected.length; i++) {
            int at = from + i * Integer.BYTES;
            int word = program[at] & 0xff | (program[at + 1] & 0xff) << 8 | (program[at + 2] & 0xff) << 16 | program[at + 3] << 24;
            assertEquals(Integer.toHexString(expected[i]), Integer.toHexString(word), "instruction " + i);
        }
    }

    @ParameterizedTest
    @EnumSource(Arch.class)
    void its_stack_is_not_executable(Arch arch) {
        byte[] program = HolderProgram.of(arch, false);
        assertEquals(0x51, program[64 + 56] & 0xff); // PT_GNU_STACK
        assertEquals(6, program[64 + 56 + 4]); // read and write
    }
}
