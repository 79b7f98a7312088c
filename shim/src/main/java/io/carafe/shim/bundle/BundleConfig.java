package io.carafe.shim.bundle;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a shim asks of a bundle's config.json; the rest, and whether all of it is right, is the runtime's. */
public record BundleConfig(Map<String, String> annotations, Optional<RootPart> root, Optional<LinuxPart> linux) {

    private static final RecordTable<BundleConfig> TABLE = RecordTable.of(row -> new BundleConfig(row.next(), row.next(), row.next()),
            map("annotations", TextType.TEXT, BundleConfig::annotations),
            optional("root", RootPart.TABLE, BundleConfig::root),
            optional("linux", LinuxPart.TABLE, BundleConfig::linux));

    private record RootPart(Optional<String> path) {

        static final RecordTable<RootPart> TABLE = RecordTable.of(row -> new RootPart(row.next()),
                optional("path", TextType.TEXT, RootPart::path));
    }

    private record LinuxPart(List<Namespace> namespaces) {

        static final RecordTable<LinuxPart> TABLE = RecordTable.of(row -> new LinuxPart(row.next()),
                list("namespaces", Namespace.TABLE, LinuxPart::namespaces));
    }

    private record Namespace(Optional<String> type, Optional<String> path) {

        static final RecordTable<Namespace> TABLE = RecordTable.of(row -> new Namespace(row.next(), row.next()),
                optional("type", TextType.TEXT, Namespace::type),
                optional("path", TextType.TEXT, Namespace::path));
    }

    /**
     * Reads it.
     *
     * @param bundle empty: the working directory
     * @throws io.carafe.linux.KernelException ENOENT: there is none
     * @throws SpecException it is not JSON
     * @throws IllegalArgumentException it is no regular file
     */
    public static BundleConfig read(Linux linux, String bundle) {
        String path = bundle.isEmpty() ? "config.json" : bundle + "/config.json";
        try (Fd file = BundleFiles.requireRegular(linux, linux.files.open(path, O_RDONLY | O_NONBLOCK), path)) {
            return parse(linux.files.readAll(file, JsonReader.MAX_LENGTH));
        }
    }

    static BundleConfig parse(byte[] json) {
        return TABLE.read(json, 0, json.length);
    }

    /** Whether the container gets a namespace of this type to itself; one that it joins is not its own. */
    public boolean makes(String type) {
        return namespaces().stream().anyMatch(namespace -> namespace.type().equals(Optional.of(type)) && namespace.path().isEmpty());
    }

    /** Whether it has a namespace of this type that need not be the host's. */
    boolean names(String type) {
        return namespaces().stream().anyMatch(namespace -> namespace.type().equals(Optional.of(type)));
    }

    private List<Namespace> namespaces() {
        return linux.map(LinuxPart::namespaces).orElse(List.of());
    }

    /** root.path as it is written. */
    String rootPath() {
        return root.flatMap(RootPart::path).orElse("");
    }
}
