package io.carafe.runtime.init.namespace;

import io.carafe.linux.Complaint;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.socket.Sockets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A process that goes into namespaces before the container's, which is then born there: by CLONE_PARENT as a child of the
 * forerunner's parent, so nobody sees that there was one.
 *
 * <pre>
 *   parent                         forerunner                      the container's process
 *   clone3(into the cgroup) ─────▶ has itself moved       (only where it is not born there)
 *   has it moved          ◀── PLACE ─
 *                         ── DONE ──▶  enters some namespaces
 *   writes the maps       ◀── MAPS ──  has a new user namespace    (only then)
 *                         ── DONE ──▶  enters the others
 *                                      clone3(CLONE_PARENT) ─────▶ goes on
 *   has pid and pidfd     ◀── BORN ──
 *                         ── DONE ──▶  ends
 * </pre>
 *
 * <p>Until the last DONE the forerunner answers for the new process: if the parent is gone or gives up, it kills it.
 */
public final class Forerunner {

    private static final char PLACE = 'p';
    private static final char MAPS = 'm';
    private static final char BORN = 'b';
    private static final char FAILED = 'f';
    private static final char DONE = 'd';
    private static final int LONGEST = 16 * 1024;

    private final Linux linux;
    private final Fd socket;

    private Forerunner(Linux linux, Fd socket) {
        this.linux = linux;
        this.socket = socket;
    }

    /**
     * Who moves the forerunner to its cgroups.
     *
     * @param byParent is handed its pid
     * @param byItself what is left for it to do then
     */
    public record Placement(IntConsumer byParent, Runnable byItself) {
    }

    /**
     * Like clone3(2): returns in the parent and in the new process, whose pid is as the parent sees it.
     *
     * @param flags CLONE_NEW… of the new process
     * @param cgroup a cgroup2 directory that both are born in
     * @param placement before anything else
     * @param enter what the forerunner does; it is handed what waits for the maps of a user namespace that it has made
     * @param writeMaps the parent's part in that, for the forerunner's pid
     * @throws ForerunnerException why there is no new process: the forerunner's own error
     */
    public static Clone clone3(Linux linux, long flags, Optional<Fd> cgroup, Optional<Placement> placement, Consumer<Runnable> enter,
            IntConsumer writeMaps) {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        Clone forerunner;
        try {
            forerunner = linux.processes.clone3(0, cgroup);
        } catch (KernelException e) {
            pair.here().close();
            pair.there().close();
            throw e;
        }
        if (forerunner.isChild()) {
            pair.here().close();
            new Forerunner(linux, pair.there()).go(flags, placement, enter);
            pair.there().close();
            return Clone.CHILD;
        }
        pair.there().close();
        try (Fd pidfd = forerunner.pidfd().orElseThrow()) {
            try (Fd here = pair.here()) {
                return new Forerunner(linux, here).follow(forerunner.pid(), placement, writeMaps);
            } finally {
                // The socket is closed by now, or the last word is said: it ends either way.
                linux.processes.waitFor(pidfd);
            }
        }
    }

    /** Returns in the new process alone. */
    private void go(long flags, Optional<Placement> placement, Consumer<Runnable> enter) {
        try {
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            if (placement.isPresent()) {
                tell(PLACE, "", List.of());
                awaitDone();
                placement.get().byItself().run();
            }
            enter.accept(() -> {
                tell(MAPS, "", List.of());
                awaitDone();
            });
            Clone born = linux.processes.clone3(flags | ProcessFlags.CLONE_PARENT, Optional.empty());
            if (born.isChild()) {
                return;
            }
            answerFor(born);
        } catch (Throwable failure) {
            try {
                fail(failure);
            } finally {
                linux.processes.exit(0);
            }
        }
        linux.processes.exit(0);
    }

    private void answerFor(Clone born) {
        Fd pidfd = born.pidfd().orElseThrow();
        try {
            tell(BORN, Integer.toString(born.pid()), List.of(pidfd));
            awaitDone();
        } catch (Throwable e) {
            linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            throw e;
        }
    }

    private void fail(Throwable failure) {
        try {
            tell(FAILED, Complaint.of(failure), List.of());
        } catch (KernelException gone) {
            // EPIPE: the parent died; there is nobody to tell, and this process ends next.
            return;
        }
    }

    private Clone follow(int pid, Optional<Placement> placement, IntConsumer writeMaps) {
        while (true) {
            Sockets.Message message = linux.sockets.receive(socket, LONGEST);
            String text = new String(message.content(), StandardCharsets.UTF_8);
            if (text.isEmpty()) {
                throw new ForerunnerException("who went before the init was killed");
            }
            switch (text.charAt(0)) {
                case PLACE -> placement.orElseThrow().byParent().accept(pid);
                case MAPS -> writeMaps.accept(pid);
                case BORN -> {
                    Fd pidfd = message.fds().get(0);
                    try {
                        tell(DONE, "", List.of());
                        return new Clone(Integer.parseInt(text.substring(1)), Optional.of(pidfd));
                    } catch (KernelException e) {
                        pidfd.close();
                        throw e;
                    }
                }
                default -> throw new ForerunnerException(text.substring(1));
            }
            tell(DONE, "", List.of());
        }
    }

    private void awaitDone() {
        if (linux.sockets.receive(socket, LONGEST).content().length == 0) {
            throw new KernelException("wait for the parent", Errno.EPIPE);
        }
    }

    private void tell(char kind, String text, List<Fd> fds) {
        byte[] packet = (kind + text).getBytes(StandardCharsets.UTF_8);
        linux.sockets.send(socket, packet.length <= LONGEST ? packet : java.util.Arrays.copyOf(packet, LONGEST), fds);
    }
}
