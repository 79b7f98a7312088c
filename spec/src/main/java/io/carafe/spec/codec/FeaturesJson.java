package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalList;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;
import static io.carafe.spec.table.ValueType.BOOLEAN;

import io.carafe.spec.features.CgroupFeatures;
import io.carafe.spec.features.Enabled;
import io.carafe.spec.features.Features;
import io.carafe.spec.features.IntelRdtFeatures;
import io.carafe.spec.features.LinuxFeatures;
import io.carafe.spec.features.MemoryPolicyFeatures;
import io.carafe.spec.features.MountExtensions;
import io.carafe.spec.features.SeccompFeatures;
import io.carafe.spec.table.RecordTable;

/** What {@code features} prints. */
public final class FeaturesJson {

    private static final RecordTable<CgroupFeatures> CGROUP = RecordTable.of(
            row -> new CgroupFeatures(row.next(), row.next(), row.next(), row.next(), row.next()),
            optional("v1", BOOLEAN, CgroupFeatures::v1),
            optional("v2", BOOLEAN, CgroupFeatures::v2),
            optional("systemd", BOOLEAN, CgroupFeatures::systemd),
            optional("systemdUser", BOOLEAN, CgroupFeatures::systemdUser),
            optional("rdma", BOOLEAN, CgroupFeatures::rdma));

    private static final RecordTable<SeccompFeatures> SECCOMP = RecordTable.of(
            row -> new SeccompFeatures(row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            optional("enabled", BOOLEAN, SeccompFeatures::enabled),
            optionalList("actions", TEXT, SeccompFeatures::actions),
            optionalList("operators", TEXT, SeccompFeatures::operators),
            optionalList("archs", TEXT, SeccompFeatures::archs),
            optionalList("knownFlags", TEXT, SeccompFeatures::knownFlags),
            optionalList("supportedFlags", TEXT, SeccompFeatures::supportedFlags));

    private static final RecordTable<Enabled> ENABLED = RecordTable.of(
            row -> new Enabled(row.next()),
            optional("enabled", BOOLEAN, Enabled::enabled));

    private static final RecordTable<IntelRdtFeatures> INTEL_RDT = RecordTable.of(
            row -> new IntelRdtFeatures(row.next(), row.next(), row.next()),
            optional("enabled", BOOLEAN, IntelRdtFeatures::enabled),
            optional("schemata", BOOLEAN, IntelRdtFeatures::schemata),
            optional("monitoring", BOOLEAN, IntelRdtFeatures::monitoring));

    private static final RecordTable<MemoryPolicyFeatures> MEMORY_POLICY = RecordTable.of(
            row -> new MemoryPolicyFeatures(row.next(), row.next()),
            optionalList("modes", TEXT, MemoryPolicyFeatures::modes),
            optionalList("flags", TEXT, MemoryPolicyFeatures::flags));

    private static final RecordTable<MountExtensions> MOUNT_EXTENSIONS = RecordTable.of(
            row -> new MountExtensions(row.next()),
            optional("idmap", ENABLED, MountExtensions::idmap));

    private static final RecordTable<LinuxFeatures> LINUX = RecordTable.of(
            row -> new LinuxFeatures(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(),
                    row.next(), row.next()),
            optionalList("namespaces", TEXT, LinuxFeatures::namespaces),
            optionalList("capabilities", TEXT, LinuxFeatures::capabilities),
            optional("cgroup", CGROUP, LinuxFeatures::cgroup),
            optional("seccomp", SECCOMP, LinuxFeatures::seccomp),
            optional("apparmor", ENABLED, LinuxFeatures::apparmor),
            optional("selinux", ENABLED, LinuxFeatures::selinux),
            optional("intelRdt", INTEL_RDT, LinuxFeatures::intelRdt),
            optional("memoryPolicy", MEMORY_POLICY, LinuxFeatures::memoryPolicy),
            optional("mountExtensions", MOUNT_EXTENSIONS, LinuxFeatures::mountExtensions),
            optional("netDevices", ENABLED, LinuxFeatures::netDevices));

    private static final RecordTable<Features> FEATURES = RecordTable.of(
            row -> new Features(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            required("ociVersionMin", VersionType.ANY, Features::ociVersionMin),
            required("ociVersionMax", VersionType.ANY, Features::ociVersionMax),
            optionalList("hooks", TEXT, Features::hooks),
            optionalList("mountOptions", TEXT, Features::mountOptions),
            optional("linux", LINUX, Features::linux),
            map("annotations", TEXT, Features::annotations),
            optionalList("potentiallyUnsafeConfigAnnotations", TEXT, Features::potentiallyUnsafeConfigAnnotations));

    private FeaturesJson() {
    }

    /**
     * Reads features.
     *
     * @throws io.carafe.spec.json.SpecException when it is something else; the message names the property
     */
    public static Features read(byte[] json, int offset, int length) {
        return FEATURES.read(json, offset, length);
    }

    /** Writes features with tabs, a line per value. */
    public static byte[] write(Features features) {
        return FEATURES.pretty(features);
    }
}
