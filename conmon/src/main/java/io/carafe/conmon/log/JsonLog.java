package io.carafe.conmon.log;

import io.carafe.conmon.plan.LogPlan;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** docker's json-file: <code>{"log":"text\n","stream":"stdout","time":"2026-11-29T10:00:00.123456789Z"}</code>. What is no UTF-8 becomes U+FFFD. */
final class JsonLog implements Log {

    /** Of a piece of a line, in bytes, as docker has it: one without an end of line is followed by its rest. */
    private static final int MOST = 16 * 1024;
    private static final String HEX = "0123456789abcdef";

    private final SizedLog log;
    private final ByteArrayOutputStream[] begun = {new ByteArrayOutputStream(0), new ByteArrayOutputStream(0)};

    JsonLog(LogFile file, LogPlan plan) {
        this.log = new SizedLog(file, plan);
    }

    @Override
    public void write(Origin origin, byte[] bytes, int start, int count) {
        ByteArrayOutputStream line = begun[origin.ordinal()];
        for (int i = start; i < start + count; i++) {
            line.write(bytes[i]);
            // Not between the bytes of a character.
            if (bytes[i] == '\n' || line.size() >= MOST && (i + 1 == start + count || (bytes[i + 1] & 0xc0) != 0x80)) {
                put(origin, line);
            }
        }
        log.flush();
    }

    @Override
    public void end() {
        for (Origin origin : Origin.values()) {
            if (begun[origin.ordinal()].size() > 0) {
                put(origin, begun[origin.ordinal()]);
            }
        }
        log.flush();
    }

    private void put(Origin origin, ByteArrayOutputStream content) {
        StringBuilder text = new StringBuilder("{\"log\":\"");
        append(text, decoded(content.toByteArray()));
        text.append("\",\"stream\":\"").append(origin.text).append("\",\"time\":\"").append(Instant.now()).append("\"}\n");
        content.reset();
        byte[] line = text.toString().getBytes(StandardCharsets.UTF_8);
        if (log.begin(line.length)) {
            log.line().writeBytes(line);
        }
    }

    private static CharSequence decoded(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        CharBuffer text = CharBuffer.allocate(bytes.length);
        decoder.decode(ByteBuffer.wrap(bytes), text, true);
        decoder.flush(text);
        return text.flip();
    }

    private static void append(StringBuilder out, CharSequence text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c == '\n' || c == '\r' || c == '\t') {
                out.append('\\').append(c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
            } else if (c < ' ' || c == '<' || c == '>' || c == '&' || c == '\u2028' || c == '\u2029') { // as Go's encoder quotes
                out.append("\\u").append(HEX.charAt(c >> 12)).append(HEX.charAt(c >> 8 & 0xf)).append(HEX.charAt(c >> 4 & 0xf))
                        .append(HEX.charAt(c & 0xf));
            } else {
                out.append(c);
            }
        }
    }

    @Override
    public void reopen() {
        log.beginAnew();
    }

    @Override
    public void sync() {
        log.sync();
    }

    @Override
    public void close() {
        log.close();
    }
}
