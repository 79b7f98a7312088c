package io.carafe.shim.sandbox;

import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;

import io.carafe.shim.bundle.BundleFiles;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a sandbox asks of its bundle's config.json, where there is one. */
record SandboxConfig(Optional<String> hostname, Optional<LinuxPart> linux) {

    private static final RecordTable<SandboxConfig> TABLE = RecordTable.of(row -> new SandboxConfig(row.next(), row.next()),
            optional("hostname", TextType.TEXT, SandboxConfig::hostname),
            optional("linux", LinuxPart.TABLE, SandboxConfig::linux));

    record LinuxPart(List<Namespace> namespaces, Map<String, String> sysctl) {

        static final LinuxPart NONE = new LinuxPart(List.of(), Map.of());
        static final RecordTable<LinuxPart> TABLE = RecordTable.of(row -> new LinuxPart(row.next(), row.next()),
                list("namespaces", Namespace.TABLE, LinuxPart::namespaces),
                map("sysctl", TextType.TEXT, LinuxPart::sysctl));
    }

    record Namespace(Optional<String> type, Optional<String> path) {

        static final RecordTable<Namespace> TABLE = RecordTable.of(row -> new Namespace(row.next(), row.next()),
                optional("type", TextType.TEXT, Namespace::type),
                optional("path", TextType.TEXT, Namespace::path));
    }

    static Optional<SandboxConfig> readIfPresent(BundleFiles bundle) {
        return bundle.readIfPresent("config.json", JsonReader.MAX_LENGTH).map(SandboxConfig::parse);
    }

    static SandboxConfig parse(byte[] json) {
        return TABLE.read(json, 0, json.length);
    }

    LinuxPart linuxOrNone() {
        return linux.orElse(LinuxPart.NONE);
    }
}
