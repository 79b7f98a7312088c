package io.carafe.shim.logger;

import static io.carafe.linux.abi.FileFlags.F_DUPFD_CLOEXEC;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.name.StreamUri;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A program that gets what a process writes ({@code binary://}): as descriptor 3 its stdout, as 4 its stderr; it closes 5 when it is
 * ready, and one of {@code binary-v2://} writes a byte to it first. The container's id and namespace are in its environment.
 *
 * <p>It ends when its streams do. One that does not gets SIGTERM a while after the process was deleted, and SIGKILL after as long as
 * containerd's own shim waits.
 */
public final class LoggerProgram implements Logger {

    public static final String SCHEME = "binary";
    /** Of containerd 2.3: the end of a logger that has not said that it is ready is a failure. */
    public static final String SCHEME_OF_V2 = "binary-v2";

    private static final long READY_MILLIS = 10_000;
    /** For what it has read and not yet written when its streams end. */
    private static final long OWN_END_MILLIS = 2_000;
    private static final long TERMINATION_MILLIS = 12_000;
    /** Above the numbers that the logger is to have. */
    private static final int LOWEST_OF_COMPLAINT = 16;
    private static final int MOST_COMPLAINT = 4096;

    private final Linux linux;
    private final Loop loop;
    private final String path;
    private final boolean saysWhenReady;
    private final Fd output;
    private final Fd errors;
    private final Fd ready;
    /** Brings why it is not executed, and ends without a word when it is. */
    private final Fd complaint;
    private int pid;
    private boolean ended;
    private Optional<Loop.Timer> impatience = Optional.empty();
    private Optional<Runnable> afterEnd = Optional.empty();

    private LoggerProgram(Linux linux, Loop loop, String uri, Fd output, Fd errors, Fd ready, Fd complaint) {
        this.linux = linux;
        this.loop = loop;
        this.path = StreamUri.path(uri);
        this.saysWhenReady = StreamUri.scheme(uri).equals(SCHEME_OF_V2);
        this.output = output;
        this.errors = errors;
        this.ready = ready;
        this.complaint = complaint;
    }

    public static LoggerProgram start(Linux linux, Loop loop, Children children, String uri, String namespace, String id, String bundle) {
        try (Undo undo = new Undo(); Fd nothing = linux.files.open("/dev/null", O_RDWR)) {
            Pipe output = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe errors = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe ready = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe complaint = undo.onFailure(linux.files.pipe(), Pipe::close);
            LoggerProgram logger = new LoggerProgram(linux, loop, uri, output.in(), errors.in(), ready.out(), complaint.out());
            List<String> args = new ArrayList<>(List.of(logger.path));
            args.addAll(StreamUri.query(uri));
            List<String> env = Environment.all();
            env.add("CONTAINER_ID=" + id);
            env.add("CONTAINER_NAMESPACE=" + namespace);
            try (Fd told = Fd.owned(linux.kernel, (int) linux.files.fcntl(complaint.in(), F_DUPFD_CLOEXEC, LOWEST_OF_COMPLAINT))) {
                logger.pid = children.start(new Program(logger.path, args, env, bundle,
                        List.of(nothing, nothing, nothing, output.out(), errors.out(), ready.in()), Program.Ties.NONE,
                        why -> linux.files.write(told, why.getBytes(StandardCharsets.UTF_8))), exit -> logger.ended());
            }
            output.out().close();
            errors.out().close();
            ready.in().close();
            complaint.in().close();
            undo.keep();
            return logger;
        }
    }

    @Override
    public Fd output() {
        return output;
    }

    @Override
    public Fd errors() {
        return errors;
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        Loop.Watch[] watch = new Loop.Watch[1];
        Loop.Timer patience = loop.after(READY_MILLIS, () -> {
            watch[0].close();
            unusable("did not say within " + READY_MILLIS + " ms that it is ready", action);
        });
        watch[0] = loop.watch(complaint, POLLIN, executed -> {
            watch[0].close();
            String why = whyNotExecuted();
            if (!why.isEmpty()) {
                patience.cancel();
                unusable("cannot be started: " + why, action);
                return;
            }
            watch[0] = loop.watch(ready, POLLIN, events -> {
                patience.cancel();
                watch[0].close();
                boolean said = linux.files.read(ready, new byte[1], 0, 1) > 0;
                ready.close();
                if (saysWhenReady && !said) {
                    unusable("ended, or closed descriptor 5, without saying that it is ready", action);
                } else {
                    action.accept(Optional.empty());
                }
            });
        });
    }

    private String whyNotExecuted() {
        try (complaint) {
            byte[] why = new byte[MOST_COMPLAINT];
            return new String(why, 0, linux.files.read(complaint, why, 0, why.length), StandardCharsets.UTF_8);
        }
    }

    private void unusable(String what, Consumer<Optional<String>> action) {
        signal(Signal.SIGKILL);
        action.accept(Optional.of("the logger " + path + " " + what));
    }

    /** Its pid is its own until it is reaped, of which we hear. */
    private void signal(Signal signal) {
        if (!ended) {
            linux.processes.kill(pid, signal.number);
        }
    }

    @Override
    public void whenEnded(Runnable action) {
        close();
        if (ended) {
            action.run();
        } else {
            afterEnd = Optional.of(action);
        }
    }

    private void ended() {
        ended = true;
        impatience.ifPresent(Loop.Timer::cancel);
        Optional<Runnable> action = afterEnd;
        afterEnd = Optional.empty();
        action.ifPresent(Runnable::run);
    }

    private void terminate() {
        signal(Signal.SIGTERM);
        impatience = Optional.of(loop.after(TERMINATION_MILLIS, () -> signal(Signal.SIGKILL)));
    }

    @Override
    public Fd ofTerminal() {
        errors.close();
        linux.files.setBlocking(output, false);
        return output;
    }

    /** Its streams end; then it has to. */
    @Override
    public void close() {
        output.close();
        errors.close();
        ready.close();
        complaint.close();
        if (!ended && impatience.isEmpty()) {
            impatience = Optional.of(loop.after(OWN_END_MILLIS, this::terminate));
        }
    }
}
