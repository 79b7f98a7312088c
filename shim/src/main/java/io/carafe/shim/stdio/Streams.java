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

/** Three streams without a terminal, which the process has to itself: FIFOs, files, or a logger's. */
public final class Streams implements Stdio {

    private final Loop loop;
    private final Optional<LoggerProgram> logger;
    private final Input input;
    private final Output output;
    private final Output errors;

    private Streams(Loop loop, Optional<LoggerProgram> logger, Input input, Output output, Output errors) {
        this.loop = loop;
        this.logger = logger;
        this.input = input;
        this.output = output;
        this.errors = errors;
    }

    /**
     * FIFOs, or a file for both outputs.
     *
     * @param logger who gets both instead
     * @param options who is to own the FIFOs
     */
    public static Stdio open(Linux linux, Loop loop, StdioUris uris, Optional<LoggerProgram> logger, Options options) {
        try (Undo undo = new Undo()) {
            logger.ifPresent(program -> undo.onFailure(program::close));
            Input input = undo.onFailure(Input.open(linux, loop, uris.stdin()), Input::close);
            Output output = undo.onFailure(logger.map(program -> Output.piped(program.output()))
                    .orElseGet(() -> Output.open(linux, "stdout", uris.stdout(), 0)), Output::close);
            Output errors = undo.onFailure(logger.map(program -> Output.piped(program.errors()))
                    .orElseGet(() -> Output.open(linux, "stderr", uris.isFile() ? uris.stdout() : uris.stderr(), 0)), Output::close);
            if (logger.isEmpty() && (options.ioUid() != 0 || options.ioGid() != 0)) {
                for (Fd stream : List.of(input.stream(), output.stream(), errors.stream())) {
                    own(linux, stream, options);
                }
            }
            undo.keep();
            return new Streams(loop, logger, input, output, errors);
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
        LoggerProgram.whenReady(logger, loop, action);
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
        logger.ifPresent(LoggerProgram::close);
    }
}
