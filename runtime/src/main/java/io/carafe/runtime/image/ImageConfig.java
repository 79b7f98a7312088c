package io.carafe.runtime.image;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.runtime.image.blob.Digest;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.ValueType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An image's config, as far as a container depends on it.
 *
 * @see "image-spec config.md"
 */
record ImageConfig(Optional<String> created, Optional<String> author, String architecture, String os, Optional<String> osVersion,
        List<String> osFeatures, Optional<String> variant, Execution config, Rootfs rootfs) {

    /**
     * The property {@code config}.
     *
     * @param exposedPorts as {@code 80/tcp}
     */
    record Execution(Optional<String> user, List<String> exposedPorts, List<String> env, List<String> entrypoint, List<String> cmd,
            Optional<String> workingDir, Map<String, String> labels, Optional<String> stopSignal) {

        static final Execution NONE = new Execution(Optional.empty(), List.of(), List.of(), List.of(), List.of(), Optional.empty(),
                Map.of(), Optional.empty());
    }

    /** The digests of the layers' tars, from the lowest up. */
    record Rootfs(List<Digest> diffIds) {
    }

    /** A set, which the specification writes as an object whose values are empty objects. */
    private static final ValueType<List<String>> NAMES = new ValueType<>() {
        @Override
        public List<String> read(JsonReader in) {
            in.beginObject();
            int mark = in.mark();
            while (in.nextProperty()) {
                in.keep(in.nameAsText());
                in.skip();
            }
            return in.since(mark);
        }

        @Override
        public void write(JsonWriter out, List<String> names) {
            out.beginObject();
            for (String name : names) {
                out.name(name);
                out.beginObject();
                out.endObject();
            }
            out.endObject();
        }

        @Override
        public String form() {
            return "an object of empty objects";
        }
    };

    private static final RecordTable<Execution> EXECUTION = RecordTable.of(
            row -> new Execution(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            optional("User", TEXT, Execution::user),
            defaulted("ExposedPorts", NAMES, List.of(), Execution::exposedPorts),
            list("Env", TEXT, Execution::env),
            list("Entrypoint", TEXT, Execution::entrypoint),
            list("Cmd", TEXT, Execution::cmd),
            optional("WorkingDir", TEXT, Execution::workingDir),
            map("Labels", TEXT, Execution::labels),
            optional("StopSignal", TEXT, Execution::stopSignal));

    private static final RecordTable<Rootfs> ROOTFS = RecordTable.of(
            row -> new Rootfs(row.next()),
            list("diff_ids", Digest.TYPE, Rootfs::diffIds));

    static final RecordTable<ImageConfig> TABLE = RecordTable.of(
            row -> new ImageConfig(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            optional("created", TEXT, ImageConfig::created),
            optional("author", TEXT, ImageConfig::author),
            required("architecture", TEXT, ImageConfig::architecture),
            required("os", TEXT, ImageConfig::os),
            optional("os.version", TEXT, ImageConfig::osVersion),
            list("os.features", TEXT, ImageConfig::osFeatures),
            optional("variant", TEXT, ImageConfig::variant),
            defaulted("config", EXECUTION, Execution.NONE, ImageConfig::config),
            required("rootfs", ROOTFS, ImageConfig::rootfs));

    /** That of a layer of docker save before Docker 1.10, which knows no digests; the oldest do not say what they were built for. */
    static final RecordTable<ImageConfig> LEGACY = RecordTable.of(
            row -> new ImageConfig(row.next(), row.next(), row.next(), row.next(), Optional.empty(), List.of(), Optional.empty(), row.next(),
                    new Rootfs(List.of())),
            optional("created", TEXT, ImageConfig::created),
            optional("author", TEXT, ImageConfig::author),
            defaulted("architecture", TEXT, "amd64", ImageConfig::architecture),
            defaulted("os", TEXT, "linux", ImageConfig::os),
            defaulted("config", EXECUTION, Execution.NONE, ImageConfig::config));

    ImageConfig withDiffIds(List<Digest> diffIds) {
        return new ImageConfig(created, author, architecture, os, osVersion, osFeatures, variant, config, new Rootfs(diffIds));
    }
}
