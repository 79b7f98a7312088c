package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalInt;
import static io.carafe.spec.table.Property.optionalLong;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;
import static io.carafe.spec.table.ValueType.BOOLEAN;

import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.IntelRdt;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.NetDevice;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.linux.RootfsPropagation;
import io.carafe.spec.linux.TimeOffset;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.Words;

/** The {@code linux} of config.json. */
final class LinuxTable {

    static final RecordTable<IdMapping> ID_MAPPING = RecordTable.of(
            row -> new IdMapping(row.next(), row.next(), row.next()),
            required("containerID", LongType.ID, IdMapping::containerID),
            required("hostID", LongType.ID, IdMapping::hostID),
            required("size", LongType.UINT32, IdMapping::size));

    private static final RecordTable<Namespace> NAMESPACE = RecordTable.of(
            row -> new Namespace(row.next(), row.next()),
            required("type", Words.of(NamespaceType.values(), NamespaceType::text), Namespace::type),
            optional("path", TEXT, Namespace::path));

    private static final RecordTable<Device> DEVICE = RecordTable.of(
            row -> {
                Device device = new Device(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next());
                if (device.type() != Device.Type.FIFO) {
                    row.require("major");
                    row.require("minor");
                }
                return device;
            },
            required("path", TEXT, Device::path),
            required("type", Words.of(Device.Type.values(), Device.Type::text), Device::type),
            defaulted("major", LongType.INT64, 0L, Device::major).alwaysWritten(),
            defaulted("minor", LongType.INT64, 0L, Device::minor).alwaysWritten(),
            optionalInt("fileMode", IntType.MODE, Device::fileMode),
            optionalLong("uid", LongType.ID, Device::uid),
            optionalLong("gid", LongType.ID, Device::gid));

    private static final RecordTable<NetDevice> NET_DEVICE = RecordTable.of(
            row -> new NetDevice(row.next()),
            optional("name", TEXT, NetDevice::name));

    private static final RecordTable<IntelRdt> INTEL_RDT = RecordTable.of(
            row -> new IntelRdt(row.next(), row.next(), row.next(), row.next(), row.next()),
            optional("closID", TEXT, IntelRdt::closID),
            list("schemata", TEXT, IntelRdt::schemata),
            optional("l3CacheSchema", TEXT, IntelRdt::l3CacheSchema),
            optional("memBwSchema", TEXT, IntelRdt::memBwSchema),
            defaulted("enableMonitoring", BOOLEAN, false, IntelRdt::enableMonitoring));

    static final RecordTable<MemoryPolicy> MEMORY_POLICY = RecordTable.of(
            row -> new MemoryPolicy(row.next(), row.next(), row.next()),
            required("mode", Words.of(MemoryPolicy.Mode.values(), MemoryPolicy.Mode::text), MemoryPolicy::mode),
            optional("nodes", TEXT, MemoryPolicy::nodes),
            list("flags", Words.of(MemoryPolicy.Flag.values(), MemoryPolicy.Flag::text), MemoryPolicy::flags));

    static final RecordTable<Personality> PERSONALITY = RecordTable.of(
            row -> new Personality(row.next(), row.next()),
            required("domain", Words.of(Personality.Domain.values(), Personality.Domain::text), Personality::domain),
            list("flags", TEXT, Personality::flags));

    private static final RecordTable<TimeOffset> TIME_OFFSET = RecordTable.of(
            row -> new TimeOffset(row.next(), row.next()),
            defaulted("secs", LongType.INT64, 0L, TimeOffset::secs),
            defaulted("nanosecs", LongType.UINT32, 0L, TimeOffset::nanosecs));

    static final RecordTable<Linux> LINUX = RecordTable.of(
            row -> new Linux(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(),
                    row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            list("uidMappings", ID_MAPPING, Linux::uidMappings),
            list("gidMappings", ID_MAPPING, Linux::gidMappings),
            map("sysctl", TEXT, Linux::sysctl),
            optional("resources", ResourcesJson.RESOURCES, Linux::resources),
            optional("cgroupsPath", TEXT, Linux::cgroupsPath),
            list("namespaces", NAMESPACE, Linux::namespaces),
            list("devices", DEVICE, Linux::devices),
            map("netDevices", NET_DEVICE, Linux::netDevices),
            optional("seccomp", SeccompTable.SECCOMP, Linux::seccomp),
            optional("rootfsPropagation", Words.of(RootfsPropagation.values(), RootfsPropagation::text), Linux::rootfsPropagation),
            list("maskedPaths", TEXT, Linux::maskedPaths),
            list("readonlyPaths", TEXT, Linux::readonlyPaths),
            optional("mountLabel", TEXT, Linux::mountLabel),
            optional("intelRdt", INTEL_RDT, Linux::intelRdt),
            optional("memoryPolicy", MEMORY_POLICY, Linux::memoryPolicy),
            optional("personality", PERSONALITY, Linux::personality),
            map("timeOffsets", TIME_OFFSET, Linux::timeOffsets));

    private LinuxTable() {
    }
}
