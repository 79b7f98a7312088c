package io.carafe.runtime.image.layer;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.compression.Compression;
import io.carafe.runtime.image.tar.TarEntry;
import io.carafe.runtime.image.tar.TarReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Optional;

/**
 * The blob of a layer behind a byte that says how it is compressed: gone through to its end, each entry decided on. A damaged one ends
 * in one of the exceptions that the store of layers tells.
 */
public final class LayerFuzzTarget {

    /** A few kilobytes may unpack to gigabytes of zeros, which only take time. */
    private static final long MOST_CONTENT = 16 << 20;

    private LayerFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] blob) {
        Compression compression = Compression.values()[blob.length == 0 ? 0 : (blob[0] & 0xff) % Compression.values().length];
        try {
            read(new TarReader(compression.open(new ByteArrayInputStream(blob, Math.min(1, blob.length), Math.max(0, blob.length - 1)))));
        } catch (ImageException | IOException e) {
            if (e.getMessage() != null && e.getMessage().length() > 5000) {
                throw new AssertionError("a complaint of " + e.getMessage().length() + " characters", e);
            }
        }
    }

    private static void read(TarReader tar) throws IOException {
        byte[] buffer = new byte[8192];
        long total = 0;
        for (Optional<TarEntry> entry = tar.next(); entry.isPresent(); entry = tar.next()) {
            if (entry.get().size() < 0 || entry.get().regions().isEmpty() != (entry.get().isSparse() && entry.get().regions().isEmpty())) {
                throw new AssertionError(entry.toString());
            }
            Step.of(entry.get());
            for (int count = tar.read(buffer, 0, buffer.length); count >= 0; count = tar.read(buffer, 0, buffer.length)) {
                total += count;
                if (total > MOST_CONTENT) {
                    return;
                }
            }
        }
    }
}
