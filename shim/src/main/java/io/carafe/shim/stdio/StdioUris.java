package io.carafe.shim.stdio;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What containerd says about a process's streams. Each is empty, the path of a FIFO, {@code binary:///path?key=value} or {@code file:///path}. */
public record StdioUris(String stdin, String stdout, String stderr, boolean terminal) {

    private static final String SEPARATOR = "://";

    /** As of a URL: empty for a bare path. */
    static String scheme(String uri) {
        int end = separator(uri);
        return end < 0 ? "" : uri.substring(0, end);
    }

    /** What stands behind a question mark is no scheme's. @return -1: a bare path */
    private static int separator(String uri) {
        int separator = uri.indexOf(SEPARATOR);
        int query = uri.indexOf('?');
        return query >= 0 && query < separator ? -1 : separator;
    }

    static String path(String uri) {
        int start = separator(uri);
        if (start < 0) {
            return uri;
        }
        int end = uri.indexOf('?');
        return decoded(uri.substring(start + SEPARATOR.length(), end < 0 ? uri.length() : end));
    }

    /** The keys and values of the query, one after the other, as a logger gets them for arguments. */
    static List<String> query(String uri) {
        List<String> words = new ArrayList<>();
        int start = uri.indexOf('?');
        if (start < 0) {
            return words;
        }
        for (String pair : uri.substring(start + 1).split("&")) {
            int equals = pair.indexOf('=');
            words.add(decoded(equals < 0 ? pair : pair.substring(0, equals)));
            if (equals >= 0 && equals + 1 < pair.length()) {
                words.add(decoded(pair.substring(equals + 1).replace('+', ' ')));
            }
        }
        return words;
    }

    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int high = bytes[i] == '%' && i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
            int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
            plain.write(low < 0 ? bytes[i] : high << 4 | low);
            i += low < 0 ? 0 : 2;
        }
        return new String(plain.toByteArray(), StandardCharsets.UTF_8);
    }
}
