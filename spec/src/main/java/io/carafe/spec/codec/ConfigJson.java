package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalInt;
import static io.carafe.spec.table.Property.optionalList;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;
import static io.carafe.spec.table.ValueType.BOOLEAN;

import io.carafe.spec.Config;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.Outline;
import io.carafe.spec.table.RecordTable;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** config.json. */
public final class ConfigJson {

    private static final RecordTable<Root> ROOT = RecordTable.of(
            row -> new Root(row.next(), row.next()),
            required("path", TEXT, Root::path),
            defaulted("readonly", BOOLEAN, false, Root::readonly));

    private static final RecordTable<Mount> MOUNT = RecordTable.of(
            row -> new Mount(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            required("destination", TEXT, Mount::destination),
            optional("type", TEXT, Mount::type),
            optional("source", TEXT, Mount::source),
            list("options", TEXT, Mount::options),
            list("uidMappings", LinuxTable.ID_MAPPING, Mount::uidMappings),
            list("gidMappings", LinuxTable.ID_MAPPING, Mount::gidMappings));

    private record Mounts(List<Mount> mounts) {
    }

    private static final RecordTable<Mounts> MOUNTS = RecordTable.of(row -> new Mounts(row.next()), list("mounts", MOUNT, Mounts::mounts));

    private static final RecordTable<Hook> HOOK = RecordTable.of(
            row -> new Hook(row.next(), row.next(), row.next(), row.next()),
            required("path", TEXT, Hook::path),
            list("args", TEXT, Hook::args),
            optionalList("env", TEXT, Hook::env),
            // "If set, timeout MUST be greater than zero."
            optionalInt("timeout", IntType.range(1, Integer.MAX_VALUE), Hook::timeout));

    /** For the rows of a runtime's own record. */
    public static final RecordTable<MemoryPolicy> MEMORY_POLICY = LinuxTable.MEMORY_POLICY;
    /** For the rows of a runtime's own record. */
    public static final RecordTable<Personality> PERSONALITY = LinuxTable.PERSONALITY;

    /** For the rows of a runtime's own record: hooks run long after the document was read. */
    public static final RecordTable<Hooks> HOOKS = RecordTable.of(
            row -> new Hooks(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            list("prestart", HOOK, Hooks::prestart),
            list("createRuntime", HOOK, Hooks::createRuntime),
            list("createContainer", HOOK, Hooks::createContainer),
            list("startContainer", HOOK, Hooks::startContainer),
            list("poststart", HOOK, Hooks::poststart),
            list("poststop", HOOK, Hooks::poststop));

    private static final RecordTable<Config> CONFIG = RecordTable.of(
            row -> new Config(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            required("ociVersion", VersionType.UNDERSTOOD, Config::ociVersion),
            optional("process", ProcessJson.PROCESS, Config::process),
            optional("root", ROOT, Config::root),
            optional("hostname", TEXT, Config::hostname),
            optional("domainname", TEXT, Config::domainname),
            list("mounts", MOUNT, Config::mounts),
            optional("hooks", HOOKS, Config::hooks),
            map("annotations", TEXT, Config::annotations),
            optional("linux", LinuxTable.LINUX, Config::linux));

    private ConfigJson() {
    }

    /**
     * Reads a configuration.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one; the message names the property
     */
    public static Config read(byte[] json) {
        return CONFIG.read(json, 0, json.length);
    }

    /**
     * Reads a configuration from a part of an array.
     *
     * @throws io.carafe.spec.json.SpecException when it is not one; the message names the property
     */
    public static Config read(byte[] json, int offset, int length) {
        return CONFIG.read(json, offset, length);
    }

    /**
     * Reads mounts alone: an array of what {@code mounts} of a configuration has, or an object with that property.
     *
     * @throws io.carafe.spec.json.SpecException when it is neither; the message names the property
     */
    public static List<Mount> readMounts(byte[] json) {
        int at = 0;
        while (at < json.length && json[at] <= ' ') {
            at++;
        }
        boolean array = at < json.length && json[at] == '[';
        byte[] object = array ? ("{\"mounts\":" + new String(json, StandardCharsets.UTF_8) + "}").getBytes(StandardCharsets.UTF_8) : json;
        return MOUNTS.read(object, 0, object.length).mounts();
    }

    /** Every property that is understood, in the order of the rows. */
    public static List<Outline> outline() {
        return CONFIG.inside("");
    }

    /** Writes a configuration as {@code runc spec} does: tabs, a line per value; a line feed at the end. */
    public static byte[] write(Config config) {
        return CONFIG.pretty(config);
    }
}
