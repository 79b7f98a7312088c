package io.carafe.linux.abi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The table of call numbers against the kernel's own headers. */
class SysTest {

    private static final Path GENERIC = Path.of("/usr/include/asm-generic/unistd.h");
    private static final List<Path> X86_64 =
            List.of(Path.of("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"), Path.of("/usr/include/asm/unistd_64.h"));

    @TestFactory
    List<DynamicTest> a_number_is_the_headers_for_x86_64() throws Exception {
        Path header = X86_64.stream().filter(Files::exists).findFirst().orElse(X86_64.get(0));
        Map<String, Integer> numbers = defines(header, "__NR_");
        return each(call -> assertEquals(numbers.get(call.text()), call.number(Arch.X86_64)));
    }

    /** asm-generic/unistd.h names some calls {@code __NR3264_…}: those that were once two, for 32 and for 64 bits. */
    @TestFactory
    List<DynamicTest> a_number_is_the_headers_for_aarch64() throws Exception {
        Map<String, Integer> numbers = defines(GENERIC, "__NR3264_");
        Map<String, Integer> own = defines(GENERIC, "__NR_");
        own.put("newfstatat", numbers.get("fstatat")); // defined as the other's name
        numbers.putAll(own);
        return each(call -> assertEquals(numbers.get(call.text()), call.number(Arch.AARCH64)));
    }

    private interface Body {
        void check(Sys call);
    }

    private static List<DynamicTest> each(Body body) {
        return List.of(Sys.values()).stream().map(call -> DynamicTest.dynamicTest(call.text(), () -> body.check(call))).toList();
    }

    private static Map<String, Integer> defines(Path header, String prefix) throws Exception {
        assumeTrue(Files.exists(header), header + " is not here: the package of Linux's headers has it");
        Map<String, Integer> numbers = new HashMap<>();
        for (String line : Files.readAllLines(header)) {
            String[] words = line.split("\\s+");
            if (words.length >= 3 && words[0].equals("#define") && words[1].startsWith(prefix) && words[2].matches("\\d+")) {
                numbers.put(words[1].substring(prefix.length()), Integer.parseInt(words[2]));
            }
        }
        return numbers;
    }

    @Test
    void no_number_stands_twice() {
        Set<Integer> x86_64 = new HashSet<>();
        Set<Integer> aarch64 = new HashSet<>();
        for (Sys call : Sys.values()) {
            assertTrue(x86_64.add(call.number(Arch.X86_64)) && aarch64.add(call.number(Arch.AARCH64)), call.name());
        }
    }

    @Test
    void a_name_is_the_manuals_and_a_number_without_a_row_is_named_by_itself() {
        assertEquals("mount_setattr", Sys.name(Sys.MOUNT_SETATTR.nr));
        assertEquals("syscall_511", Sys.name(511));
        assertEquals("syscall_9999", Sys.name(9999));
        assertEquals("syscall_-1", Sys.name(-1));
    }
}
