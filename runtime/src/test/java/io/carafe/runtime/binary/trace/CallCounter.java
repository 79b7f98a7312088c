package io.carafe.runtime.binary.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.abi.Sys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A program that runs another and counts its system calls by ptrace(2): all of them, those too that an image makes before its first
 * line of Java, which {@code --trace} does not see; those of its children until they become other programs.
 */
final class CallCounter {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <sys/ptrace.h>
            #include <sys/resource.h>
            #include <sys/wait.h>
            #include <unistd.h>

            static long counts[1024];

            static void die(const char *what) { perror(what); exit(125); }

            static int tell(const char *path, struct rusage *usage, int status) {
                FILE *out = fopen(path, "w");
                if (!out) die(path);
                fprintf(out, "-1 %ld\\n", usage->ru_minflt + usage->ru_majflt);
                for (int nr = 0; nr < 1024; nr++) if (counts[nr]) fprintf(out, "%d %ld\\n", nr, counts[nr]);
                fclose(out);
                return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
            }

            int main(int argc, char **argv) {
                int gate[2], started = 0, status;
                if (argc < 3 || pipe2(gate, O_CLOEXEC) != 0) die("count OUT PROGRAM ARG...");
                pid_t pid, first = fork();
                if (first == 0) {
                    char byte;
                    close(gate[1]);
                    if (read(gate[0], &byte, 1) != 1) _exit(125);
                    execv(argv[2], argv + 2);
                    _exit(126);
                }
                close(gate[0]);
                /* Not PTRACE_O_EXITKILL: a container that is left behind goes on. */
                if (ptrace(PTRACE_SEIZE, first, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK
                        | PTRACE_O_TRACEEXEC) != 0 || ptrace(PTRACE_INTERRUPT, first, 0, 0) != 0) die("ptrace");
                if (write(gate[1], "", 1) != 1) die("write");
                struct rusage usage;
                while ((pid = wait4(-1, &status, __WALL, &usage)) > 0 || errno == EINTR) {
                    if (pid < 0) continue;
                    if (!WIFSTOPPED(status)) {
                        if (pid == first) return tell(argv[1], &usage, status);
                        continue;
                    }
                    int signal = WSTOPSIG(status), event = status >> 16, call = signal == (SIGTRAP | 0x80);
                    if (event == PTRACE_EVENT_EXEC && pid == first) started = 1;
                    if (event == PTRACE_EVENT_EXEC && pid != first) { ptrace(PTRACE_DETACH, pid, 0, 0); continue; }
                    if (event == PTRACE_EVENT_STOP && signal != SIGTRAP) { ptrace(PTRACE_LISTEN, pid, 0, 0); continue; }
                    if (call && started) {
                        struct __ptrace_syscall_info info; /* Linux 5.3 */
                        if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof info, &info) <= 0) die("PTRACE_GET_SYSCALL_INFO");
                        if (info.op == PTRACE_SYSCALL_INFO_ENTRY && info.entry.nr < 1024) counts[info.entry.nr]++;
                    }
                    ptrace(PTRACE_SYSCALL, pid, 0, event || call ? 0 : signal);
                }
                die("wait4");
            }
            """;

    private final Path program;
    private final Path out;

    private CallCounter(Path program, Path out) {
        this.program = program;
        this.out = out;
    }

    /** Compiles it. Skips the test where there is no musl-gcc, which building carafe needs. */
    static CallCounter in(Path directory) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/musl-gcc")), "needs /usr/bin/musl-gcc");
        Path source = Files.writeString(directory.resolve("count.c"), SOURCE);
        Path program = directory.resolve("count");
        Process gcc = new ProcessBuilder("/usr/bin/musl-gcc", "-O2", "-static", "-o", program.toString(), source.toString())
                .redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes());
        assertEquals(0, gcc.waitFor(), said);
        return new CallCounter(program, directory.resolve("counted"));
    }

    /** The words that go in front of a command. */
    List<String> words() {
        return List.of(program.toString(), out.toString());
    }

    /**
     * What one command did.
     *
     * @param faults page faults of the program and of all that it awaited, with and without I/O (getrusage(2))
     * @param byName calls by name
     */
    record Counted(long calls, long faults, Map<String, Long> byName) {
    }

    Counted counted() throws IOException {
        Map<String, Long> byName = new TreeMap<>();
        long faults = 0;
        for (String line : Files.readAllLines(out)) {
            String[] fields = line.split(" ");
            int number = Integer.parseInt(fields[0]);
            if (number < 0) {
                faults = Long.parseLong(fields[1]);
            } else {
                byName.put(Sys.name(number), Long.parseLong(fields[1]));
            }
        }
        return new Counted(byName.values().stream().mapToLong(Long::longValue).sum(), faults, byName);
    }
}
