package io.carafe.conformance.requirement;

/** How much the specification asks: the words of RFC 2119. */
public enum Level {
    MUST("MUST", true),
    MUST_NOT("MUST NOT", true),
    REQUIRED("REQUIRED", true),
    SHALL("SHALL", true),
    SHOULD("SHOULD", false),
    SHOULD_NOT("SHOULD NOT", false);

    public final String words;
    /** A runtime that does not meet it is not compliant. */
    public final boolean absolute;

    Level(String words, boolean absolute) {
        this.words = words;
        this.absolute = absolute;
    }

    static Level named(String words) {
        for (Level level : values()) {
            if (level.words.equals(words)) {
                return level;
            }
        }
        throw new IllegalArgumentException("no level: " + words);
    }
}
