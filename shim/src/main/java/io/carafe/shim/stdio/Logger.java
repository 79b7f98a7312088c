package io.carafe.shim.stdio;

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
 */
public final class Logger implements Stdio {

    private static final long PATIENCE_MILLIS = 10_000;

    private final Loop loop;
    private final Input input;
    private final Pipe output;
    private final Pipe errors;
    private final Pipe ready;

    private Logger(Loop loop, Input input, Pipe output, Pipe errors, Pipe ready) {
        this.loop = loop;
        this.input = input;
        this.output = output;
        this.errors = errors;
        this.ready = ready;
    }

    public static Stdio start(Linux linux, Loop loop, Children children, StdioUris uris, String namespace, String id, String bundle) {
        try (Undo undo = new Undo(); Fd nothing = linux.files.open("/dev/null", O_RDWR)) {
            Input input = undo.onFailure(Input.open(linux, loop, uris.stdin()), Input::close);
            Pipe output = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe errors = undo.onFailure(linux.files.pipe(), Pipe::close);
            Pipe ready = undo.onFailure(linux.files.pipe(), Pipe::close);
            String path = StdioUris.path(uris.stdout());
            List<String> args = new ArrayList<>(List.of(path));
            args.addAll(StdioUris.query(uris.stdout()));
            List<String> env = Environment.all();
            env.add("CONTAINER_ID=" + id);
            env.add("CONTAINER_NAMESPACE=" + namespace);
            children.start(new Program(path, args, env, bundle,
                    List.of(nothing, nothing, nothing, output.out(), errors.out(), ready.in()), false), exit -> { });
            output.out().close();
            errors.out().close();
            ready.in().close();
            undo.keep();
            return new Logger(loop, input, output, errors, ready);
        }
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        Loop.Watch[] watch = new Loop.Watch[1];
        Loop.Timer patience = loop.after(PATIENCE_MILLIS, () -> {
            watch[0].close();
            action.accept(Optional.of("the logger did not say within " + PATIENCE_MILLIS + " ms that it is ready"));
        });
        watch[0] = loop.watch(ready.out(), POLLIN, events -> {
            patience.cancel();
            watch[0].close();
            ready.close();
            action.accept(Optional.empty());
        });
    }

    @Override
    public List<Fd> streams() {
        return List.of(input.stream(), output.in(), errors.in());
    }

    @Override
    public void closeStdin() {
        input.end();
    }

    @Override
    public void close() {
        input.close();
        output.close();
        errors.close();
        ready.close();
    }
}
