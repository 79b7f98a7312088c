package io.carafe.runtime.binary.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A program without a library, {@code /bin/call [-32] NR [ARGUMENT...]}: makes one system call and prints what it returned. */
final class SystemCall {

    private static final String SOURCE = """
            typedef long word;

            #if defined(__x86_64__)
            static word call(word n, word a, word b, word c, word d, word e, word f) {
                word result;
                register word r10 __asm__("r10") = d;
                register word r8 __asm__("r8") = e;
                register word r9 __asm__("r9") = f;
                __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                        : "rcx", "r11", "memory");
                return result;
            }
            static word call32(word n, word a, word b, word c) {
                int result;
                __asm__ volatile("int $0x80" : "=a"(result) : "a"((int) n), "b"((int) a), "c"((int) b), "d"((int) c)
                        : "r8", "r9", "r10", "r11", "memory");
                return result;
            }
            __asm__(".globl _start\\n_start: mov %rsp, %rdi\\n and $-16, %rsp\\n call start\\n");
            #define WRITE 1
            #define EXIT 60
            #elif defined(__aarch64__)
            static word call(word n, word a, word b, word c, word d, word e, word f) {
                register word x8 __asm__("x8") = n;
                register word x0 __asm__("x0") = a;
                register word x1 __asm__("x1") = b;
                register word x2 __asm__("x2") = c;
                register word x3 __asm__("x3") = d;
                register word x4 __asm__("x4") = e;
                register word x5 __asm__("x5") = f;
                __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
                return x0;
            }
            static word call32(word n, word a, word b, word c) { return -38; }
            __asm__(".globl _start\\n_start: mov x0, sp\\n bl start\\n");
            #define WRITE 64
            #define EXIT 93
            #endif

            static word number(const char *text) {
                unsigned long n = 0;
                for (; *text; text++) n = n * 10 + (*text - '0');
                return n;
            }

            void start(word *stack) {
                word argc = *stack, n[7] = {0};
                char **argv = (char **) (stack + 1);
                int narrow = argc > 1 && argv[1][0] == '-';
                for (int i = 0; i < 7 && 1 + narrow + i < argc; i++) n[i] = number(argv[1 + narrow + i]);
                word result = narrow ? call32(n[0], n[1], n[2], n[3]) : call(n[0], n[1], n[2], n[3], n[4], n[5], n[6]);
                char text[24], *at = text + sizeof text;
                unsigned long left = result < 0 ? -result : result;
                *--at = '\\n';
                do { *--at = '0' + left % 10; left /= 10; } while (left);
                if (result < 0) *--at = '-';
                call(WRITE, 1, (word) at, text + sizeof text - at, 0, 0, 0);
                call(EXIT, 0, 0, 0, 0, 0, 0);
                for (;;);
            }
            """;

    private SystemCall() {
    }

    /** Compiles it into a bundle. Skips the test where there is no gcc. */
    static void into(Bundle bundle) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/gcc")), "needs /usr/bin/gcc");
        Path source = bundle.path().resolve("call.c");
        Files.writeString(source, SOURCE);
        Process gcc = new ProcessBuilder(List.of("/usr/bin/gcc", "-O1", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector",
                "-fno-pie", "-no-pie", "-o", bundle.rootfs().resolve("bin/call").toString(), source.toString()))
                .redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes());
        assertEquals(0, gcc.waitFor(), said);
    }
}
