package io.carafe.shim.stdio;

import io.carafe.shim.logger.CriLog;
import io.carafe.shim.logger.LoggerProgram;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.name.StreamUri;
import java.util.List;

/**
 * What containerd says about a process's streams. Each is empty, the path of a FIFO, {@code file:///path}, or a program that is
 * to get it, {@code binary:///path?key=value}; one of {@code binary-v2:///path} (containerd 2.3) must say that it is ready. Our own is the
 * log of Kubernetes, {@code cri:///path}.
 */
public record StdioUris(String stdin, String stdout, String stderr, boolean terminal) {

    private static final String FILE = "file";

    /**
     * The same, once each of them is seen to be one of those.
     *
     * @throws IllegalArgumentException for another scheme, and for a path that is not absolute, has {@code ..} in it or cannot be decoded
     */
    public StdioUris checked() {
        requireKnown("stdin", stdin, List.of(""));
        requireKnown("stdout", stdout, List.of("", FILE, LoggerProgram.SCHEME, LoggerProgram.SCHEME_OF_V2, CriLog.SCHEME));
        requireKnown("stderr", stderr, isBinary() || isCriLog() ? List.of("", StreamUri.scheme(stdout)) : List.of("", FILE));
        if (isCriLog()) {
            CriLog.checked(stdout);
            if (!stderr.isEmpty() && !stderr.equals(stdout)) {
                throw new IllegalArgumentException("stderr: expected the log of stdout, as both go to one, found \"" + stderr + '"');
            }
        }
        return this;
    }

    private static void requireKnown(String property, String uri, List<String> known) {
        if (uri.isEmpty()) {
            return;
        }
        String scheme = StreamUri.scheme(uri);
        if (!known.contains(scheme)) {
            StringBuilder expected = new StringBuilder("the path of a FIFO");
            known.stream().filter(name -> !name.isEmpty()).forEach(name -> expected.append(", or ").append(name).append(":///PATH"));
            throw new IllegalArgumentException(property + ": expected " + expected + ", found the scheme \"" + scheme + "\" in \"" + uri + '"');
        }
        AbsolutePath.of(property, StreamUri.path(uri));
        if (!scheme.equals(FILE)) {
            StreamUri.query(uri);
        }
    }

    /** Whether a program gets what the process writes. */
    public boolean isBinary() {
        String scheme = StreamUri.scheme(stdout);
        return scheme.equals(LoggerProgram.SCHEME) || scheme.equals(LoggerProgram.SCHEME_OF_V2);
    }

    /** Whether the shim writes Kubernetes' log of both. */
    public boolean isCriLog() {
        return StreamUri.scheme(stdout).equals(CriLog.SCHEME);
    }

    /** Whether a file does, both streams of it. */
    boolean isFile() {
        return isFile(stdout);
    }

    static boolean isFile(String uri) {
        return StreamUri.scheme(uri).equals(FILE);
    }
}
