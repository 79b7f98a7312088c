package io.carafe.runtime.image.layout;

import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.runtime.image.blob.Digest;
import io.carafe.runtime.image.layout.Descriptor.Platform;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import java.util.List;

/** The JSON documents of a layout. */
final class Documents {

    /** index.json, and an index among the blobs. */
    record Index(List<Descriptor> manifests) {
    }

    /** The manifest of an image (image-spec manifest.md). */
    record Manifest(Descriptor config, List<Descriptor> layers) {
    }

    /** The file oci-layout. */
    record Marker(String imageLayoutVersion) {
    }

    private static final RecordTable<Platform> PLATFORM = RecordTable.of(
            row -> new Platform(row.next(), row.next(), row.next()),
            required("os", TEXT, Platform::os),
            required("architecture", TEXT, Platform::architecture),
            optional("variant", TEXT, Platform::variant));

    static final RecordTable<Descriptor> DESCRIPTOR = RecordTable.of(
            row -> new Descriptor(row.next(), row.next(), row.<Long>next(), row.next(), row.next()),
            optional("mediaType", TEXT, Descriptor::mediaType),
            required("digest", Digest.TYPE, Descriptor::digest),
            required("size", LongType.INT64, Descriptor::size),
            map("annotations", TEXT, Descriptor::annotations),
            optional("platform", PLATFORM, Descriptor::platform));

    static final RecordTable<Index> INDEX = RecordTable.of(
            row -> new Index(row.next()),
            list("manifests", DESCRIPTOR, Index::manifests));

    static final RecordTable<Manifest> MANIFEST = RecordTable.of(
            row -> new Manifest(row.next(), row.next()),
            required("config", DESCRIPTOR, Manifest::config),
            list("layers", DESCRIPTOR, Manifest::layers));

    static final RecordTable<Marker> MARKER = RecordTable.of(
            row -> new Marker(row.next()),
            required("imageLayoutVersion", TEXT, Marker::imageLayoutVersion));

    private Documents() {
    }
}
