package io.carafe.runtime.binary.image;

import io.carafe.runtime.image.blob.Sha2.Algorithm;
import io.carafe.runtime.image.layout.ImageLayoutWriter;
import io.carafe.runtime.image.tar.TarWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Images with a busybox in them, for the tests of the binary. */
final class Images {

    static final String GZIP = ImageLayoutWriter.TAR + "+gzip";
    static final String ZSTD = ImageLayoutWriter.TAR + "+zstd";

    private Images() {
    }

    static ImageLayoutWriter in(Path layout) {
        return new ImageLayoutWriter(layout, Algorithm.SHA256);
    }

    /** The value of config: a script of the image's sh. */
    static String script(String script) {
        return "{\"Cmd\":[\"/bin/sh\",\"-c\",\"" + script.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"]}";
    }

    /** A tar with /bin/busybox and the names of some of its programs, to be gone on with. */
    static TarWriter busybox() throws IOException {
        TarWriter tar = new TarWriter().directory("bin/", 0755)
                .file("bin/busybox", 0755, 0, 0, Files.readAllBytes(Path.of("/bin/busybox")));
        for (String program : new String[] {"sh", "cat", "ls", "stat", "true", "echo", "id", "touch", "test", "wc", "readlink", "tr"}) {
            tar.symbolicLink("bin/" + program, "busybox");
        }
        return tar.directory("proc/", 0755).directory("sys/", 0755).directory("dev/", 0755);
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }
}
