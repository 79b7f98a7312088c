package io.carafe.runtime.image.tar;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;

/** Writes tars as a stranger may: nothing is checked. */
public final class TarWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public TarWriter directory(String name, int mode) {
        return entry('5', name, "", mode, 0, 0, new byte[0], 0, 0);
    }

    public TarWriter file(String name, String content) {
        return entry('0', name, "", 0644, 0, 0, content.getBytes(StandardCharsets.UTF_8), 0, 0);
    }

    public TarWriter file(String name, int mode, int uid, int gid, byte[] content) {
        return entry('0', name, "", mode, uid, gid, content, 0, 0);
    }

    public TarWriter symbolicLink(String name, String target) {
        return entry('2', name, target, 0777, 0, 0, new byte[0], 0, 0);
    }

    public TarWriter hardLink(String name, String target) {
        return entry('1', name, target, 0644, 0, 0, new byte[0], 0, 0);
    }

    public TarWriter device(char type, String name, int major, int minor) {
        return entry(type, name, "", 0644, 0, 0, new byte[0], major, minor);
    }

    /** PAX records for the next entry. */
    public TarWriter pax(Map<String, byte[]> records) {
        return extended('x', records);
    }

    /** PAX records for all entries that follow. */
    public TarWriter global(Map<String, byte[]> records) {
        return extended('g', records);
    }

    private TarWriter extended(char type, Map<String, byte[]> records) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        records.forEach((key, value) -> {
            int rest = key.getBytes(StandardCharsets.UTF_8).length + value.length + 3;
            int length = rest + Integer.toString(rest).length();
            length = rest + Integer.toString(length).length();
            content.writeBytes((length + " " + key + "=").getBytes(StandardCharsets.UTF_8));
            content.writeBytes(value);
            content.write('\n');
        });
        return entry(type, "PaxHeaders/x", "", 0644, 0, 0, content.toByteArray(), 0, 0);
    }

    public TarWriter entry(char type, String name, String link, int mode, int uid, int gid, byte[] content, int major, int minor) {
        byte[] header = new byte[512];
        put(header, 0, 100, name);
        octal(header, 100, 8, mode);
        octal(header, 108, 8, uid);
        octal(header, 116, 8, gid);
        octal(header, 124, 12, content.length);
        octal(header, 136, 12, 1_000_000_000);
        header[156] = (byte) type;
        put(header, 157, 100, link);
        put(header, 257, 8, "ustar\00000");
        octal(header, 329, 8, major);
        octal(header, 337, 8, minor);
        return block(header).raw(content);
    }

    /** A header as it is, with the right checksum. */
    public TarWriter block(byte[] header) {
        Arrays.fill(header, 148, 156, (byte) ' ');
        int sum = 0;
        for (byte b : header) {
            sum += b & 0xff;
        }
        octal(header, 148, 8, sum);
        out.writeBytes(header);
        return this;
    }

    /** Content, filled up to whole blocks. */
    public TarWriter raw(byte[] content) {
        out.writeBytes(content);
        out.writeBytes(new byte[-content.length & 511]);
        return this;
    }

    public byte[] end() {
        out.writeBytes(new byte[1024]);
        return out.toByteArray();
    }

    private static void octal(byte[] header, int at, int length, long value) {
        String digits = Long.toOctalString(value);
        put(header, at, length, "0".repeat(length - 1 - digits.length()) + digits);
    }

    private static void put(byte[] header, int at, int length, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, Math.min(length, bytes.length));
    }
}
