package io.carafe.shim.task;

import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.optional;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import java.util.List;
import java.util.Optional;

/** Whether a container has a pid namespace of its own, where the end of its init is the end of all: else somebody has to kill them. */
final class PidNamespace {

    private record Namespace(Optional<String> type, Optional<String> path) {

        static final RecordTable<Namespace> TABLE = RecordTable.of(row -> new Namespace(row.next(), row.next()),
                optional("type", TextType.TEXT, Namespace::type),
                optional("path", TextType.TEXT, Namespace::path));
    }

    private record LinuxPart(List<Namespace> namespaces) {

        static final RecordTable<LinuxPart> TABLE = RecordTable.of(row -> new LinuxPart(row.next()),
                list("namespaces", Namespace.TABLE, LinuxPart::namespaces));
    }

    private record Configuration(Optional<LinuxPart> linux) {

        static final RecordTable<Configuration> TABLE = RecordTable.of(row -> new Configuration(row.next()),
                optional("linux", LinuxPart.TABLE, Configuration::linux));
    }

    private PidNamespace() {
    }

    /** By config.json of the bundle; where that cannot be read, it has one. */
    static boolean isOwn(Linux linux, String bundle) {
        try (Fd file = linux.files.open(bundle + "/config.json", O_RDONLY)) {
            byte[] json = linux.files.readAll(file, JsonReader.MAX_LENGTH);
            List<Namespace> namespaces = Configuration.TABLE.read(json, 0, json.length).linux().map(LinuxPart::namespaces).orElse(List.of());
            for (Namespace namespace : namespaces) {
                if (namespace.type().equals(Optional.of("pid")) && namespace.path().isEmpty()) {
                    return true;
                }
            }
            return false;
        } catch (KernelException | SpecException e) {
            return true;
        }
    }
}
