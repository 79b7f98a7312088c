package io.carafe.shim.name;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Where a stream goes, as a client writes it: a bare path, or a URL of the form {@code scheme:///path?key=value}. */
public final class StreamUri {

    private StreamUri() {
    }

    /** As of a URL, in small letters: a letter first, then letters, digits and {@code + - .} up to a colon; empty for a bare path. */
    public static String scheme(String uri) {
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
    public static String path(String uri) {
        String scheme = scheme(uri);
        if (scheme.isEmpty()) {
            return uri;
        }
        String rest = uri.substring(scheme.length() + 1);
        rest = rest.startsWith("//") ? rest.substring(2) : rest;
        return decoded(before('?', before('#', rest)));
    }

    /** The keys and values of the query, one after the other, as a logger gets them for arguments. */
    public static List<String> query(String uri) {
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
