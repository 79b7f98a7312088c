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

    /** SIGRTMIN as glibc has it, which keeps 32 and 33 for itself (signal(7)). */
    private static final int FIRST_REAL_TIME = 34;

    private static final Map<String, Signal> BY_NAME = new HashMap<>();

    static {
        for (Signal signal : values()) {
            BY_NAME.put(signal.name(), signal);
        }
        BY_NAME.put("SIGCLD", SIGCHLD);
        BY_NAME.put("SIGIOT", SIGABRT);
        BY_NAME.put("SIGPOLL", SIGIO);
    }

    public final int number;

    Signal(int number) {
        this.number = number;
    }

    /**
     * A signal's number from its number or its name, with or without SIG, in either case: {@code 9, KILL, sigkill, RTMIN+3}. 0 is a
     * signal that is not sent, but for which everything is checked (kill(2)).
     */
    public static Optional<Integer> parse(String text) {
        if (isNumber(text)) {
            int number = text.length() > 2 ? LAST + 1 : Integer.parseInt(text);
            return number <= LAST ? Optional.of(number) : Optional.empty();
        }
        String upper = text.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper : "SIG" + upper;
        return name.startsWith("SIGRTM") ? realTime(name) : Optional.ofNullable(BY_NAME.get(name)).map(signal -> signal.number);
    }

    /** {@code SIGRTMIN, SIGRTMIN+1, SIGRTMAX, SIGRTMAX-1}. */
    private static Optional<Integer> realTime(String name) {
        boolean fromMin = name.startsWith("SIGRTMIN");
        if (!fromMin && !name.startsWith("SIGRTMAX")) {
            return Optional.empty();
        }
        int number = fromMin ? FIRST_REAL_TIME : LAST;
        String rest = name.substring("SIGRTMIN".length());
        if (!rest.isEmpty()) {
            String distance = rest.substring(1);
            if (rest.charAt(0) != (fromMin ? '+' : '-') || !isNumber(distance) || distance.length() > 2) {
                return Optional.empty();
            }
            number += fromMin ? Integer.parseInt(distance) : -Integer.parseInt(distance);
        }
        return number >= FIRST_REAL_TIME && number <= LAST ? Optional.of(number) : Optional.empty();
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
