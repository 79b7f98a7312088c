package io.carafe.shim.logger;

import io.carafe.linux.Fd;
import java.util.Optional;
import java.util.function.Consumer;

/** Who gets what a process writes, by pipes, in the place of FIFOs. */
public interface Logger extends AutoCloseable {

    /** What stdout is to be. */
    Fd output();

    /** What stderr is to be. */
    Fd errors();

    /** In the place of both, for the shim itself to write what comes from a terminal, where there is no stderr: it does not block. */
    Fd ofTerminal();

    /** @param action gets why there will be none, or nothing */
    void whenReady(Consumer<Optional<String>> action);

    /** When all has been taken; the process has ended. What stays of it is waited for a while. */
    void whenEnded(Runnable action);

    @Override
    void close();

    /** At once where there is no logger. */
    static void whenReady(Optional<Logger> logger, Consumer<Optional<String>> action) {
        logger.ifPresentOrElse(one -> one.whenReady(action), () -> action.accept(Optional.empty()));
    }

    /** At once where there is no logger. */
    static void whenEnded(Optional<Logger> logger, Runnable action) {
        logger.ifPresentOrElse(one -> one.whenEnded(action), action);
    }
}
