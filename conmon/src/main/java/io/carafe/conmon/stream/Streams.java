package io.carafe.conmon.stream;

import io.carafe.linux.Fd;
import java.util.List;
import java.util.Optional;

/** The three streams of a process, the runtime's side and ours. */
public interface Streams extends AutoCloseable {

    /** stdin, stdout and stderr of the runtime. */
    List<Fd> ofRuntime();

    /** What the runtime is to be told. */
    default Optional<String> consoleSocket() {
        return Optional.empty();
    }

    /** The runtime has them: what is its alone is closed here. */
    void handedOver();

    /** Whether all is there that the runtime was to set up. */
    default boolean isComplete() {
        return true;
    }

    /** What the runtime that has ended has said on its stderr, at most so much. */
    byte[] complaint(int most);

    /** The process runs. */
    void readInto(Outputs outputs);

    /** The process has ended. */
    default void processEnded() {
    }

    default void resize(int rows, int columns) {
    }

    @Override
    void close();
}
