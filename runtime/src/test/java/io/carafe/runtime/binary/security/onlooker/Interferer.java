package io.carafe.runtime.binary.security.onlooker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A program of a container, {@code /bin/interfere WHICH BYTES}: stops every process that comes to be in its pid namespace, takes the sockets
 * that it has from its creator, and says BYTES (in hexadecimal) on them, with a pidfd of the process, its own mount namespace and its own root.
 * WHICH is {@code all}, or {@code last}: the one with the highest number, where there are two. With {@code hold} it only traces them, to their ends. Until SIGTERM; {@code /tmp/said} has the number of
 * messages, and how often something came back, after the first and at the end.
 */
final class Interferer {

    private static final String SOURCE = """
            #define _GNU_SOURCE
            #include <fcntl.h>
            #include <signal.h>
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>
            #include <sys/ptrace.h>
            #include <sys/socket.h>
            #include <sys/syscall.h>
            #include <sys/time.h>
            #include <sys/wait.h>
            #include <unistd.h>

            static volatile int ended;
            static unsigned long said, answered;

            static void end(int signal) { ended = 1; }

            static void tell(void) {
                FILE *out = fopen("/tmp/said", "w");
                fprintf(out, "said %lu\\nanswered %lu\\n", said, answered);
                fclose(out);
            }

            static void say(int to, const char *bytes, int length, int pidfd) {
                int pair[2], fds[3];
                char control[64] = {0}, text[64];
                if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair)) return;
                fds[0] = bytes[0] == 'b' ? pidfd : pair[0];
                fds[1] = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
                fds[2] = open("/", O_PATH | O_CLOEXEC);
                struct iovec part = {(void *) bytes, length};
                struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control};
                int count = bytes[0] == 'b' ? 1 : 3;
                message.msg_controllen = CMSG_SPACE(count * sizeof(int));
                struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
                rights->cmsg_level = SOL_SOCKET;
                rights->cmsg_type = SCM_RIGHTS;
                rights->cmsg_len = CMSG_LEN(count * sizeof(int));
                memcpy(CMSG_DATA(rights), fds, count * sizeof(int));
                if (sendmsg(to, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0 && said++ == 0) tell();
                struct timeval patience = {0, 300000};
                setsockopt(pair[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
                close(pair[0]);
                send(pair[1], "0", 1, MSG_NOSIGNAL);
                if (recv(pair[1], text, sizeof text, 0) > 0) answered++;
                close(pair[1]);
                close(fds[1]);
                close(fds[2]);
            }

            /* It runs on, and its end is its tracer's, who never asks for it. */
            static void hold(int pid) {
                if (ptrace(PTRACE_SEIZE, pid, 0, 0) == 0 && said++ == 0) tell();
            }

            static void interfere(int pid, int pidfd, int last, const char *bytes, int length) {
                int sockets[64], count = 0, status;
                int stopped = ptrace(PTRACE_SEIZE, pid, 0, 0) == 0;
                if (stopped) ptrace(PTRACE_INTERRUPT, pid, 0, 0);
                for (int fd = 3; fd < 64; fd++) {
                    int taken = syscall(SYS_pidfd_getfd, pidfd, fd, 0), type = 0;
                    socklen_t size = sizeof type;
                    if (taken < 0) continue;
                    if (getsockopt(taken, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET) sockets[count++] = taken;
                    else close(taken);
                }
                for (int i = 0; i < count; i++) {
                    if (!last || count > 1 && i == count - 1) say(sockets[i], bytes, length, pidfd);
                    close(sockets[i]);
                }
                for (int round = 0; stopped && round < 1000 && waitpid(pid, &status, __WALL | WNOHANG) == 0; round++) usleep(100);
                if (stopped) ptrace(PTRACE_DETACH, pid, 0, 0);
            }

            int main(int argc, char **args) {
                char bytes[64];
                int length = 0, next = getpid() + 1;
                for (char *hex = args[2]; hex[0] && hex[1]; hex += 2) {
                    unsigned byte;
                    sscanf(hex, "%2x", &byte);
                    bytes[length++] = byte;
                }
                signal(SIGTERM, end);
                while (!ended) {
                    for (int pid = next; pid < next + 8 && !ended; pid++) {
                        int pidfd = syscall(SYS_pidfd_open, pid, 0);
                        if (pidfd < 0) continue;
                        if (strcmp(args[1], "hold") == 0) hold(pid);
                        else interfere(pid, pidfd, strcmp(args[1], "last") == 0, bytes, length);
                        close(pidfd);
                        next = pid + 1;
                    }
                }
                tell();
                return 0;
            }
            """;

    private Interferer() {
    }

    /** Compiles it into a bundle. Skips the test where there is no musl-gcc, which building carafe needs. */
    static void into(Bundle bundle) throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/musl-gcc")), "needs /usr/bin/musl-gcc");
        Path source = Files.writeString(bundle.path().resolve("interfere.c"), SOURCE);
        Process gcc = new ProcessBuilder(List.of("/usr/bin/musl-gcc", "-O2", "-static", "-o", bundle.rootfs().resolve("bin/interfere").toString(),
                source.toString())).redirectErrorStream(true).start();
        String told = new String(gcc.getInputStream().readAllBytes());
        assertEquals(0, gcc.waitFor(), told);
    }
}
