package io.carafe.spec.codec;

import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.optionalInt;
import static io.carafe.spec.table.Property.optionalLong;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;
import static io.carafe.spec.table.ValueType.BOOLEAN;

import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.DeviceCgroup;
import io.carafe.spec.resources.HugepageLimit;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Network;
import io.carafe.spec.resources.Pids;
import io.carafe.spec.resources.Rdma;
import io.carafe.spec.resources.Resources;
import io.carafe.spec.resources.ThrottleDevice;
import io.carafe.spec.resources.WeightDevice;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import io.carafe.spec.table.Words;

/** The {@code linux.resources} of config.json, which {@code update --resources} reads alone. */
public final class ResourcesJson {

    private static final RecordTable<DeviceCgroup> DEVICE_CGROUP = RecordTable.of(
            row -> new DeviceCgroup(row.next(), row.next(), row.next(), row.next(), row.next()),
            required("allow", BOOLEAN, DeviceCgroup::allow),
            optional("type", Words.of(DeviceCgroup.Type.values(), DeviceCgroup.Type::text), DeviceCgroup::type),
            optionalLong("major", LongType.INT64, DeviceCgroup::major),
            optionalLong("minor", LongType.INT64, DeviceCgroup::minor),
            optional("access", TEXT, DeviceCgroup::access));

    private static final RecordTable<Memory> MEMORY = RecordTable.of(
            row -> new Memory(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            optionalLong("limit", LongType.INT64, Memory::limit),
            optionalLong("reservation", LongType.INT64, Memory::reservation),
            optionalLong("swap", LongType.INT64, Memory::swap),
            optionalLong("kernel", LongType.INT64, Memory::kernel),
            optionalLong("kernelTCP", LongType.INT64, Memory::kernelTCP),
            optionalLong("swappiness", LongType.UINT64, Memory::swappiness),
            optional("disableOOMKiller", BOOLEAN, Memory::disableOOMKiller),
            optional("useHierarchy", BOOLEAN, Memory::useHierarchy),
            optional("checkBeforeUpdate", BOOLEAN, Memory::checkBeforeUpdate));

    private static final RecordTable<Cpu> CPU = RecordTable.of(
            row -> new Cpu(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            optionalLong("shares", LongType.UINT64, Cpu::shares),
            optionalLong("quota", LongType.INT64, Cpu::quota),
            optionalLong("burst", LongType.UINT64, Cpu::burst),
            optionalLong("period", LongType.UINT64, Cpu::period),
            optionalLong("realtimeRuntime", LongType.INT64, Cpu::realtimeRuntime),
            optionalLong("realtimePeriod", LongType.UINT64, Cpu::realtimePeriod),
            optional("cpus", TEXT, Cpu::cpus),
            optional("mems", TEXT, Cpu::mems),
            optionalLong("idle", LongType.INT64, Cpu::idle));

    private static final RecordTable<Pids> PIDS = RecordTable.of(
            row -> new Pids(row.next()),
            // The schema still wants it; since 1.3.0 the prose does not.
            optionalLong("limit", LongType.INT64, Pids::limit));

    private static final RecordTable<WeightDevice> WEIGHT_DEVICE = RecordTable.of(
            row -> new WeightDevice(row.next(), row.next(), row.next(), row.next()),
            required("major", LongType.INT64, WeightDevice::major),
            required("minor", LongType.INT64, WeightDevice::minor),
            optionalInt("weight", IntType.UINT16, WeightDevice::weight),
            optionalInt("leafWeight", IntType.UINT16, WeightDevice::leafWeight));

    private static final RecordTable<ThrottleDevice> THROTTLE_DEVICE = RecordTable.of(
            row -> new ThrottleDevice(row.next(), row.next(), row.next()),
            required("major", LongType.INT64, ThrottleDevice::major),
            required("minor", LongType.INT64, ThrottleDevice::minor),
            required("rate", LongType.UINT64, ThrottleDevice::rate));

    private static final RecordTable<BlockIO> BLOCK_IO = RecordTable.of(
            row -> new BlockIO(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            optionalInt("weight", IntType.UINT16, BlockIO::weight),
            optionalInt("leafWeight", IntType.UINT16, BlockIO::leafWeight),
            list("weightDevice", WEIGHT_DEVICE, BlockIO::weightDevice),
            list("throttleReadBpsDevice", THROTTLE_DEVICE, BlockIO::throttleReadBpsDevice),
            list("throttleWriteBpsDevice", THROTTLE_DEVICE, BlockIO::throttleWriteBpsDevice),
            list("throttleReadIOPSDevice", THROTTLE_DEVICE, BlockIO::throttleReadIOPSDevice),
            list("throttleWriteIOPSDevice", THROTTLE_DEVICE, BlockIO::throttleWriteIOPSDevice));

    private static final RecordTable<HugepageLimit> HUGEPAGE_LIMIT = RecordTable.of(
            row -> new HugepageLimit(row.next(), row.next()),
            required("pageSize", TEXT, HugepageLimit::pageSize),
            required("limit", LongType.UINT64, HugepageLimit::limit));

    private static final RecordTable<Network.InterfacePriority> INTERFACE_PRIORITY = RecordTable.of(
            row -> new Network.InterfacePriority(row.next(), row.next()),
            required("name", TEXT, Network.InterfacePriority::name),
            required("priority", LongType.UINT32, Network.InterfacePriority::priority));

    private static final RecordTable<Network> NETWORK = RecordTable.of(
            row -> new Network(row.next(), row.next()),
            optionalLong("classID", LongType.UINT32, Network::classID),
            list("priorities", INTERFACE_PRIORITY, Network::priorities));

    private static final RecordTable<Rdma> RDMA = RecordTable.of(
            row -> new Rdma(row.next(), row.next()),
            optionalLong("hcaHandles", LongType.UINT32, Rdma::hcaHandles),
            optionalLong("hcaObjects", LongType.UINT32, Rdma::hcaObjects));

    static final RecordTable<Resources> RESOURCES = RecordTable.of(
            row -> new Resources(row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next(), row.next()),
            list("devices", DEVICE_CGROUP, Resources::devices),
            optional("memory", MEMORY, Resources::memory),
            optional("cpu", CPU, Resources::cpu),
            optional("pids", PIDS, Resources::pids),
            optional("blockIO", BLOCK_IO, Resources::blockIO),
            list("hugepageLimits", HUGEPAGE_LIMIT, Resources::hugepageLimits),
            optional("network", NETWORK, Resources::network),
            map("rdma", RDMA, Resources::rdma),
            map("unified", TEXT, Resources::unified));

    private ResourcesJson() {
    }

    /**
     * Reads limits.
     *
     * @throws io.carafe.spec.json.SpecException when it is something else; paths start below {@code linux.resources}
     */
    public static Resources read(byte[] json, int offset, int length) {
        return RESOURCES.read(json, offset, length);
    }

    /** Writes limits with tabs, a line per value. */
    public static byte[] write(Resources resources) {
        return RESOURCES.pretty(resources);
    }
}
