package io.carafe.linux.proc;

/** A text of /proc that differs from its man page: another file system is mounted there, or the kernel is unknown. */
public final class ProcTextException extends RuntimeException {

    private static final int LONGEST = 100;

    /** @param file as {@code /proc/PID/mountinfo} */
    ProcTextException(String file, String line) {
        super(file + ": expected lines as proc(5) has them, found \"" + shown(line) + '"');
    }

    private static String shown(String line) {
        StringBuilder shown = new StringBuilder();
        for (int i = 0; i < Math.min(line.length(), LONGEST); i++) {
            shown.append(Character.isISOControl(line.charAt(i)) ? '?' : line.charAt(i));
        }
        return shown + (line.length() > LONGEST ? "…" : "");
    }
}
