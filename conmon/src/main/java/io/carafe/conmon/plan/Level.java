package io.carafe.conmon.plan;

import java.util.Locale;

/** What is told on stderr: this and what is worse. */
public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG;

    /** By conmon's words, in any case. */
    static Level named(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "error", "fatal", "panic" -> ERROR;
            case "warn", "warning" -> WARN;
            case "info" -> INFO;
            case "debug", "trace" -> DEBUG;
            default -> throw new IllegalArgumentException("No such log level " + text);
        };
    }
}
