package io.carafe.shim.stdio;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Options;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** Three streams without a terminal, which the process has to itself. */
public final class Streams implements Stdio {

    private final Input input;
    private final Output output;
    private final Output errors;

    private Streams(Input input, Output output, Output errors) {
        this.input = input;
        this.output = output;
        this.errors = errors;
    }

    /** FIFOs, or a file for both outputs. @param options who is to own them */
    public static Stdio open(Linux linux, Loop loop, StdioUris uris, Options options) {
        boolean file = StdioUris.scheme(uris.stdout()).equals("file");
        try (Undo undo = new Undo()) {
            Input input = undo.onFailure(Input.open(linux, loop, uris.stdin()), Input::close);
            Output output = undo.onFailure(Output.open(linux, uris.stdout(), 0), Output::close);
            Output errors = undo.onFailure(Output.open(linux, file ? uris.stdout() : uris.stderr(), 0), Output::close);
            if (options.ioUid() != 0 || options.ioGid() != 0) {
                for (Fd stream : List.of(input.stream(), output.stream(), errors.stream())) {
                    own(linux, stream, options);
                }
            }
            undo.keep();
            return new Streams(input, output, errors);
        }
    }

    /** Not /dev/null, which is everybody's, nor a file of logs. */
    private static void own(Linux linux, Fd stream, Options options) {
        if (linux.files.fstat(stream).type() == FileFlags.S_IFIFO) {
            linux.files.fchown(stream, options.ioUid(), options.ioGid());
        }
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        action.accept(Optional.empty());
    }

    @Override
    public List<Fd> streams() {
        return List.of(input.stream(), output.stream(), errors.stream());
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
    }
}
