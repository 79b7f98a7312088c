package io.carafe.shim.sandbox;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.ValueType.BOOLEAN;

import io.carafe.shim.bundle.JsonText;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.TextType;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The pod's files, as mounts of a container of it: the CRI plugin mounts them where it has made them itself, and leaves them to a sandbox
 * that it has not made.
 */
final class PodMounts {

    private static final String MOUNTS = "mounts";
    private static final String SHARED_MEMORY = "/dev/shm";

    private PodMounts() {
    }

    /** Of a config.json, what it is decided by. */
    private record Document(List<Mount> mounts, Optional<Root> root, Optional<LinuxPart> linux) {

        static final RecordTable<Document> TABLE = RecordTable.of(row -> new Document(row.next(), row.next(), row.next()),
                list(MOUNTS, Mount.TABLE, Document::mounts),
                optional("root", Root.TABLE, Document::root),
                optional("linux", LinuxPart.TABLE, Document::linux));

        boolean joins(String namespace) {
            return linux.map(LinuxPart::namespaces).orElse(List.of()).stream().anyMatch(joined -> joined.path().equals(Optional.of(namespace)));
        }

        /** Whether something of the container's own is mounted there, or below. */
        boolean mounts(String destination) {
            return mounts.stream().map(mount -> mount.destination().orElse(""))
                    .anyMatch(path -> path.equals(destination) || path.startsWith(destination + "/"));
        }

        /** Whether the only mount there is the one that each container has, where nobody asks for another. */
        boolean hasOwnMemory() {
            return mounts.stream().filter(mount -> mount.destination().orElse("").startsWith(SHARED_MEMORY))
                    .allMatch(mount -> mount.destination().orElse("").equals(SHARED_MEMORY) && mount.type().equals(Optional.of("tmpfs")));
        }
    }

    private record Mount(Optional<String> destination, Optional<String> type) {

        static final RecordTable<Mount> TABLE = RecordTable.of(row -> new Mount(row.next(), row.next()),
                optional("destination", TextType.TEXT, Mount::destination),
                optional("type", TextType.TEXT, Mount::type));
    }

    private record Root(boolean readonly) {

        static final RecordTable<Root> TABLE = RecordTable.of(row -> new Root(row.next()),
                defaulted("readonly", BOOLEAN, false, Root::readonly));
    }

    private record LinuxPart(List<Namespace> namespaces) {

        static final RecordTable<LinuxPart> TABLE = RecordTable.of(row -> new LinuxPart(row.next()),
                list("namespaces", Namespace.TABLE, LinuxPart::namespaces));
    }

    private record Namespace(Optional<String> path) {

        static final RecordTable<Namespace> TABLE = RecordTable.of(row -> new Namespace(row.next()),
                optional("path", TextType.TEXT, Namespace::path));
    }

    /**
     * Adds them, behind all others.
     *
     * @param files where the pod has them
     * @param memory whether there is a /dev/shm among them
     * @param ipc the file of the pod's ipc namespace: who joins that shares the memory
     * @return the same document where nothing is to be added, and where it is none: the runtime complains of that
     */
    static byte[] add(byte[] json, PodFiles files, boolean memory, String ipc) {
        Document document;
        try {
            document = Document.TABLE.read(json, 0, json.length);
        } catch (SpecException e) {
            return json;
        }
        boolean readOnly = document.root().map(Root::readonly).orElse(false);
        List<byte[]> added = new ArrayList<>(4);
        for (String name : List.of(PodFiles.HOSTNAME, PodFiles.HOSTS, PodFiles.RESOLVER)) {
            if (!document.mounts("/etc/" + name)) {
                added.add(bind("/etc/" + name, files.path(name), readOnly));
            }
        }
        if (memory && document.joins(ipc) && document.hasOwnMemory()) {
            added.add(bind(SHARED_MEMORY, files.path(PodFiles.MEMORY), false));
        }
        return added.isEmpty() ? json : with(json, added);
    }

    private static byte[] bind(String destination, String source, boolean readOnly) {
        return JsonWriter.compact(out -> {
            out.beginObject();
            text(out, "destination", destination);
            text(out, "type", "bind");
            text(out, "source", source);
            out.name("options");
            out.beginArray();
            out.text("bind");
            out.text("rprivate");
            out.text(readOnly ? "ro" : "rw");
            out.endArray();
            out.endObject();
        });
    }

    private static void text(JsonWriter out, String name, String value) {
        out.name(name);
        out.text(value);
    }

    private static byte[] with(byte[] json, List<byte[]> added) {
        OptionalInt mounts = JsonText.valueOf(json, MOUNTS);
        ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 1024);
        int from;
        if (mounts.isPresent() && json[mounts.getAsInt()] == '[') {
            from = JsonText.lastBracket(json, mounts.getAsInt());
            out.write(json, 0, from);
            boolean empty = json[JsonText.afterBlanks(json, mounts.getAsInt() + 1)] == ']';
            join(out, added, empty ? "" : ",");
        } else if (mounts.isEmpty()) {
            from = JsonText.inside(json);
            out.write(json, 0, from);
            out.writeBytes(("\"" + MOUNTS + "\":[").getBytes(StandardCharsets.US_ASCII));
            join(out, added, "");
            out.writeBytes(new byte[] {']'});
            out.writeBytes(json[JsonText.afterBlanks(json, from)] == '}' ? new byte[0] : new byte[] {','});
        } else { // null
            return json;
        }
        out.write(json, from, json.length - from);
        return out.toByteArray();
    }

    private static void join(ByteArrayOutputStream out, List<byte[]> elements, String before) {
        String separator = before;
        for (byte[] element : elements) {
            out.writeBytes(separator.getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(element);
            separator = ",";
        }
    }
}
