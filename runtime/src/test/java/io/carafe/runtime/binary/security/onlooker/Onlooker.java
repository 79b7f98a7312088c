package io.carafe.runtime.binary.security.onlooker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A program of a container, {@code /bin/look HOSTFILE SECRET WORD}: looks at every process that comes to be in its pid namespace, as fast as
 * it can, until SIGTERM. What it got hold of it counts in {@code /tmp/seen}, a line for each way, with the first example.
 *
 * <p>HOSTFILE is a file of the host that no process of the container has; SECRET stands in the environment of the caller of carafe, WORD in its
 * command line and its paths.
 */
final class Onlooker {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <dirent.h>
            #include <errno.h>
            #include <fcntl.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/stat.h>
            #include <sys/statvfs.h>
            #include <unistd.h>

            enum { ROOT, CWD, EXE, FD, ENVIRON, CMDLINE, MAPS, CAPABILITIES, TERMINAL, WAYS };
            static const char *const names[] = {"root", "cwd", "exe", "fd", "environ", "cmdline", "maps", "capabilities", "terminal"};
            static unsigned long hits[WAYS], processes;
            static char first[WAYS][256];
            static volatile int ended;
            static struct stat own;

            static void end(int signal) { ended = 1; }

            static void hit(int way, int pid, const char *what) {
                if (!hits[way]++) snprintf(first[way], sizeof first[way], "pid %d: %s", pid, what);
            }

            static int holds(int dir, const char *file, const char *word) {
                static char text[1 << 16];
                int fd = openat(dir, file, O_RDONLY | O_CLOEXEC);
                if (fd < 0) return 0;
                ssize_t length = read(fd, text, sizeof text - 1);
                close(fd);
                return length > 0 && memmem(text, length, word, strlen(word)) != NULL;
            }

            /* CAP_SYS_ADMIN, which none of the containers has: who traces such a process has it, too. Under a filter it opens a procfs at most. */
            static int rules(int dir) {
                static char text[4096];
                int fd = openat(dir, "status", O_RDONLY | O_CLOEXEC);
                if (fd < 0) return 0;
                ssize_t length = read(fd, text, sizeof text - 1);
                close(fd);
                text[length > 0 ? length : 0] = 0;
                char *line = strstr(text, "CapEff:\\t");
                return line != NULL && (strtoull(line + 8, NULL, 16) >> 21 & 1) && strstr(text, "Seccomp:\\t2") == NULL;
            }

            /* Which is /dev/tty to the process, and takes what it types for what its user does (TIOCSTI). */
            static int terminal(int dir) {
                static char text[1024];
                int number = 0, fd = openat(dir, "stat", O_RDONLY | O_CLOEXEC);
                if (fd < 0) return 0;
                ssize_t length = read(fd, text, sizeof text - 1);
                close(fd);
                text[length > 0 ? length : 0] = 0;
                char *name = strrchr(text, ')');
                return name != NULL && sscanf(name + 1, " %*c %*d %*d %*d %d", &number) == 1 && number != 0;
            }

            /* The container's own program, a copy of the onlooker's busybox in another root perhaps, may open what it likes. A process that has ended
               since the look cannot be told from it: what carafe's held is seen in another round. */
            static int executed(int dir) {
                struct stat status;
                if (fstatat(dir, "exe", &status, 0) != 0) return errno == ENOENT || errno == ESRCH;
                return status.st_size == own.st_size;
            }

            static void look(int pid, int dir, char **args) {
                char path[4300], target[4096];
                struct stat status;
                snprintf(path, sizeof path, "root%s", args[1]);
                if (fstatat(dir, path, &status, 0) == 0) hit(ROOT, pid, path);
                snprintf(path, sizeof path, "root/../../../../../../../..%s", args[1]);
                if (fstatat(dir, path, &status, 0) == 0) hit(ROOT, pid, path);
                snprintf(path, sizeof path, "cwd/../../../../../../../..%s", args[1]);
                if (fstatat(dir, path, &status, 0) == 0) hit(CWD, pid, path);
                int exe = openat(dir, "exe", O_RDONLY | O_CLOEXEC);
                if (exe >= 0) {
                    struct statvfs mount;
                    int seals = fcntl(exe, F_GET_SEALS);
                    int programs = fstat(exe, &status) == 0 && status.st_dev == own.st_dev && status.st_ino == own.st_ino;
                    if (!programs && fstatvfs(exe, &mount) == 0 && !(mount.f_flag & ST_RDONLY) && (seals < 0 || !(seals & F_SEAL_WRITE)))
                        hit(EXE, pid, "can be written");
                    close(exe);
                }
                for (int fd = 0; fd < 64; fd++) {
                    snprintf(path, sizeof path, "fd/%d", fd);
                    ssize_t length = readlinkat(dir, path, target, sizeof target - 1);
                    if (length <= 0) continue;
                    target[length] = 0;
                    int harmless = fd < 3 || strncmp(target, "/dev/", 5) == 0 || strncmp(target, "socket:", 7) == 0 || strncmp(target, "pipe:", 5) == 0;
                    int found = !harmless || (fstatat(dir, path, &status, 0) == 0 && S_ISDIR(status.st_mode));
                    if (found && !executed(dir)) hit(FD, pid, target);
                }
                if (rules(dir)) hit(CAPABILITIES, pid, "CAP_SYS_ADMIN");
                if (terminal(dir)) hit(TERMINAL, pid, "the caller's");
                if (holds(dir, "environ", args[2])) hit(ENVIRON, pid, args[2]);
                if (holds(dir, "cmdline", args[3])) hit(CMDLINE, pid, args[3]);
                if (holds(dir, "maps", args[3])) hit(MAPS, pid, args[3]);
            }

            int main(int argc, char **args) {
                signal(SIGTERM, end);
                stat("/bin/busybox", &own);
                int last = getpid();
                while (!ended) {
                    for (int pid = last + 1; pid < last + 8 && !ended; pid++) {
                        char path[32];
                        snprintf(path, sizeof path, "/proc/%d", pid);
                        int dir = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
                        if (dir < 0) continue;
                        processes++;
                        struct stat status;
                        for (int round = 0; round < 3000 && !ended && fstatat(dir, "stat", &status, 0) == 0; round++) {
                            look(pid, dir, args);
                            if (executed(dir)) break;
                        }
                        close(dir);
                        last = pid;
                        pid = last;
                    }
                }
                FILE *out = fopen("/tmp/seen", "w");
                fprintf(out, "processes %lu\\n", processes);
                for (int way = 0; way < WAYS; way++) fprintf(out, "%s %lu %s\\n", names[way], hits[way], first[way]);
                return fclose(out);
            }
            """;

    private Onlooker() {
    }

    /** Compiles it into a bundle. Skips the test where there is no musl-gcc, which building carafe needs. */
    static void into(Bundle bundle) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/musl-gcc")), "needs /usr/bin/musl-gcc");
        Path source = Files.writeString(bundle.path().resolve("look.c"), SOURCE);
        Process gcc = new ProcessBuilder(List.of("/usr/bin/musl-gcc", "-O2", "-static", "-o", bundle.rootfs().resolve("bin/look").toString(),
                source.toString())).redirectErrorStream(true).start();
        String said = new String(gcc.getInputStream().readAllBytes());
        assertEquals(0, gcc.waitFor(), said);
    }

    /** What it counted, once it has ended: a line for each way that was found, and none for what was not. */
    static Map<String, String> found(Bundle bundle) throws IOException {
        Map<String, String> found = new LinkedHashMap<>();
        long processes = 0;
        for (String line : Files.readAllLines(bundle.rootfs().resolve("tmp/seen"))) {
            String[] words = line.split(" ", 3);
            if (words[0].equals("processes")) {
                processes = Long.parseLong(words[1]);
            } else if (!words[1].equals("0")) {
                found.put(words[0], words[1] + " " + words[2]);
            }
        }
        assertTrue(processes > 0, "it saw no process at all");
        return found;
    }
}
