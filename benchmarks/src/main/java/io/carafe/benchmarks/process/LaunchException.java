package io.carafe.benchmarks.process;

import java.util.List;

/** A program that could not be started, or that failed. The message has the command and what it said. */
public final class LaunchException extends RuntimeException {

    private final String why;

    public LaunchException(List<String> command, String why) {
        super(String.join(" ", command) + ": " + why);
        this.why = why;
    }

    /** The message without the command. */
    public String why() {
        return why;
    }
}
