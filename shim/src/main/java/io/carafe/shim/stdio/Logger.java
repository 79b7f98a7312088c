package io.carafe.shim.stdio;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A process without a terminal that writes straight to a logger. */
public final class Logger implements Stdio {

    private final Loop loop;
    private final Input input;
    private final LoggerProgram program;

    private Logger(Loop loop, Input input, LoggerProgram program) {
        this.loop = loop;
        this.input = input;
        this.program = program;
    }

    public static Stdio open(Linux linux, Loop loop, StdioUris uris, LoggerProgram program) {
        try (Undo undo = new Undo()) {
            undo.onFailure(program::close);
            Input input = Input.open(linux, loop, uris.stdin());
            undo.keep();
            return new Logger(loop, input, program);
        }
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        program.whenReady(loop, action);
    }

    @Override
    public List<Fd> streams() {
        return List.of(input.stream(), program.output(), program.errors());
    }

    @Override
    public void closeStdin() {
        input.end();
    }

    @Override
    public void close() {
        input.close();
        program.close();
    }
}
