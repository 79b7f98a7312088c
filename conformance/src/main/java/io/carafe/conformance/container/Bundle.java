package io.carafe.conformance.container;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.json.Json;
import io.carafe.conformance.mutant.Mutant;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A bundle: the default configuration, and the words by which a test changes it.
 *
 * @param <T> what has it, which those words give back
 */
public abstract class Bundle<T> {

    private final Sandbox sandbox;
    private final Optional<Mutant> mutant;
    private final Evidence evidence;
    private final String id;
    private final Path bundle;
    private final Document config;
    private Document beforeLastChange;

    /** @param bundle its directory, which is made */
    protected Bundle(Sandbox sandbox, Optional<Mutant> mutant, Evidence evidence, String id, Path bundle) {
        this.sandbox = sandbox;
        this.mutant = mutant;
        this.evidence = evidence;
        this.id = id;
        this.bundle = bundle;
        this.config = DefaultConfig.of(id, !sandbox.hierarchies().isEmpty());
        Rootfs.make(rootfs());
    }

    protected abstract T self();

    /** Puts a value into config.json; {@code -} at the end of the pointer appends. */
    public T with(String pointer, Object value) {
        beforeLastChange = Document.of(config.tree());
        evidence.changed(pointer, value);
        config.set(pointer, value);
        return self();
    }

    public T without(String pointer) {
        beforeLastChange = Document.of(config.tree());
        evidence.removed(pointer);
        config.remove(pointer);
        return self();
    }

    public T args(String... words) {
        return with("/process/args", List.of(words));
    }

    /** The program is a shell with this script. */
    public T script(String text) {
        return args("sh", "-c", text);
    }

    public T mount(String destination, String type, String source, String... options) {
        return with("/mounts/-", object("destination", destination, "type", type, "source", source, "options", List.of(options)));
    }

    /** A hook that reads its stdin and then runs this script. For those in the container it is the container's shell. */
    public T hook(String kind, String script) {
        return hookWithStdin(kind, "cat >/dev/null; " + script);
    }

    /** A hook whose script does with its stdin what it likes. */
    public T hookWithStdin(String kind, String script) {
        return with("/hooks/" + kind + "/-", object("path", "/bin/sh", "args", List.of("sh", "-c", script),
                "env", List.of("PATH=/usr/sbin:/usr/bin:/sbin:/bin")));
    }

    /** A new namespace of that type. */
    public T namespace(String type) {
        return with("/linux/namespaces/-", object("type", type));
    }

    /** The namespace of that type that a path names. */
    public T namespace(String type, String path) {
        withoutNamespace(type);
        return with("/linux/namespaces/-", object("type", type, "path", path));
    }

    public T withoutNamespace(String type) {
        List<?> rest = config.list("/linux/namespaces").stream().filter(entry -> !((Map<?, ?>) entry).get("type").equals(type)).toList();
        return with("/linux/namespaces", rest);
    }

    /** A user namespace whose ids from 0 are those of the host from 100000. */
    public T userNamespace() {
        Expect.needs(sandbox.host().root(), "needs root, to map many ids");
        namespace("user");
        with("/linux/uidMappings/-", object("containerID", 0, "hostID", 100_000, "size", 65_536));
        with("/linux/gidMappings/-", object("containerID", 0, "hostID", 100_000, "size", 65_536));
        // Root of the container owns its root, and reaches it.
        sandbox.sh("chown -R 100000:100000 " + rootfs() + " && chmod 755 " + bundle);
        return self();
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

    /** A part of config.json that is given to the runtime in another way, as exec's process, with the same mutant. */
    public Object changed(String pointer, Object value) {
        evidence.changed(pointer, value);
        Document whole = Document.of(config.tree()).set(pointer, value);
        mutant.ifPresent(one -> one.into(whole));
        return whole.at(pointer).orElseThrow();
    }

    /** Writes config.json: what a test calls before an operation that does not. */
    public void write() {
        write(config);
    }

    /** Writes config.json as it was before its last change: what a runtime must not refuse if the change is what it refuses. */
    void writeWithoutLastChange() {
        write(beforeLastChange == null ? config : beforeLastChange);
    }

    private void write(Document document) {
        Document written = Document.of(document.tree());
        mutant.ifPresent(one -> one.into(written));
        TestFiles.write(bundle.resolve("config.json"), Json.pretty(written.tree()));
    }
}
