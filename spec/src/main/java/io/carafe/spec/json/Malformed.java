package io.carafe.spec.json;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;

/** Error texts for a document that is not JSON: jackson's reason, without class names and on one line. */
final class Malformed {

    private static final int LONGEST = 200;

    private Malformed() {
    }

    /** jackson would guess UTF-16 and UTF-32 from a byte order mark or from zero bytes; RFC 8259, section 8.1 has only UTF-8. */
    static void refuseOtherEncodings(byte[] json, int offset, int length) {
        boolean mark = length >= 2 && (json[offset] == (byte) 0xfe && json[offset + 1] == (byte) 0xff
                || json[offset] == (byte) 0xff && json[offset + 1] == (byte) 0xfe);
        for (int i = 0; i < Math.min(length, 4); i++) {
            mark |= json[offset + i] == 0;
        }
        if (mark) {
            throw new SpecException("", "expected JSON in UTF-8, found binary data or another encoding");
        }
    }

    static SpecException document(Exception e) {
        return new SpecException("", "not valid JSON: " + reason(e));
    }

    static SpecException at(JsonParser parser, Exception e) {
        if (e instanceof StreamConstraintsException) {
            // Lengths are limited by the document's; the depth is left, and names made to fall into one place of jackson's table.
            boolean deep = parser.getParsingContext().getNestingDepth() >= JsonReader.MAX_DEPTH;
            return new SpecException(PropertyPath.of(parser.getParsingContext()), deep
                    ? "expected at most " + JsonReader.MAX_DEPTH + " objects and arrays in one another, found more"
                    : "expected names as people give them, found too many that share a hash");
        }
        JsonLocation where = e instanceof JsonProcessingException && ((JsonProcessingException) e).getLocation() != null
                ? ((JsonProcessingException) e).getLocation() : parser.currentLocation();
        return new SpecException(PropertyPath.of(parser.getParsingContext()),
                "not valid JSON at line " + where.getLineNr() + ", column " + where.getColumnNr() + ": " + reason(e));
    }

    private static String reason(Exception e) {
        if (e instanceof JsonEOFException) {
            return "the document ends in the middle";
        }
        String message = e instanceof JsonProcessingException ? ((JsonProcessingException) e).getOriginalMessage() : e.getMessage();
        if (message == null || message.isEmpty()) {
            return "unreadable";
        }
        int end = cut(cut(message.length(), message.indexOf('\n')), message.indexOf(" (not recognized"));
        return Excerpt.plain(Character.toLowerCase(message.charAt(0)) + message.substring(1, end), LONGEST);
    }

    private static int cut(int end, int at) {
        return at < 0 ? end : Math.min(end, at);
    }
}
