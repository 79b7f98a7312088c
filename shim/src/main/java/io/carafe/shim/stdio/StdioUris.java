package io.carafe.shim.stdio;

import io.carafe.shim.name.AbsolutePath;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What containerd says about a process's streams. Each is empty, the path of a FIFO, {@code file:///path}, or a program that is
 * to get it, {@code binary:///path?key=value}; one of {@code binary-v2:///path} (containerd 2.3) must say that it is ready.
 */
public record StdioUris(String stdin, String stdout, String stderr, boolean terminal) {

    private static final String FILE = "file";
    private static final String BINARY = "binary";
    private static final String BINARY_V2 = "binary-v2";

    /**
     * The same, once each of them is seen to be one of those.
     *
     * @throws IllegalArgumentException for another scheme, and for a path that is not absolute, has {@code ..} in it or cannot be decoded
     */
    public StdioUris checked() {
        requireKnown("stdin", stdin, List.of(""));
        requireKnown("stdout", stdout, List.of("", FILE, BINARY, BINARY_V2));
        requireKnown("stderr", stderr, isBinary() ? List.of("", scheme(stdout)) : List.of("", FILE));
        return this;
    }

    private static void requireKnown(String property, String uri, List<String> known) {
        if (uri.isEmpty()) {
            return;
        }
        String scheme = scheme(uri);
        if (!known.contains(scheme)) {
            StringBuilder expected = new StringBuilder("the path of a FIFO");
            known.stream().filter(name -> !name.isEmpty()).forEach(name -> expected.append(", or ").append(name).append(":///PATH"));
            throw new IllegalArgumentException(property + ": expected " + expected + ", found the scheme \"" + scheme + "\" in \"" + uri + '"');
        }
        AbsolutePath.of(property, path(uri));
        if (!scheme.equals(FILE)) {
            query(uri);
        }
    }

    /** Whether a program gets what the process writes. */
    public boolean isBinary() {
        return scheme(stdout).equals(BINARY) || saysWhenReady(stdout);
    }

    /** Whether the end of a logger that has not said that it is ready is a failure. */
    static boolean saysWhenReady(String uri) {
        return scheme(uri).equals(BINARY_V2);
    }

    /** Whether a file does, both streams of it. */
    boolean isFile() {
        return isFile(stdout);
    }

    static boolean isFile(String uri) {
        return scheme(uri).equals(FILE);
    }

    /** As of a URL, in small letters: a letter first, then letters, digits and {@code + - .} up to a colon; empty for a bare path. */
    private static String scheme(String uri) {
        for (int i = 0; i < uri.length(); i++) {
            char c = uri.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (c == ':') {
                return uri.substring(0, i).toLowerCase(Locale.ROOT);
            }
            if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
                return "";
            }
        }
        return "";
    }

    /** Of a URL what is behind the scheme, the two slashes and the place of a host, which is empty. */
    static String path(String uri) {
        String scheme = scheme(uri);
        if (scheme.isEmpty()) {
            return uri;
        }
        String rest = uri.substring(scheme.length() + 1);
        rest = rest.startsWith("//") ? rest.substring(2) : rest;
        return decoded(before('?', before('#', rest)));
    }

    /** The keys and values of the query, one after the other, as a logger gets them for arguments. */
    static List<String> query(String uri) {
        List<String> words = new ArrayList<>();
        String whole = before('#', uri);
        int start = whole.indexOf('?');
        if (start < 0) {
            return words;
        }
        for (String pair : whole.substring(start + 1).split("&")) {
            int equals = pair.indexOf('=');
            words.add(decoded(equals < 0 ? pair : pair.substring(0, equals)));
            if (equals >= 0 && equals + 1 < pair.length()) {
                words.add(decoded(pair.substring(equals + 1).replace('+', ' ')));
            }
        }
        return words;
    }

    private static String before(char end, String text) {
        int at = text.indexOf(end);
        return at < 0 ? text : text.substring(0, at);
    }

    /** @throws IllegalArgumentException for a {@code %} without two digits behind it, and for {@code %00}, which would end a path early */
    private static String decoded(String text) {
        if (text.indexOf('%') < 0) {
            return text;
        }
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ByteArrayOutputStream plain = new ByteArrayOutputStream(bytes.length);
        for (int i = 0; i < bytes.length; i++) {
            int value = bytes[i];
            if (value == '%') {
                int high = i + 2 < bytes.length ? Character.digit(bytes[i + 1], 16) : -1;
                int low = high < 0 ? -1 : Character.digit(bytes[i + 2], 16);
                value = high << 4 | low;
                if (low < 0 || value == 0) {
                    throw new IllegalArgumentException("expected %01 to %ff, found something else behind a % in \"" + text + '"');
                }
                i += 2;
            }
            plain.write(value);
        }
        return new String(plain.toByteArray(), StandardCharsets.UTF_8);
    }
}
