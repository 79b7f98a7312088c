package io.carafe.conformance.container;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.host.Cell;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The bundle of a {@link Container}: the default configuration, and the words by which a test changes it. */
abstract class Bundle {

    private final Cell cell;
    private final Optional<Defect> defect;
    private final Evidence evidence;
    private final String id;
    private final Path bundle;
    private final Document config;

    Bundle(Cell cell, Optional<Defect> defect, Evidence evidence, String id) {
        this.cell = cell;
        this.defect = defect;
        this.evidence = evidence;
        this.id = id;
        this.bundle = cell.work().resolve("bundle-" + id);
        this.config = DefaultConfig.of(id, !cell.hierarchies().isEmpty());
        Rootfs.make(rootfs());
    }

    abstract Container itself();

    /** Puts a value into config.json; {@code -} at the end of the pointer appends. */
    public Container with(String pointer, Object value) {
        evidence.changed(pointer, value);
        config.set(pointer, value);
        return itself();
    }

    public Container without(String pointer) {
        evidence.removed(pointer);
        config.remove(pointer);
        return itself();
    }

    public Container args(String... words) {
        return with("/process/args", List.of(words));
    }

    /** The program is a shell with this script. */
    public Container script(String text) {
        return args("sh", "-c", text);
    }

    public Container mount(String destination, String type, String source, String... options) {
        return with("/mounts/-", object("destination", destination, "type", type, "source", source, "options", List.of(options)));
    }

    /** A hook that reads its stdin and then runs this script. For those in the container it is the container's shell. */
    public Container hook(String kind, String script) {
        return hookWithStdin(kind, "cat >/dev/null; " + script);
    }

    /** A hook whose script does with its stdin what it likes. */
    public Container hookWithStdin(String kind, String script) {
        return with("/hooks/" + kind + "/-", object("path", "/bin/sh", "args", List.of("sh", "-c", script),
                "env", List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")));
    }

    /** A new namespace of that type. */
    public Container namespace(String type) {
        return with("/linux/namespaces/-", object("type", type));
    }

    /** The namespace of that type that a path names. */
    public Container namespace(String type, String path) {
        withoutNamespace(type);
        return with("/linux/namespaces/-", object("type", type, "path", path));
    }

    public Container withoutNamespace(String type) {
        List<?> rest = config.list("/linux/namespaces").stream().filter(entry -> !((Map<?, ?>) entry).get("type").equals(type)).toList();
        return with("/linux/namespaces", rest);
    }

    /** A user namespace whose ids from 0 are those of the host from 100000. */
    public Container userNamespace() {
        Expect.needs(cell.host().root(), "needs root, to map many ids");
        namespace("user");
        with("/linux/uidMappings/-", object("containerID", 0, "hostID", 100_000, "size", 65_536));
        with("/linux/gidMappings/-", object("containerID", 0, "hostID", 100_000, "size", 65_536));
        // Root of the container owns its root, and reaches it.
        cell.sh("chown -R 100000:100000 " + rootfs() + " && chmod 755 " + bundle);
        return itself();
    }

    public Document config() {
        return config;
    }

    public String id() {
        return id;
    }

    public Path bundle() {
        return bundle;
    }

    public Path rootfs() {
        return bundle.resolve("rootfs");
    }

    /** Writes config.json: what a test calls before an operation that is not {@link Container#create}. */
    public void write() {
        Document written = Document.of(config.tree());
        defect.ifPresent(one -> one.into(written));
        Text.write(bundle.resolve("config.json"), Json.pretty(written.tree()));
    }
}
