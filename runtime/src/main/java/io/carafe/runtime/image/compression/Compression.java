package io.carafe.runtime.image.compression;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.layout.Descriptor;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.zip.GZIPInputStream;

/** How a layer's tar is compressed, by its media type: those of media-types.md, and Docker's. */
public enum Compression {
    NONE("application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.nondistributable.v1.tar",
            "application/vnd.docker.image.rootfs.diff.tar"),
    GZIP("application/vnd.oci.image.layer.v1.tar+gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.docker.image.rootfs.diff.tar.gzip",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip"),
    ZSTD("application/vnd.oci.image.layer.v1.tar+zstd",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            "application/vnd.docker.image.rootfs.diff.tar.zstd");

    private static final int BUFFER = 32 * 1024;

    private final List<String> mediaTypes;

    Compression(String... mediaTypes) {
        this.mediaTypes = List.of(mediaTypes);
    }

    /** @throws ImageException when the media type is no layer's */
    public static Compression of(Descriptor layer) {
        String mediaType = layer.mediaType().orElse("");
        for (Compression compression : values()) {
            if (compression.mediaTypes.contains(mediaType)) {
                return compression;
            }
        }
        throw new ImageException("expected a layer of a media type such as " + GZIP.mediaTypes.get(0) + ", found \"" + mediaType + "\"");
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
