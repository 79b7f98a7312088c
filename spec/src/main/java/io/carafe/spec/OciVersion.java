package io.carafe.spec;

import io.carafe.spec.json.Excerpt;

/**
 * A version of the runtime-spec, in the form of Semantic Versioning 2.0.0.
 *
 * @param text the whole version as it was written
 * @param major which interface: this library understands 1
 * @see "semver.org 2.0.0, rules 2, 9 and 10"
 */
public record OciVersion(String text, int major, int minor, int patch) {

    /** The oldest version that this library reads. */
    public static final OciVersion MINIMUM = new OciVersion("1.0.0", 1, 0, 0);

    /** The version that this library implements and writes. */
    public static final OciVersion CURRENT = new OciVersion("1.3.0", 1, 3, 0);

    /**
     * Reads {@code MAJOR.MINOR.PATCH[-PRERELEASE][+BUILD]}.
     *
     * @throws IllegalArgumentException when the text is anything else; the message has no subject
     */
    public static OciVersion parse(String text) {
        int core = 0;
        while (core < text.length() && text.charAt(core) != '-' && text.charAt(core) != '+') {
            core++;
        }
        int first = text.indexOf('.');
        int second = text.indexOf('.', first + 1);
        if (first < 0 || second < 0 || second > core) {
            throw malformed(text);
        }
        int plus = text.indexOf('+', core);
        int preReleaseEnd = plus < 0 ? text.length() : plus;
        if (core < preReleaseEnd && !identifiers(text, core + 1, preReleaseEnd, false)
                || plus >= 0 && !identifiers(text, plus + 1, text.length(), true)) {
            throw malformed(text);
        }
        return new OciVersion(text, number(text, 0, first), number(text, first + 1, second), number(text, second + 1, core));
    }

    /** Newer minor versions only add properties, and unknown properties are ignored; so every 1.x can be read. */
    public boolean isUnderstood() {
        return major == CURRENT.major;
    }

    @Override
    public String toString() {
        return text;
    }

    private static int number(String text, int from, int to) {
        // Nine digits fit an int; no version of anything has had more.
        if (from == to || to - from > 9 || text.charAt(from) == '0' && to - from > 1) {
            throw malformed(text);
        }
        int value = 0;
        for (int i = from; i < to; i++) {
            if (!digit(text.charAt(i))) {
                throw malformed(text);
            }
            value = value * 10 + text.charAt(i) - '0';
        }
        return value;
    }

    /** Identifiers between dots: not empty, of [0-9A-Za-z-]; in a pre-release a number has no leading zero. */
    private static boolean identifiers(String text, int from, int to, boolean leadingZeros) {
        int start = from;
        boolean numeric = true;
        for (int i = from; i <= to; i++) {
            if (i == to || text.charAt(i) == '.') {
                if (i == start || !leadingZeros && numeric && i - start > 1 && text.charAt(start) == '0') {
                    return false;
                }
                start = i + 1;
                numeric = true;
            } else {
                char c = text.charAt(i);
                if (!digit(c)) {
                    numeric = false;
                    if ((c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-') {
                        return false;
                    }
                }
            }
        }
        return true;
    }

    private static boolean digit(char c) {
        return c >= '0' && c <= '9';
    }

    private static IllegalArgumentException malformed(String text) {
        return new IllegalArgumentException("expected a version in SemVer 2.0.0 format such as " + CURRENT.text
                + ", found " + Excerpt.quoted(text));
    }
}
