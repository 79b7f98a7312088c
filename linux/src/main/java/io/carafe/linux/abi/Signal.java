package io.carafe.linux.abi;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Signals by number, the same on x86_64 and aarch64 (signal(7)). */
public enum Signal {
    SIGHUP(1), SIGINT(2), SIGQUIT(3), SIGILL(4), SIGTRAP(5), SIGABRT(6), SIGBUS(7), SIGFPE(8), SIGKILL(9), SIGUSR1(10),
    SIGSEGV(11), SIGUSR2(12), SIGPIPE(13), SIGALRM(14), SIGTERM(15), SIGSTKFLT(16), SIGCHLD(17), SIGCONT(18), SIGSTOP(19),
    SIGTSTP(20), SIGTTIN(21), SIGTTOU(22), SIGURG(23), SIGXCPU(24), SIGXFSZ(25), SIGVTALRM(26), SIGPROF(27), SIGWINCH(28),
    SIGIO(29), SIGPWR(30), SIGSYS(31);

    /** The last real-time signal: SIGRTMAX. */
    public static final int LAST = 64;

    private static final Map<String, Signal> BY_NAME = new HashMap<>();

    static {
        for (Signal signal : values()) {
            BY_NAME.put(signal.name(), signal);
        }
    }

    public final int number;

    Signal(int number) {
        this.number = number;
    }

    /** A signal's number from its number or its name, with or without SIG, in either case: {@code 9, KILL, sigkill}. */
    public static Optional<Integer> parse(String text) {
        if (isNumber(text)) {
            int number = text.length() > 2 ? LAST + 1 : Integer.parseInt(text);
            return number >= 1 && number <= LAST ? Optional.of(number) : Optional.empty();
        }
        String name = text.toUpperCase(Locale.ROOT);
        return Optional.ofNullable(BY_NAME.get(name.startsWith("SIG") ? name : "SIG" + name)).map(signal -> signal.number);
    }

    private static boolean isNumber(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The bit of a signal in a sigset_t of 64 bits. */
    public static long bit(int number) {
        return 1L << (number - 1);
    }
}
