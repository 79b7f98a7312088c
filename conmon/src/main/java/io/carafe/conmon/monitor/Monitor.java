package io.carafe.conmon.monitor;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.conmon.attach.Clients;
import io.carafe.conmon.attach.StandardInput;
import io.carafe.conmon.log.Logs;
import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.conmon.stream.Outputs;
import io.carafe.conmon.stream.PassedThrough;
import io.carafe.conmon.stream.Pipes;
import io.carafe.conmon.stream.Streams;
import io.carafe.conmon.stream.TerminalStreams;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Exit;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.ExecutablePages;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.stat.MemoryWatch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The process that stays: it calls the runtime, keeps what that has made, and tells its end. */
final class Monitor {

    /** In the place of a pid or an exit code. */
    static final int FAILED = -1;

    private static final byte[] TIMED_OUT = "command timed out".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] NO_TERMINAL = "Runtime did not set up terminal".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_COMPLAINT = 8191;
    private static final int FAILURE = 1;
    private static final long MILLIS = 1000;
    /** For a terminal that the runtime has sent before it ended. */
    private static final long LOOK_AGAIN_MILLIS = 10;
    private static final long STRANGER_MILLIS = 100;
    private static final int LOOKS = 10;
    private static final long FORWARDED = Signal.bit(Signal.SIGTERM.number) | Signal.bit(Signal.SIGQUIT.number) | Signal.bit(Signal.SIGINT.number);
    private static final long UNHEARD = Signal.bit(Signal.SIGPIPE.number) | Signal.bit(Signal.SIGXFSZ.number) | Signal.bit(Signal.SIGUSR1.number);

    private final Linux linux;
    private final MonitorPlan plan;
    private final Diagnostics diagnostics;
    private final Logs logs;
    private final OomScore score;
    private final Optional<Fd> start;
    private final Optional<ParentPipe> sync;
    private final ResultFiles files;
    private final long mask;
    private final Loop loop;
    private final Children children;
    private final Streams streams;
    private final Sockets sockets;
    private final Outputs outputs;
    private Optional<MemoryWatch> memory = Optional.empty();
    /** The runtime, then the process; 0: neither. */
    private int pid;
    private boolean runs;
    private boolean timedOut;
    private Optional<Exit> end = Optional.empty();

    /** @param start brings a further word when somebody is attached */
    Monitor(Linux linux, MonitorPlan plan, Diagnostics diagnostics, Logs logs, OomScore score, Optional<Fd> start, Optional<ParentPipe> sync) {
        this.linux = linux;
        this.plan = plan;
        this.diagnostics = diagnostics;
        this.logs = logs;
        this.score = score;
        this.start = start;
        this.sync = sync;
        this.files = new ResultFiles(linux);
        this.mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK, FORWARDED | UNHEARD);
        this.loop = new Loop(linux, diagnostics::warn);
        this.children = new Children(linux, loop, mask);
        boolean hasInput = plan.terminal() || plan.stdin();
        StandardInput input = hasInput ? StandardInput.awaited(linux, loop) : StandardInput.ofNothing(linux, loop);
        Clients clients = new Clients(linux, loop, input, plan.stdin() && !plan.leavesStdinOpen());
        this.streams = plan.log().passthrough() ? new PassedThrough()
                : plan.terminal() ? new TerminalStreams(linux, loop, input) : Pipes.open(linux, plan.stdin(), input);
        this.sockets = new Sockets(linux, loop, plan, clients, diagnostics);
        this.outputs = new Outputs(linux, loop, logs, clients);
    }

    /** @param attach gets a word when clients may come. @return the exit code of this process */
    int run(Optional<ParentPipe> attach) {
        sockets.open(logs, streams);
        attach.ifPresent(pipe -> pipe.tell(0));
        hearSignals();
        children.expect();
        pid = children.start(() -> new RuntimeProgram(linux, plan, score, mask).execute(streams, start), this::runtimeEnded);
        try {
            streams.handedOver();
            start.ifPresent(Fd::close);
            if (plan.log().passthrough()) {
                Start.disconnect(linux);
            }
            loop.whenQuiet(ExecutablePages.of(linux)::release);
            loop.run();
            return runs ? finish() : FAILURE;
        } catch (RuntimeException e) {
            diagnostics.warn(e);
            return FAILURE;
        } finally {
            sockets.remove();
            exitCommand();
        }
    }

    /** A signal is the process's, or the runtime's. */
    private void hearSignals() {
        Fd signals = linux.processes.signalfd(FORWARDED);
        loop.watch(signals, POLLIN, events -> linux.processes.nextSignal(signals).ifPresent(signal -> {
            if (pid > 0) { // its own until it is reaped, of which we hear
                linux.processes.kill(pid, signal);
            }
        }));
    }

    private void runtimeEnded(Exit exit) {
        pid = 0;
        if (exit.code() != 0) {
            byte[] complaint = streams.complaint(MOST_COMPLAINT);
            if (complaint.length > 0) {
                fail(complaint);
            }
            diagnostics.error("Failed to create container: exit status " + exit.code());
            loop.stop();
        } else {
            lookForTerminal(LOOKS);
        }
    }

    private void lookForTerminal(int looks) {
        if (!streams.isComplete() && looks > 0) {
            loop.after(LOOK_AGAIN_MILLIS, () -> lookForTerminal(looks - 1));
            return;
        }
        try {
            if (streams.isComplete()) {
                keep(readPid());
            } else {
                fail(NO_TERMINAL);
                loop.stop();
            }
        } catch (RuntimeException e) {
            byte[] complaint = streams.complaint(MOST_COMPLAINT);
            fail(complaint.length > 0 ? complaint : Diagnostics.bytes(e));
            loop.stop();
        }
    }

    private int readPid() {
        String path = plan.files().processPid();
        try (Fd file = linux.files.open(path, O_RDONLY)) {
            return Runtime.pid(path, linux.files.readAll(file, Runtime.MOST_PID));
        } catch (KernelException e) {
            throw e.during("Failed to read pidfile");
        }
    }

    private void fail(byte[] message) {
        sync.ifPresent(pipe -> pipe.tell(FAILED, message));
    }

    private void keep(int process) {
        runs = true;
        pid = process;
        if (plan.tellsPid()) {
            sync.ifPresent(pipe -> pipe.tell(process));
        }
        if (children.isUnreaped(process)) {
            watchMemory(process);
        }
        streams.readInto(outputs);
        if (plan.timeoutSeconds() > 0) {
            loop.after(plan.timeoutSeconds() * MILLIS, () -> {
                timedOut = true;
                loop.stop();
            });
        }
        if (children.isUnreaped(process)) {
            watchStranger(process);
        }
        children.await(process, exit -> ended(Optional.of(exit)));
        children.expectNoMore();
    }

    /** @param exit empty where nobody will ever tell how */
    private void ended(Optional<Exit> exit) {
        pid = 0;
        end = exit;
        streams.processEnded();
        loop.stop();
    }

    /** A process that is no child of ours, as its parent lives, or has reaped it: of its end we hear, but not how it ended. */
    private void watchStranger(int process) {
        Optional<Fd> pidfd = linux.processes.pidfdIfAlive(process);
        if (pidfd.isEmpty()) {
            ended(Optional.empty());
        } else if (linux.processes.isChild(pidfd.get())) {
            pidfd.get().close();
        } else if (pidfd.get().process().isEmpty()) {
            loop.watch(pidfd.get(), POLLIN, events -> ended(Optional.empty()));
        } else { // before Linux 5.3
            lookAtStranger(pidfd.get());
        }
    }

    private void lookAtStranger(Fd directory) {
        if (linux.processes.hasEnded(directory)) {
            ended(Optional.empty());
        } else {
            loop.after(STRANGER_MILLIS, () -> lookAtStranger(directory));
        }
    }

    private void watchMemory(int process) {
        try {
            memory = MemoryWatch.of(linux, loop, process, () -> files.makeOom(plan));
        } catch (RuntimeException e) {
            diagnostics.warn(e);
        }
    }

    /** In conmon's order: output, then the files that others wait for, and the end of a further process by the pipe. */
    private int finish() {
        attempt(() -> memory.ifPresent(MemoryWatch::lookOnceMore));
        if (!timedOut) {
            attempt(outputs::drain);
        }
        logs.end();
        if (plan.syncsLog()) {
            logs.sync();
        }
        boolean killed = timedOut && pid > 0;
        if (killed) {
            attempt(this::killGroup);
        }
        int code = killed ? FAILED : end.map(Exit::code).orElse(FAILED);
        sockets.close();
        // podman holds published ports by descriptors that it hands on: free before the end is told, so that they can be had at once.
        linux.descriptors.closeFrom(3, sync.map(pipe -> List.of(pipe.fd())).orElse(List.of()));
        files.writeExit(plan, code);
        if (plan.isExec()) {
            sync.ifPresent(pipe -> pipe.tell(code, killed ? TIMED_OUT : new byte[0]));
        }
        return code & 0xff;
    }

    private void killGroup() {
        try {
            int group = linux.processes.getpgid(pid);
            linux.processes.kill(group > 1 ? -group : pid, Signal.SIGKILL.number); // -1 would be all
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH)) {
                throw e;
            }
        }
    }

    /** What goes wrong keeps no end from being told. */
    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            diagnostics.warn(e);
        }
    }

    private void exitCommand() {
        plan.exitCommand().ifPresent(command -> {
            int code = new ExitProgram(linux, score, mask).run(command);
            if (code != 0) {
                linux.processes.exit(code);
            }
        });
    }
}
