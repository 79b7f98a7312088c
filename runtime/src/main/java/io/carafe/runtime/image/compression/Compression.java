package io.carafe.runtime.image.compression;

import io.carafe.runtime.image.blob.ImageException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** How a layer's tar is compressed, which its first bytes tell: media types are not always right, and docker's archives have none. */
public enum Compression {
    NONE,
    GZIP(0x1f, 0x8b, 0x08),
    ZSTD(0x28, 0xb5, 0x2f, 0xfd);

    /** How many bytes tell. */
    public static final int START = 4;

    /** Media types begin so: those of media-types.md, and Docker's. */
    private static final List<String> LAYERS = List.of("application/vnd.oci.image.layer.", "application/vnd.docker.image.rootfs.");
    private static final List<String> FORMS = List.of(".tar", ".tar+gzip", ".tar.gzip", ".tar+zstd", ".tar.zstd");

    private static final int BUFFER = 32 * 1024;
    /** Of a zstd stream: all but the last four bits are the same. */
    private static final int[] SKIPPABLE = {0x50, 0x2a, 0x4d, 0x18};

    private final int[] start;

    Compression(int... start) {
        this.start = start;
    }

    /** @throws ImageException when the media type is no layer's */
    public static void requireLayer(String mediaType) {
        if (LAYERS.stream().noneMatch(mediaType::startsWith) || FORMS.stream().noneMatch(mediaType::endsWith)) {
            throw new ImageException("expected a layer of a media type such as application/vnd.oci.image.layer.v1.tar+gzip, found \""
                    + mediaType + "\"");
        }
    }

    /** @param bytes the first ones, fewer only where there are no more */
    public static Compression of(byte[] bytes) {
        for (Compression compression : List.of(GZIP, ZSTD)) {
            if (startsWith(bytes, compression.start, 0xff)) {
                return compression;
            }
        }
        return startsWith(bytes, SKIPPABLE, 0xf0) ? ZSTD : NONE;
    }

    private static boolean startsWith(byte[] bytes, int[] start, int firstMask) {
        boolean same = bytes.length >= start.length && (bytes[0] & firstMask) == start[0];
        for (int i = 1; same && i < start.length; i++) {
            same = (bytes[i] & 0xff) == start[i];
        }
        return same;
    }

    /** What is in it. @throws IOException when it is not what it should be */
    public InputStream open(InputStream compressed) throws IOException {
        return switch (this) {
            case NONE -> compressed;
            case GZIP -> new GZIPInputStream(compressed, BUFFER);
            case ZSTD -> new DecodedZstd(compressed);
        };
    }
}
