package io.carafe.runtime.image.tar;

import io.carafe.runtime.image.blob.ImageException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** Names in archives are bytes; those of the house are texts, so only such names pass as can be written again as they were. */
final class Utf8 {

    private Utf8() {
    }

    static String text(byte[] bytes, int offset, int length) {
        String text;
        try {
            text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes, offset, length)).toString();
        } catch (CharacterCodingException e) {
            throw new ImageException("expected names in UTF-8, found \""
                    + new String(bytes, offset, length, StandardCharsets.ISO_8859_1) + "\" (shown as ISO-8859-1)");
        }
        if (text.indexOf('\0') >= 0) {
            throw new ImageException("expected names without NUL, found \"" + text.replace('\0', '?') + "\"");
        }
        return text;
    }
}
