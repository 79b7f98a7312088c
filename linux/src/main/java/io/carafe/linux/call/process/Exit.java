package io.carafe.linux.call.process;

/**
 * How a process ended, from waitid(2).
 *
 * @param status the exit code, or the signal's number where a signal ended it
 */
public record Exit(int pid, boolean signalled, int status) {

    private static final int SIGNAL_BASE = 128;

    /** The code as a shell reports it: 128 plus the signal if a signal ended the process. */
    public int code() {
        return signalled ? SIGNAL_BASE + status : status;
    }
}
