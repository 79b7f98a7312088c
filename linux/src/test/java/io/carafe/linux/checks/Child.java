package io.carafe.linux.checks;

import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWNS;
import static io.carafe.linux.abi.ProcessFlags.CLONE_NEWUSER;
import static io.carafe.linux.abi.SocketFlags.SOCK_SEQPACKET;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.socket.Sockets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A part of a check that runs in a child by clone3(2), because it changes the process that it runs in. */
public final class Child {

    private static final String DONE = "done";
    private static final String UNMET = "unmet ";
    private static final int LONGEST = 16 * 1024;

    private Child() {
    }

    public static void run(Linux linux, Consumer<Linux> body) {
        run(linux, 0, Optional.empty(), body);
    }

    /** In new namespaces; in a user namespace too where this is not root. A new mount namespace shares nothing with the host's. */
    public static void in(Linux linux, long namespaces, Consumer<Linux> body) {
        int uid = linux.credentials.geteuid();
        int gid = linux.credentials.getegid();
        run(linux, uid == 0 ? namespaces : namespaces | CLONE_NEWUSER, Optional.empty(), child -> {
            if (uid != 0) {
                child.files.writeText(Fd.CWD, "/proc/self/setgroups", "deny");
                child.files.writeText(Fd.CWD, "/proc/self/uid_map", "0 " + uid + " 1");
                child.files.writeText(Fd.CWD, "/proc/self/gid_map", "0 " + gid + " 1");
            }
            if ((namespaces & CLONE_NEWNS) != 0) {
                child.mounts.mount("", "/", "", MS_REC | MS_PRIVATE, "");
            }
            body.accept(child);
        });
    }

    /** Waits for the child, and fails as its body failed. */
    static void run(Linux linux, long flags, Optional<Fd> cgroup, Consumer<Linux> body) {
        Sockets.Pair ends = linux.sockets.pair(SOCK_SEQPACKET);
        try (Fd here = ends.here(); Fd there = ends.there()) {
            Clone clone = linux.processes.clone3(flags, cgroup);
            if (clone.isChild()) {
                here.close();
                linux.sockets.send(there, outcome(linux, body).getBytes(StandardCharsets.UTF_8), List.of());
                linux.processes.exit(0);
            }
            there.close();
            String outcome = new String(linux.sockets.receive(here, LONGEST).content(), StandardCharsets.UTF_8);
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                Exit exit = linux.processes.waitFor(pidfd);
                if (outcome.startsWith(UNMET)) {
                    throw new Expect.Unmet(outcome.substring(UNMET.length()));
                }
                Expect.isTrue(outcome.equals(DONE), "in a child: " + (outcome.isEmpty() ? "it ended early: " + exit : outcome));
            }
        }
    }

    /** Whatever is thrown must end here: the child must not run on into the checks that follow. */
    private static String outcome(Linux linux, Consumer<Linux> body) {
        try {
            body.accept(linux);
            return DONE;
        } catch (Expect.Unmet unmet) {
            return UNMET + unmet.getMessage();
        } catch (Throwable failure) {
            return failure.toString();
        }
    }

    /** How a child ends whose body does not return, as after an exec. */
    static Exit exitOf(Linux linux, Consumer<Linux> body) {
        Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            outcome(linux, body);
            final int bodyReturned = 99;
            linux.processes.exit(bodyReturned);
        }
        try (Fd pidfd = clone.pidfd().orElseThrow()) {
            return linux.processes.waitFor(pidfd);
        }
    }
}
