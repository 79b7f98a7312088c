package io.carafe.runtime.image.layout;

import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.layout.StoredImage.Form;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.table.RecordTable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Images as {@code docker save} and {@code podman save} write them. Since Docker 1.10 the file manifest.json names the config and the layers of
 * each image; before, and beside it, the file repositories names the topmost layer of each tag, whose directory has its config and
 * the name of the layer below.
 *
 * @see "moby image/spec/v1.2.md, Combined Image JSON + Filesystem Changeset Format"
 */
final class DockerArchive {

    static final String MANIFEST = "manifest.json";
    static final String REPOSITORIES = "repositories";

    /** More than overlayfs can put on one another. */
    private static final int MOST_LAYERS = 1000;

    /** An image of manifest.json. */
    record Entry(String config, List<String> repoTags, List<String> layers) {
    }

    /** A file json of a layer's directory. */
    private record LegacyLayer(Optional<String> parent) {
    }

    private static final RecordTable<Entry> ENTRY = RecordTable.of(
            row -> new Entry(row.next(), row.next(), row.next()),
            required("Config", TEXT, Entry::config),
            list("RepoTags", TEXT, Entry::repoTags),
            list("Layers", TEXT, Entry::layers));

    private static final RecordTable<LegacyLayer> LEGACY_LAYER = RecordTable.of(
            row -> new LegacyLayer(row.next()),
            optional("parent", TEXT, LegacyLayer::parent));

    private final Layout layout;

    DockerArchive(Layout layout) {
        this.layout = layout;
    }

    /** @throws ImageException when there is none, or more than one */
    StoredImage image(Optional<String> tag) {
        if (layout.has(MANIFEST) && layout.start(layout.file(MANIFEST), 1)[0] == '{') {
            return folderOfBlobs();
        }
        if (layout.has(MANIFEST)) {
            Map<Entry, List<String>> named = new LinkedHashMap<>();
            layout.document(MANIFEST, DockerArchive::entries).forEach(entry -> named.put(entry, entry.repoTags()));
            Entry entry = ImageChoice.named(named, tag);
            List<Blob> layers = new ArrayList<>();
            for (String name : entry.layers()) {
                layers.add(layout.file(name));
            }
            return new StoredImage(Form.WITH_DIFF_IDS, layout.file(entry.config()), layers);
        }
        Map<String, List<String>> named = layout.document(REPOSITORIES, DockerArchive::tops);
        return legacy(ImageChoice.named(named, tag));
    }

    /** skopeo's and podman's {@code dir:}, where manifest.json is a manifest as a registry has it and files have digests for names. */
    private StoredImage folderOfBlobs() {
        Documents.Manifest manifest = layout.document(MANIFEST, Documents.MANIFEST::read);
        return new StoredImage(Form.WITH_DIFF_IDS, Blob.of(manifest.config(), manifest.config().digest().hex()),
                manifest.layers().stream().map(layer -> Blob.of(layer, layer.digest().hex())).toList());
    }

    private static List<Entry> entries(JsonReader in) {
        List<Entry> entries = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
            entries.add(ENTRY.read(in));
        }
        return entries;
    }

    /** The topmost layer of each image, with its names: {@code {"busybox": {"latest": "ID"}}}. */
    private static Map<String, List<String>> tops(JsonReader in) {
        Map<String, List<String>> tops = new LinkedHashMap<>();
        in.beginObject();
        while (in.nextProperty()) {
            String repository = in.nameAsText();
            in.beginObject();
            while (in.nextProperty()) {
                String tag = in.nameAsText();
                tops.computeIfAbsent(in.text(), id -> new ArrayList<>()).add(repository + ":" + tag);
            }
        }
        return tops;
    }

    private StoredImage legacy(String top) {
        List<Blob> layers = new ArrayList<>();
        for (Optional<String> id = Optional.of(top); id.isPresent(); ) {
            if (layers.size() == MOST_LAYERS) {
                throw new ImageException("expected at most " + MOST_LAYERS + " layers, found more, or one below itself");
            }
            layers.add(0, layout.file(id.get() + "/layer.tar"));
            id = layout.document(layout.file(id.get() + "/json"), LEGACY_LAYER).parent().filter(parent -> !parent.isEmpty());
        }
        return new StoredImage(Form.LEGACY, layout.file(top + "/json"), layers);
    }
}
