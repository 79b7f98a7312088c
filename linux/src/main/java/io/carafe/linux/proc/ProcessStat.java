package io.carafe.linux.proc;

import java.util.List;

/**
 * What /proc/PID/stat says of a process (proc_pid_stat(5)).
 *
 * @param state one letter, as R, S or Z
 * @param startTime in clock ticks since boot; with the pid it names a process for ever
 */
public record ProcessStat(char state, long startTime) {

    /** Fields are counted from 1 by the manual; the name, which may hold anything, ends at the last parenthesis. */
    private static final int STATE = 3;
    private static final int START_TIME = 22;

    /** @throws ProcTextException for another form */
    public static ProcessStat parse(String text) {
        return Lines.one("/proc/PID/stat", text, line -> {
            List<String> fields = Fields.of(line.substring(line.lastIndexOf(')') + 1).strip());
            return new ProcessStat(fields.get(0).charAt(0), Long.parseLong(fields.get(START_TIME - STATE)));
        });
    }

    /** Neither a zombie nor on its way out. */
    public boolean isAlive() {
        return state != 'Z' && state != 'X';
    }
}
