package io.carafe.shim.binary.told;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A message of containerd's metrics as paths with values: {@code memory.usage.limit}, {@code hugetlb[2MB].max}. A value of 0 is none, as in
 * proto3; a field that metrics.proto does not have is an error.
 */
final class MetricsProto {

    /** metrics.proto of containerd's cgroups module, cgroup1 and cgroup2: message, then field=number, with a type of its own where it has one, ! in a key. */
    private static final String MESSAGES = """
            io.containerd.cgroups.v1.Metrics hugetlb=1:Hugetlb1 pids=2:Pids cpu=3:Cpu1 memory=4:Memory1 blkio=5:BlkIO rdma=6:Rdma network=7:Network cgroup_stats=8:CgroupStats memory_oom_control=9:OomControl
            Hugetlb1 usage=1 max=2 failcnt=3 pagesize=4:text!
            Pids current=1 limit=2
            Cpu1 usage=1:CpuUsage throttling=2:Throttle
            CpuUsage total=1 kernel=2 user=3 per_cpu=4:packed
            Throttle periods=1 throttled_periods=2 throttled_time=3
            Memory1 cache=1 rss=2 rss_huge=3 mapped_file=4 dirty=5 writeback=6 pg_pg_in=7 pg_pg_out=8 pg_fault=9 pg_maj_fault=10 inactive_anon=11 active_anon=12 inactive_file=13 active_file=14 unevictable=15 hierarchical_memory_limit=16 hierarchical_swap_limit=17 total_cache=18 total_rss=19 total_rss_huge=20 total_mapped_file=21 total_dirty=22 total_writeback=23 total_pg_pg_in=24 total_pg_pg_out=25 total_pg_fault=26 total_pg_maj_fault=27 total_inactive_anon=28 total_active_anon=29 total_inactive_file=30 total_active_file=31 total_unevictable=32 usage=33:Entry swap=34:Entry kernel=35:Entry kernel_tcp=36:Entry
            Entry limit=1 usage=2 max=3 failcnt=4
            OomControl oom_kill_disable=1 under_oom=2 oom_kill=3
            BlkIO io_service_bytes_recursive=1:BlkIOEntry io_serviced_recursive=2:BlkIOEntry io_queued_recursive=3:BlkIOEntry io_service_time_recursive=4:BlkIOEntry io_wait_time_recursive=5:BlkIOEntry io_merged_recursive=6:BlkIOEntry io_time_recursive=7:BlkIOEntry sectors_recursive=8:BlkIOEntry
            BlkIOEntry op=1:text! device=2:text! major=3! minor=4! value=5
            CgroupStats nr_sleeping=1 nr_running=2 nr_stopped=3 nr_uninterruptible=4 nr_io_wait=5
            Rdma current=1:RdmaEntry limit=2:RdmaEntry
            RdmaEntry device=1:text! hca_handles=2 hca_objects=3
            Network name=1:text! rx_bytes=2 rx_packets=3 rx_errors=4 rx_dropped=5 tx_bytes=6 tx_packets=7 tx_errors=8 tx_dropped=9
            io.containerd.cgroups.v2.Metrics pids=1:Pids cpu=2:Cpu2 memory=4:Memory2 rdma=5:Rdma io=6:IO hugetlb=7:Hugetlb2 memory_events=8:Events network=9:Network
            Psi some=1:PsiData full=2:PsiData
            PsiData avg10=1:real avg60=2:real avg300=3:real total=4
            Cpu2 usage_usec=1 user_usec=2 system_usec=3 nr_periods=4 nr_throttled=5 throttled_usec=6 psi=7:Psi nr_bursts=8 burst_usec=9
            Memory2 anon=1 file=2 kernel_stack=3 slab=4 sock=5 shmem=6 file_mapped=7 file_dirty=8 file_writeback=9 anon_thp=10 inactive_anon=11 active_anon=12 inactive_file=13 active_file=14 unevictable=15 slab_reclaimable=16 slab_unreclaimable=17 pgfault=18 pgmajfault=19 workingset_refault=20 workingset_activate=21 workingset_nodereclaim=22 pgrefill=23 pgscan=24 pgsteal=25 pgactivate=26 pgdeactivate=27 pglazyfree=28 pglazyfreed=29 thp_fault_alloc=30 thp_collapse_alloc=31 usage=32 usage_limit=33 swap_usage=34 swap_limit=35 max_usage=36 swap_max_usage=37 psi=38:Psi workingset_refault_anon=39 workingset_refault_file=40 workingset_activate_anon=41 workingset_activate_file=42
            Events low=1 high=2 max=3 oom=4 oom_kill=5 oom_group_kill=6
            IO usage=1:IOEntry psi=2:Psi
            IOEntry major=1! minor=2! rbytes=3 wbytes=4 rios=5 wios=6
            Hugetlb2 current=1 max=2 pagesize=3:text! failcnt=4
            """;

    private record Field(String name, String type, boolean key) {
    }

    private static final Map<String, Map<Integer, Field>> FIELDS = new HashMap<>();

    static {
        MESSAGES.lines().forEach(line -> {
            String[] words = line.split(" ");
            Map<Integer, Field> fields = new HashMap<>();
            for (int i = 1; i < words.length; i++) {
                String[] field = words[i].replace("!", "").split("[=:]");
                fields.put(Integer.parseInt(field[1]), new Field(field[0], field.length > 2 ? field[2] : "", words[i].endsWith("!")));
            }
            FIELDS.put(words[0], fields);
        });
    }

    private MetricsProto() {
    }

    static Map<String, String> read(String type, byte[] value) {
        Map<String, String> values = new TreeMap<>();
        read(type, "", ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN), values);
        values.values().removeIf(text -> text.equals("0"));
        return values;
    }

    private static void read(String type, String path, ByteBuffer in, Map<String, String> values) {
        Map<String, String> own = new TreeMap<>();
        List<String> keys = new ArrayList<>();
        while (in.hasRemaining()) {
            long tag = varint(in);
            Field field = FIELDS.get(type).get((int) (tag >>> 3));
            if (field == null) {
                throw new AssertionError(type + " has no field " + (tag >>> 3));
            }
            switch ((int) tag & 7) {
                case 0 -> {
                    String number = Long.toUnsignedString(varint(in));
                    if (field.key()) {
                        keys.add(number);
                    } else {
                        own.put(field.name(), number);
                    }
                }
                case 1 -> own.put(field.name(), plain(Double.toString(in.getDouble())));
                case 2 -> {
                    int length = (int) varint(in);
                    ByteBuffer inner = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
                    in.position(in.position() + length);
                    nested(field, inner, own, keys);
                }
                default -> throw new AssertionError("wire type of " + type + "." + field.name());
            }
        }
        String prefix = path + (keys.isEmpty() ? "" : "[" + String.join(" ", keys) + "]") + (path.isEmpty() ? "" : ".");
        own.forEach((name, value) -> values.put(prefix + name, value));
    }

    private static void nested(Field field, ByteBuffer inner, Map<String, String> own, List<String> keys) {
        switch (field.type()) {
            case "text" -> keys.add(StandardCharsets.UTF_8.decode(inner).toString());
            case "packed" -> {
                for (int i = 0; inner.hasRemaining(); i++) {
                    own.put(field.name() + "[" + i + "]", Long.toUnsignedString(varint(inner)));
                }
            }
            default -> read(field.type(), field.name(), inner, own);
        }
    }

    /** As it stands in a file, without what says nothing. */
    static String plain(String number) {
        BigDecimal value = new BigDecimal(number);
        return value.signum() == 0 ? "0" : value.stripTrailingZeros().toPlainString();
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte one = in.get();
            value |= (one & 0x7fL) << shift;
            if (one >= 0) {
                return value;
            }
        }
    }
}
