package io.carafe.runtime.init.namespace;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.call.process.Processes.Clone;
import io.carafe.linux.call.socket.Sockets;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A process that goes into namespaces before the container's, which is then born there: by CLONE_PARENT as a child of the
 * intermediate process's parent, so nobody sees that there was one.
 *
 * <pre>
 *   parent                         intermediate process            the container's process
 *   clone3(into the cgroup) ─────▶ has itself moved       (only where it is not born there)
 *   has it moved          ◀── PLACE ─
 *                         ── DONE ──▶  enters some namespaces
 *   writes the maps       ◀── MAPS ──  has a new user namespace    (only then)
 *                         ── DONE ──▶  enters the others
 *   takes it for the init ◀─ ENTERED ─  mounts                      (only where the container's process is cloned last)
 *   opens what it may not ◀─ SOURCES ─                              (only then, and only where it has a user namespace)
 *   hears nothing else    ◀─ CLONING ──
 *                                      clone3(CLONE_PARENT) ─────▶ goes on
 *   has pidfd, and pid    ◀── CLONED ──
 *                         ── DONE ──▶  ends
 * </pre>
 *
 * <p>Until the last DONE the intermediate process answers for the new process: if the parent is gone or gives up, it kills it. What fails in the
 * intermediate process is told by itself, in its {@link Way}.
 *
 * <p>The new process has a copy of this socket for a moment. Who looks on with CAP_SYS_PTRACE can take it (pidfd_getfd(2)) and say what it
 * likes there; so from CLONING on the parent hears CLONED alone, believes no number, and takes no process that is not its child.
 */
public final class IntermediateProcess {

    private static final char PLACE = 'p';
    private static final char MAPS = 'm';
    private static final char ENTERED = 'e';
    private static final char SOURCES = 's';
    private static final char CLONING = 'n';
    private static final char CLONED = 'b';
    private static final char DONE = 'd';
    private static final int LONGEST = 64;

    private final Linux linux;
    private final Fd socket;

    private IntermediateProcess(Linux linux, Fd socket) {
        this.linux = linux;
        this.socket = socket;
    }

    /** What the two do, each with nothing of the other's left to do. */
    public interface Way {

        /** The intermediate process's, before the clone. */
        void prepare(IntermediateProcess intermediate);

        /** The new process's. Never returns. */
        void run();

        /** The intermediate process's, when one of its steps failed: tells it. There is no new process. */
        void fail(Throwable failure);
    }

    /**
     * Who moves the intermediate process to its cgroups.
     *
     * @param byParent is handed its pid
     * @param byItself what is left for it to do then
     */
    public record Placement(IntConsumer byParent, Runnable byItself) {
    }

    /**
     * clone3(2) of an intermediate process, which never returns from here.
     *
     * <p>Before Linux 5.7 it is cloned beside its cgroup, and the parent moves it there in {@link Watch#follow}: what refuses that is the
     * parent's to hear, with the errno that clone3(2) would have had, so that it can choose another cgroup.
     *
     * @param flags CLONE_NEW… of the new process
     * @param cgroup a cgroup2 directory that both are cloned in; open until they are
     */
    public static Watch clone3(Linux linux, long flags, Optional<Fd> cgroup, Way way) {
        Sockets.Pair pair = linux.sockets.pair(SocketFlags.SOCK_SEQPACKET);
        Clone intermediate;
        boolean isPlaced = true;
        try {
            try {
                intermediate = linux.processes.clone3(0, cgroup);
            } catch (KernelException e) {
                if (cgroup.isEmpty() || !Processes.cannotPlace(e)) {
                    throw e;
                }
                isPlaced = false;
                intermediate = linux.processes.clone3(0, Optional.empty());
            }
        } catch (KernelException e) {
            pair.here().close();
            pair.there().close();
            throw e;
        }
        if (intermediate.isChild()) {
            try {
                linux.kernel.named("intermediate");
                pair.here().close();
                new IntermediateProcess(linux, pair.there()).go(isPlaced, flags, way);
            } finally {
                linux.processes.exit(0);
            }
        }
        pair.there().close();
        return new Watch(linux, intermediate, pair.here(), isPlaced ? Optional.empty() : cgroup);
    }

    /** Never returns, in neither process. */
    private void go(boolean isPlaced, long flags, Way way) {
        try {
            linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            if (!isPlaced) {
                place();
            }
            // The new process begins in this one's session. In the caller's its /dev/tty would be the caller's terminal, into which who takes it
            // over could type (TIOCSTI).
            linux.processes.setsid();
            way.prepare(this);
            tell(CLONING, List.of());
            Clone cloned = linux.processes.clone3(flags | ProcessFlags.CLONE_PARENT, Optional.empty());
            if (cloned.isChild()) {
                linux.kernel.named("container's process");
                socket.close();
                way.run();
            }
            answerFor(cloned);
        } catch (Throwable failure) {
            way.fail(failure);
        } finally {
            // Whatever cannot be told any more: it must not go on as its parent.
            linux.processes.exit(0);
        }
    }

    /** Borrowed. What is closed before the clone, this is not. */
    public Fd socket() {
        return socket;
    }

    /** Has itself moved to its cgroups: before anything else. */
    public void awaitPlace(Placement placement) {
        place();
        placement.byItself().run();
    }

    private void place() {
        tell(PLACE, List.of());
        awaitDone();
    }

    /** Waits for the maps of the user namespace that it is in. */
    public void awaitMaps() {
        tell(MAPS, List.of());
        awaitDone();
    }

    /** The parent need not wait for the clone: this process is in all namespaces but that of pids. */
    public void entered() {
        tell(ENTERED, List.of());
    }

    /** Hands the parent what it opens sources by; it answers there. @param fds borrowed */
    public void askForSources(List<Fd> fds) {
        tell(SOURCES, fds);
    }

    private void answerFor(Clone cloned) {
        List<Fd> pidfd = cloned.pidfd().map(List::of).orElse(List.of());
        try {
            tell(CLONED, pidfd.isEmpty() ? Integer.toString(cloned.pid()) : "", pidfd);
            awaitDone();
        } catch (Throwable e) {
            if (pidfd.isEmpty()) {
                linux.processes.kill(cloned.pid(), Signal.SIGKILL.number);
            } else {
                linux.processes.sendSignal(pidfd.get(0), Signal.SIGKILL.number);
            }
        }
    }

    private void awaitDone() {
        if (linux.sockets.receive(socket, LONGEST).content().length == 0) {
            throw new KernelException("wait for the parent", Errno.EPIPE);
        }
    }

    private void tell(char kind, List<Fd> fds) {
        tell(kind, "", fds);
    }

    private void tell(char kind, String text, List<Fd> fds) {
        linux.sockets.send(socket, (kind + text).getBytes(StandardCharsets.US_ASCII), fds);
    }

    /** The parent's side. */
    public static final class Watch implements AutoCloseable {

        private final Linux linux;
        private final Clone intermediate;
        private final Fd socket;
        /** Where it has to be moved first. */
        private Optional<Fd> cgroup;

        private Watch(Linux linux, Clone intermediate, Fd socket, Optional<Fd> cgroup) {
            this.linux = linux;
            this.intermediate = intermediate;
            this.socket = socket;
            this.cgroup = cgroup;
        }

        /** The intermediate process, whose pidfd is this object's. */
        public Clone process() {
            return intermediate;
        }

        /** What came of {@link #follow}. */
        public enum Step {
            ENTERED, CLONED, ENDED
        }

        private boolean cloning;
        private Optional<Clone> cloned = Optional.empty();

        /** The new process, after CLONED: its pid as this process sees it, its pidfd the caller's. */
        public Clone cloned() {
            return cloned.orElseThrow();
        }

        /**
         * Does the parent's part until the next step.
         *
         * @param placement where {@link #awaitPlace} is called
         * @param writeMaps for the intermediate process's pid
         * @param sources takes what {@link #askForSources} has handed over
         * @return ENDED when the intermediate process has failed, or was killed: then there is no new process
         */
        public Step follow(Optional<Placement> placement, IntConsumer writeMaps, Consumer<List<Fd>> sources) {
            while (true) {
                Sockets.Message message = linux.sockets.receive(socket, LONGEST);
                if (message.content().length == 0) {
                    return Step.ENDED;
                }
                char kind = (char) message.content()[0];
                if (cloning != (kind == CLONED)) {
                    message.fds().forEach(Fd::close);
                    throw unexpected();
                }
                switch (kind) {
                    case PLACE -> place(placement);
                    case MAPS -> writeMaps.accept(intermediate.pid());
                    case SOURCES -> {
                        sources.accept(message.fds());
                        continue;
                    }
                    case ENTERED -> {
                        return Step.ENTERED;
                    }
                    case CLONING -> {
                        cloning = true;
                        continue;
                    }
                    case CLONED -> {
                        cloned = Optional.of(child(message));
                        done();
                        return end(Step.CLONED);
                    }
                    default -> throw unexpected();
                }
                done();
            }
        }

        private void place(Optional<Placement> placement) {
            if (cgroup.isEmpty()) {
                placement.orElseThrow().byParent().accept(intermediate.pid());
                return;
            }
            linux.files.writeText(cgroup.get(), "cgroup.procs", Integer.toString(intermediate.pid()));
            cgroup = Optional.empty();
        }

        /** A child of this process that is not the intermediate process: there are no others in the pid namespaces that an onlooker sees. */
        private Clone child(Sockets.Message message) {
            List<Fd> fds = message.fds().isEmpty() ? byPid(message) : message.fds();
            if (fds.size() == 1 && linux.processes.isChild(fds.get(0))) {
                int pid = linux.processes.pid(fds.get(0));
                if (pid != intermediate.pid()) {
                    return new Clone(pid, Optional.of(fds.get(0)));
                }
            }
            fds.forEach(Fd::close);
            throw unexpected();
        }

        /** Before Linux 5.2 there is no pidfd to hand over; a child of this process keeps its pid. */
        private List<Fd> byPid(Sockets.Message message) {
            String pid = new String(message.content(), 1, message.content().length - 1, StandardCharsets.US_ASCII);
            return pid.matches("[1-9][0-9]{0,8}") ? linux.processes.pidfdIfAlive(Integer.parseInt(pid)).map(List::of).orElse(List.of()) : List.of();
        }

        /** At the end of the socket, should anybody have taken the DONE, the intermediate process kills what was cloned. */
        private Step end(Step step) {
            socket.close();
            linux.processes.waitFor(intermediate.pidfd().orElseThrow());
            return step;
        }

        /** Whether there may be a process that this one does not know, which the intermediate process answers for. */
        public boolean hasBegunClone() {
            return cloning;
        }

        /** Lets it find that nobody is there; it ends by itself then. */
        public void giveUp() {
            socket.close();
        }

        private static KernelException unexpected() {
            return new KernelException("hear of the new process", Errno.EPROTO)
                    .hint(Errno.EPROTO, "another process of its pid namespace has interfered");
        }

        private void done() {
            linux.sockets.send(socket, new byte[] {(byte) DONE}, List.of());
        }

        @Override
        public void close() {
            socket.close();
            intermediate.pidfd().ifPresent(Fd::close);
        }
    }
}
