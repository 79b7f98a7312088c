package io.carafe.linux;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Names of files as texts and back, without loss: to Linux a name is any bytes but NUL and the slash.
 *
 * <p>A container may choose names of files and cgroups that are no UTF-8. carafe must be able to pass them, or it could not remove them.
 */
public final class FileNames {

    /** A byte B that is no UTF-8 is the character LONE + B. */
    private static final char LONE = '\udc00';
    private static final char REPLACEMENT = '\ufffd';
    private static final int FIRST_BYTE = 0x80;
    private static final int LAST_BYTE = 0xff;
    private static final int LONGEST_CHARACTER = 4;

    private FileNames() {
    }

    public static String decode(byte[] name) {
        String utf8 = new String(name, StandardCharsets.UTF_8);
        return utf8.indexOf(REPLACEMENT) < 0 ? utf8 : decodeEach(name);
    }

    private static String decodeEach(byte[] name) {
        StringBuilder text = new StringBuilder(name.length);
        for (int at = 0; at < name.length;) {
            int length = 1;
            String character = character(name, at, length);
            while (character.isEmpty() && length < LONGEST_CHARACTER && at + length < name.length) {
                character = character(name, at, ++length);
            }
            if (character.isEmpty()) {
                text.append((char) (LONE + (name[at++] & LAST_BYTE)));
            } else {
                text.append(character);
                at += length;
            }
        }
        return text.toString();
    }

    /** Some bytes, if they are a character; else empty. */
    private static String character(byte[] name, int from, int length) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name, from, length)).toString();
        } catch (CharacterCodingException e) {
            return "";
        }
    }

    static byte[] encode(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (isLoneByte(text, i)) {
                return encodeEach(text);
            }
        }
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] encodeEach(String text) {
        ByteArrayOutputStream name = new ByteArrayOutputStream(text.length());
        int copied = 0;
        for (int i = 0; i < text.length(); i++) {
            if (isLoneByte(text, i)) {
                name.writeBytes(text.substring(copied, i).getBytes(StandardCharsets.UTF_8));
                name.write(text.charAt(i) - LONE);
                copied = i + 1;
            }
        }
        name.writeBytes(text.substring(copied).getBytes(StandardCharsets.UTF_8));
        return name.toByteArray();
    }

    private static boolean isLoneByte(String text, int at) {
        char c = text.charAt(at);
        return c >= LONE + FIRST_BYTE && c <= LONE + LAST_BYTE && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }
}
