package io.carafe.runtime.image.layout;

import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.blob.Sha2.Algorithm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Writes an image layout into a directory. */
public final class ImageLayoutWriter {

    public static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    public static final String INDEX = "application/vnd.oci.image.index.v1+json";
    public static final String TAR = "application/vnd.oci.image.layer.v1.tar";

    private final Path dir;
    private final Algorithm algorithm;
    private final List<String> layers = new ArrayList<>();
    private final List<String> diffIds = new ArrayList<>();
    private final List<String> index = new ArrayList<>();

    public ImageLayoutWriter(Path dir, Algorithm algorithm) {
        this.dir = dir;
        this.algorithm = algorithm;
        write("oci-layout", "{\"imageLayoutVersion\":\"1.0.0\"}".getBytes(StandardCharsets.UTF_8));
    }

    /** The next layer of the image to come. */
    public ImageLayoutWriter layer(byte[] tar) {
        return layer(TAR, tar, tar);
    }

    public ImageLayoutWriter layer(String mediaType, byte[] blob, byte[] tar) {
        layers.add(blob(mediaType, blob, ""));
        diffIds.add("\"" + Digest.of(algorithm, tar) + "\"");
        return this;
    }

    /** The image of the layers so far. @param execution the value of the property config */
    public ImageLayoutWriter image(String tag, String execution) {
        index.add(manifest(execution, ",\"annotations\":{\"org.opencontainers.image.ref.name\":\"" + tag + "\"}"));
        writeIndex();
        return this;
    }

    /** The descriptor of a manifest. @param more properties, each with a comma in front */
    public String manifest(String execution, String more) {
        String config = blob("application/vnd.oci.image.config.v1+json", ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"author\":\"Ann\","
                + "\"config\":" + execution + ",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[" + String.join(",", diffIds) + "]}}")
                .getBytes(StandardCharsets.UTF_8), "");
        String manifest = "{\"schemaVersion\":2,\"config\":" + config + ",\"layers\":[" + String.join(",", layers) + "]}";
        layers.clear();
        diffIds.clear();
        return blob(MANIFEST, manifest.getBytes(StandardCharsets.UTF_8), more);
    }

    /** An entry of index.json as it is. */
    public ImageLayoutWriter entry(String descriptor) {
        index.add(descriptor);
        writeIndex();
        return this;
    }

    /** Writes a blob. @return its descriptor */
    public String blob(String mediaType, byte[] content, String more) {
        Digest digest = Digest.of(algorithm, content);
        write("blobs/" + digest.algorithm().text + "/" + digest.hex(), content);
        return "{\"mediaType\":\"" + mediaType + "\",\"digest\":\"" + digest + "\",\"size\":" + content.length + more + "}";
    }

    private void writeIndex() {
        write("index.json", ("{\"schemaVersion\":2,\"manifests\":[" + String.join(",", index) + "]}").getBytes(StandardCharsets.UTF_8));
    }

    private void write(String name, byte[] content) {
        try {
            Files.createDirectories(dir.resolve(name).getParent());
            Files.write(dir.resolve(name), content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
