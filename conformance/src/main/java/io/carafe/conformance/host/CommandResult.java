package io.carafe.conformance.host;

import java.util.List;

/**
 * The exit code and the output of a command.
 *
 * @param code the exit code; {@link #TIMED_OUT} when it did not end in time
 */
public record CommandResult(List<String> command, int code, String out, String err) {

    /** The exit code of a command that does not end. */
    public static final int TIMED_OUT = -1;

    public boolean succeeded() {
        return code == 0;
    }

    /** It ended by itself and said that it failed. */
    public boolean failed() {
        return code > 0;
    }

    /** The last line of stderr: the runtime's own words. */
    public String message() {
        return err.lines().filter(line -> !line.isBlank()).reduce((first, last) -> last).orElse("");
    }

    public String outcome() {
        return code == TIMED_OUT ? "does not end" : "exit " + code;
    }

    @Override
    public String toString() {
        return "$ " + String.join(" ", command) + "\n" + outcome() + (out.isBlank() ? "" : "\nstdout: " + out.strip())
                + (err.isBlank() ? "" : "\nstderr: " + err.strip());
    }
}
