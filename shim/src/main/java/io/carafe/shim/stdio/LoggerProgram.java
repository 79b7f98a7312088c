package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.F_GETFL;
import static io.carafe.linux.abi.FileFlags.F_SETFL;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Files.Pipe;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import io.carafe.shim.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A program that gets what a process writes ({@code binary://}): as descriptor 3 its stdout, as 4 its stderr; it closes 5 when it is
 * ready. The container's id and namespace are in its environment.
 *
 * @param output our end of descriptor 3
 * @param errors our end of descriptor 4
 */
public record LoggerProgram(Linux linux, Fd output, Fd errors, Fd ready) implements AutoCloseable {

    private static final long PATIENCE_MILLIS = 10_000;

    public static LoggerProgram start(Linux linux, Children children, String uri, String namespace, String id, String bundle) {
        try (Undo undo = new Undo(); Fd nothing = linux.files.open("/dev/null", O_RDWR)) {
            Pipe output = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe errors = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe ready = undo.onFailure(linux.files.pipe(), Pipe::close);
            String path = StdioUris.path(uri);
            List<String> args = new ArrayList<>(List.of(path));
            args.addAll(StdioUris.query(uri));
            List<String> env = Environment.all();
            env.add("CONTAINER_ID=" + id);
            env.add("CONTAINER_NAMESPACE=" + namespace);
            children.start(new Program(path, args, env, bundle,
                    List.of(nothing, nothing, nothing, output.out(), errors.out(), ready.in()), Program.Ties.NONE, why -> { }), exit -> { });
            output.out().close();
            errors.out().close();
            ready.in().close();
            undo.keep();
            return new LoggerProgram(linux, output.in(), errors.in(), ready.out());
        }
    }

    /** At once where there is no logger. */
    static void whenReady(Optional<LoggerProgram> logger, Loop loop, Consumer<Optional<String>> action) {
        logger.ifPresentOrElse(program -> program.whenReady(loop, action), () -> action.accept(Optional.empty()));
    }

    private void whenReady(Loop loop, Consumer<Optional<String>> action) {
        Loop.Watch[] watch = new Loop.Watch[1];
        Loop.Timer patience = loop.after(PATIENCE_MILLIS, () -> {
            watch[0].close();
            action.accept(Optional.of("the logger did not say within " + PATIENCE_MILLIS + " ms that it is ready"));
        });
        watch[0] = loop.watch(ready, POLLIN, events -> {
            patience.cancel();
            watch[0].close();
            ready.close();
            action.accept(Optional.empty());
        });
    }

    /** For the shim itself to write what comes from a terminal, where there is no stderr. */
    Output ofTerminal() {
        errors.close();
        linux.files.fcntl(output, F_SETFL, linux.files.fcntl(output, F_GETFL, 0) | O_NONBLOCK);
        return Output.piped(output);
    }

    @Override
    public void close() {
        output.close();
        errors.close();
        ready.close();
    }
}
