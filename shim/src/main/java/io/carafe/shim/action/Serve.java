package io.carafe.shim.action;

import static io.carafe.linux.abi.FileFlags.FD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.F_SETFD;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.shim.child.Children;
import io.carafe.shim.event.Publisher;
import io.carafe.shim.logger.OpenLogs;
import io.carafe.shim.loop.ExecutablePages;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.sandbox.SandboxService;
import io.carafe.shim.task.RuntimeBinary;
import io.carafe.shim.task.Shim;
import io.carafe.shim.task.TaskService;
import io.carafe.shim.ttrpc.Server;
import java.util.function.BooleanSupplier;

/** The process that stays: serves at descriptor 3 until somebody asks for its end and no container and no sandbox is left. */
final class Serve {

    private static final Fd LISTENER = Fd.borrowed(3);
    /** A pipe that brings a byte when containerd has been told where we listen, and ends without one where it never will be. */
    private static final int TOLD = 4;
    /** For events that containerd has not taken when the end is asked for. */
    private static final long PATIENCE_MILLIS = 5_000;
    private static final long SIGNALS = Signal.bit(Signal.SIGTERM.number) | Signal.bit(Signal.SIGINT.number) | Signal.bit(Signal.SIGHUP.number);
    private static final String UNIX = "unix://";

    private final Linux linux;
    private final Words words;

    Serve(Linux linux, Words words) {
        this.linux = linux;
        this.words = words;
    }

    /** The socket goes with the process, whatever ends it. */
    void run() {
        try {
            serve();
        } finally {
            removeSocket();
        }
    }

    private void serve() {
        String namespace = words.identifier(Words.Flag.NAMESPACE);
        linux.files.fcntl(LISTENER, F_SETFD, FD_CLOEXEC);
        Fd told = Fd.owned(linux.kernel, TOLD);
        linux.files.fcntl(told, F_SETFD, FD_CLOEXEC);
        ShimLog log = new ShimLog(linux, words.number(Words.Flag.LOG_LEVEL));
        String runtime = RuntimeBinary.besideShim(linux);
        long mask = linux.processes.sigprocmask(ProcessFlags.SIG_BLOCK,
                SIGNALS | Signal.bit(Signal.SIGPIPE.number) | Signal.bit(Signal.SIGXFSZ.number));
        // A bundle goes with its container, and there may be others.
        linux.paths.chdir("/");
        Loop loop = new Loop(linux, log::warn);
        Children children = new Children(linux, loop, mask);
        OpenLogs logs = new OpenLogs();
        Publisher publisher = publisher(loop, children, namespace);
        TaskService[] tasks = new TaskService[1];
        SandboxService sandbox = new SandboxService(linux, loop, children, () -> tasks[0].endWhenEmpty());
        tasks[0] = new TaskService(new Shim(linux, loop, children, publisher, namespace, runtime, logs, log::warn), sandbox, () -> {
            if (sandbox.isEmpty()) {
                publisher.whenEmpty(loop::stop);
                loop.after(PATIENCE_MILLIS, loop::stop);
            }
        });
        endUnlessTold(loop, told);
        hearSignals(loop, () -> tasks[0].isEmpty() && sandbox.isEmpty(), logs);
        ExecutablePages pages = ExecutablePages.of(linux);
        loop.whenQuiet(pages::release);
        try (Server server = new Server(linux, loop, LISTENER, (service, method, payload, reply) ->
                (service.equals(SandboxService.NAME) ? sandbox : tasks[0]).call(service, method, payload, reply))) {
            loop.run();
        }
    }

    /** Nobody would ever ask for the end of one that nobody knows of: {@code start} was killed, or failed. */
    private void endUnlessTold(Loop loop, Fd told) {
        Loop.Watch[] watch = new Loop.Watch[1];
        watch[0] = loop.watch(told, POLLIN, events -> {
            watch[0].close();
            try (told) {
                if (linux.files.read(told, new byte[1], 0, 1) == 0) {
                    loop.stop();
                }
            }
        });
    }

    /**
     * Who asks for the end by a signal gets the same as by Shutdown: nothing, while there are containers, or a sandbox. Who has rotated logs
     * says SIGHUP.
     */
    private void hearSignals(Loop loop, BooleanSupplier isEmpty, OpenLogs logs) {
        Fd signals = linux.processes.signalfd(SIGNALS);
        loop.watch(signals, POLLIN, events -> linux.processes.nextSignal(signals).ifPresent(signal -> {
            if (signal == Signal.SIGHUP.number) {
                logs.look();
            } else if (isEmpty.getAsBoolean()) {
                loop.stop();
            }
        }));
    }

    /** containerd 1.3 and later names a service of events in the environment; for those before it a program has to be called. */
    private Publisher publisher(Loop loop, Children children, String namespace) {
        String address = System.getenv("TTRPC_ADDRESS");
        if (address != null && !address.isEmpty()) {
            return Publisher.byConnection(linux, loop, address.startsWith(UNIX) ? address.substring(UNIX.length()) : address, namespace);
        }
        String clients = words.value(Words.Flag.ADDRESS);
        return clients.isEmpty() ? Publisher.toNobody(loop)
                : Publisher.byBinary(linux, loop, children, words.publishBinary(), clients, namespace);
    }

    private void removeSocket() {
        try {
            if (!words.value(Words.Flag.SOCKET).isEmpty()) {
                linux.paths.unlinkat(Fd.CWD, words.value(Words.Flag.SOCKET), 0);
            }
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) { // who has deleted the container found nobody serving any more
                throw e;
            }
        }
    }
}
