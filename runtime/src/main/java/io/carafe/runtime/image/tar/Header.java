package io.carafe.runtime.image.tar;

import io.carafe.runtime.image.blob.ImageException;

/**
 * One block of 512 bytes as a header.
 *
 * <pre>
 * 0    100  108 116 124  136   148    156  157      257   263     265   297   329   337   345    500
 * name mode uid gid size mtime chksum type linkname magic version uname gname major minor prefix
 * </pre>
 *
 * <p>GNU's (magic {@code "ustar  "}) has no prefix, but from 386 on the first four regions of a sparse file, at 482 whether
 * more follow, at 483 its real size.
 */
final class Header {

    static final int BLOCK = 512;
    private static final int CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int TYPE = 156;
    private static final int MAGIC = 257;
    private static final int PREFIX = 345;

    private final byte[] block;

    private Header(byte[] block) {
        this.block = block;
    }

    /** @throws ImageException when the checksum is wrong */
    static Header of(byte[] block) {
        long unsigned = 0;
        long signed = 0; // as some old tars summed
        for (int i = 0; i < BLOCK; i++) {
            boolean inChecksum = i >= CHECKSUM && i < CHECKSUM + CHECKSUM_LENGTH;
            unsigned += inChecksum ? ' ' : block[i] & 0xff;
            signed += inChecksum ? ' ' : block[i];
        }
        Header header = new Header(block);
        long expected = header.number(CHECKSUM, CHECKSUM_LENGTH, "checksum");
        if (expected != unsigned && expected != signed) {
            throw new ImageException("not a tar, or a damaged one: a header's checksum is " + expected + ", its bytes sum up to " + unsigned);
        }
        return header;
    }

    char type() {
        return (char) (block[TYPE] & 0xff);
    }

    String name() {
        String name = text(0, 100);
        boolean ustar = block[MAGIC] == 'u' && block[MAGIC + 5] == 0;
        return ustar && block[PREFIX] != 0 ? text(PREFIX, 155) + "/" + name : name;
    }

    String linkName() {
        return text(157, 100);
    }

    long mode() {
        return number(100, 8, "mode");
    }

    long uid() {
        return number(108, 8, "uid");
    }

    long gid() {
        return number(116, 8, "gid");
    }

    long size() {
        return number(124, 12, "size");
    }

    long mtime() {
        return number(136, 12, "mtime");
    }

    long major() {
        return number(329, 8, "devmajor");
    }

    long minor() {
        return number(337, 8, "devminor");
    }

    private String text(int offset, int limit) {
        int length = 0;
        while (length < limit && block[offset + length] != 0) {
            length++;
        }
        return Utf8.text(block, offset, length);
    }

    /** Octal digits between blanks and NULs, or, with the first bit set, binary and big endian as GNU writes what does not fit. */
    long number(int offset, int length, String field) {
        if ((block[offset] & 0x80) != 0) {
            return binary(offset, length, field);
        }
        int at = offset;
        int end = offset + length;
        while (at < end && (block[at] == ' ' || block[at] == 0)) {
            at++;
        }
        long value = 0;
        while (at < end && block[at] >= '0' && block[at] <= '7') {
            value = value << 3 | block[at++] - '0';
        }
        if (at < end && block[at] != ' ' && block[at] != 0) {
            throw new ImageException("expected octal digits in a header's " + field + ", found byte " + (block[at] & 0xff));
        }
        return value;
    }

    private long binary(int offset, int length, String field) {
        boolean negative = (block[offset] & 0x40) != 0;
        long value = negative ? -1 : 0;
        for (int i = 0; i < length; i++) {
            int bits = i == 0 ? block[offset] & 0x3f | (negative ? 0xc0 : 0) : block[offset + i] & 0xff;
            if (i < length - Long.BYTES && bits != (negative ? 0xff : 0)) {
                throw new ImageException("a header's " + field + " has more than 64 bits");
            }
            value = value << Byte.SIZE | bits;
        }
        if (value < 0 != negative) {
            throw new ImageException("a header's " + field + " has more than 64 bits");
        }
        return value;
    }
}
