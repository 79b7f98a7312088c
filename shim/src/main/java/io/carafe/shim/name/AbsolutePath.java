package io.carafe.shim.name;

/**
 * A path of the host that somebody names. A relative one would mean another file for each of a shim's processes, which have different
 * working directories, and {@code ..} after a link another one than it seems to.
 */
public final class AbsolutePath {

    private AbsolutePath() {
    }

    /**
     * One that begins with a slash and has no {@code ..}.
     *
     * @param property what it is, for the complaint
     * @return the same
     * @throws IllegalArgumentException for anything else
     */
    public static String of(String property, String text) {
        if (!text.startsWith("/") || ascends(text) || text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(property + ": expected an absolute path without \"..\", found \"" + text + '"');
        }
        return text;
    }

    /** The same, where nothing is fine, too. */
    public static String orEmpty(String property, String text) {
        return text.isEmpty() ? text : of(property, text);
    }

    /** Whether a component of a path is {@code ..}. */
    public static boolean ascends(String path) {
        return ("/" + path + "/").contains("/../");
    }
}
