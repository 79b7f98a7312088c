package io.carafe.runtime.image.store;

import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.runtime.image.blob.Digest;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import java.util.ArrayList;
import java.util.List;

/**
 * What the store knows of an image, a file {@code images/ID}.
 *
 * @param id the ChainID of its topmost layer
 * @param names what it was called by those who made bundles of it
 * @param layers ChainIDs from the lowest up
 * @param size of the layers as they came, in bytes
 * @param bundles absolute paths of all that were made, also of those that have gone
 */
public record ImageRecord(Digest id, List<String> names, List<Digest> layers, long size, List<String> bundles) {

    /** Of an id that is cut off, in digits. */
    private static final int SHORTEST = 4;

    public static final RecordTable<ImageRecord> TABLE = RecordTable.of(
            row -> new ImageRecord(row.next(), row.next(), row.next(), row.<Long>next(), row.next()),
            required("id", Digest.TYPE, ImageRecord::id),
            list("names", TEXT, ImageRecord::names),
            list("layers", Digest.TYPE, ImageRecord::layers),
            required("size", LongType.INT64, ImageRecord::size),
            list("bundles", TEXT, ImageRecord::bundles));

    /** The same with one name and one bundle more, unless it has them. */
    ImageRecord with(String name, String bundle) {
        return new ImageRecord(id, with(names, name), layers, size, with(bundles, bundle));
    }

    ImageRecord withBundles(List<String> others) {
        return new ImageRecord(id, names, layers, size, others);
    }

    private static List<String> with(List<String> texts, String text) {
        if (texts.contains(text)) {
            return texts;
        }
        List<String> more = new ArrayList<>(texts);
        more.add(text);
        return List.copyOf(more);
    }

    /** Whether a word of the command line means this image: a name, or the beginning of the id. */
    boolean isMeantBy(String word) {
        String hex = word.startsWith(id.algorithm().text + ":") ? word.substring(id.algorithm().text.length() + 1) : word;
        return names.contains(word) || hex.length() >= SHORTEST && id.hex().startsWith(hex);
    }
}
