package io.carafe.shim.stdio;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;

import io.carafe.linux.Fd;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.shim.logger.Logger;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Options;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** Three streams without a terminal, which the process has to itself: FIFOs, files, or a logger's. */
public final class Streams implements Stdio {

    private final Loop loop;
    private final Optional<Logger> logger;
    private final Input input;
    private final Output output;
    private final Output errors;
    private final List<Relay> relays;

    private Streams(Loop loop, Optional<Logger> logger, Input input, Output output, Output errors, List<Relay> relays) {
        this.loop = loop;
        this.logger = logger;
        this.input = input;
        this.output = output;
        this.errors = errors;
        this.relays = relays;
    }

    /**
     * FIFOs, or a file for both outputs.
     *
     * @param further whether something of the process may outlive it: then what it writes goes to a FIFO by a {@link Relay}
     * @param logger who gets both instead
     * @param options who is to own the FIFOs
     */
    public static Stdio open(Linux linux, Loop loop, StdioUris uris, boolean further, Optional<Logger> logger, Options options) {
        try (Undo undo = new Undo()) {
            logger.ifPresent(one -> undo.onFailure(one::close));
            List<Relay> relays = new ArrayList<>(2);
            UnaryOperator<Output> way = out -> further && out.mayBeFull() ? relayed(linux, loop, out, relays, undo) : out;
            int flags = further ? O_NONBLOCK : 0;
            Input input = undo.onFailure(Input.open(linux, loop, uris.stdin()), Input::close);
            Output output = undo.onFailure(logger.map(one -> Output.piped(one.output()))
                    .orElseGet(() -> way.apply(Output.open(linux, "stdout", uris.stdout(), flags))), Output::close);
            Output errors = undo.onFailure(logger.map(one -> Output.piped(one.errors()))
                    .orElseGet(() -> way.apply(Output.open(linux, "stderr", uris.isFile() ? uris.stdout() : uris.stderr(), flags))),
                    Output::close);
            if (logger.isEmpty() && (options.ioUid() != 0 || options.ioGid() != 0)) {
                for (Fd stream : List.of(input.stream(), output.stream(), errors.stream())) {
                    own(linux, stream, options);
                }
            }
            undo.keep();
            return new Streams(loop, logger, input, output, errors, relays);
        }
    }

    private static Output relayed(Linux linux, Loop loop, Output fifo, List<Relay> relays, Undo undo) {
        Relay relay = undo.onFailure(Relay.open(linux, loop, fifo), Relay::close);
        relays.add(relay);
        return relay.output();
    }

    /** Not /dev/null, which is everybody's, nor a file of logs. */
    private static void own(Linux linux, Fd stream, Options options) {
        if (linux.files.fstat(stream).type() == FileFlags.S_IFIFO) {
            linux.files.fchown(stream, options.ioUid(), options.ioGid());
        }
    }

    @Override
    public void whenReady(Consumer<Optional<String>> action) {
        Logger.whenReady(logger, action);
    }

    @Override
    public List<Fd> streams() {
        return List.of(input.stream(), output.stream(), errors.stream());
    }

    @Override
    public void started() {
        input.started();
    }

    @Override
    public void closeStdin() {
        input.end();
    }

    /** A FIFO has all of it when all who could write have gone, and a logger when it has ended. */
    @Override
    public void whenDrained(Runnable action) {
        Relay.whenEnded(loop, relays, () -> Logger.whenEnded(logger, action));
    }

    @Override
    public void close() {
        input.close();
        output.close();
        errors.close();
        relays.forEach(Relay::close);
        logger.ifPresent(Logger::close);
    }
}
