package io.carafe.shim.stdio;

import io.carafe.linux.Fd;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The standard streams of one process, from before it is created until it is deleted. */
public interface Stdio extends AutoCloseable {

    /** When the streams can be used, or why they cannot: a logger says that it is ready. */
    void whenReady(Consumer<Optional<String>> action);

    /** What the runtime is to have as stdin, stdout and stderr. */
    List<Fd> streams();

    /** Where the runtime is to send the terminal, if there is one; relative to the bundle, since a socket's path must be short. */
    default Optional<String> consoleSocket() {
        return Optional.empty();
    }

    /** The runtime has the streams: ours would keep readers from seeing the end. */
    default void handedOver() {
        streams().forEach(Fd::close);
    }

    /** The process runs. */
    default void started() {
    }

    /** The process has ended. */
    default void ended() {
    }

    void closeStdin();

    /** In characters; of a terminal that has ended it is passed over. @throws CallException where there is no terminal */
    default void resize(int columns, int rows) {
        throw new CallException(Code.FAILED_PRECONDITION, "the process has no terminal");
    }

    /** When what the process wrote has gone out, or is not taken; the process has ended. */
    default void whenDrained(Runnable action) {
        action.run();
    }

    /** Lets go of all. What a process wrote that has not been read is gone then. */
    @Override
    void close();
}
