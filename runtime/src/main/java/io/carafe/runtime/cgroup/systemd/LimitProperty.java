package io.carafe.runtime.cgroup.systemd;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A row a control file that systemd has a property for: what it is told, so that it keeps the limit when it writes the file itself.
 * A limit of {@code linux.resources} and a file of {@code unified} come by the same row.
 */
enum LimitProperty {
    MEMORY_MAX("memory.max", 231, text -> number("MemoryMax", text)),
    MEMORY_HIGH("memory.high", 231, text -> number("MemoryHigh", text)),
    MEMORY_LOW("memory.low", 231, text -> number("MemoryLow", text)),
    MEMORY_MIN("memory.min", 240, text -> number("MemoryMin", text)),
    MEMORY_SWAP_MAX("memory.swap.max", 232, text -> number("MemorySwapMax", text)),
    MEMORY_LIMIT("memory.limit_in_bytes", 0, text -> number("MemoryLimit", text)),
    CPU_WEIGHT("cpu.weight", 232, text -> number("CPUWeight", text)),
    // 0 is SCHED_IDLE; cpu.weight cannot be set beside it.
    CPU_IDLE("cpu.idle", 252, text -> text.equals("1") ? number("CPUWeight", "0") : List.of()),
    CPU_SHARES("cpu.shares", 0, text -> number("CPUShares", text)),
    CPU_MAX("cpu.max", 232, LimitProperty::quota),
    CPUSET_CPUS("cpuset.cpus", 244, text -> set("AllowedCPUs", text)),
    CPUSET_MEMS("cpuset.mems", 244, text -> set("AllowedMemoryNodes", text)),
    PIDS_MAX("pids.max", 227, LimitProperty::tasks),
    IO_WEIGHT("io.weight", 230, text -> number("IOWeight", text.startsWith("default ") ? text.substring("default ".length()) : text)),
    BLKIO_WEIGHT("blkio.weight", 0, text -> number("BlockIOWeight", text));

    private static final int SECOND_MICROS = 1_000_000;
    private static final String DEFAULT_PERIOD = "100000";
    private static final int MOST_CPUS = 1 << 16;
    /** Of a list, in characters: each of its ranges may be of all CPUs. */
    private static final int LONGEST_SET = 16 * 1024;
    /** CPUQuotaPeriodUSec. */
    private static final int PERIOD_SINCE = 242;

    private final String file;
    /** The version of systemd that has the property. */
    private final int since;
    private final Function<String, List<UnitProperty>> properties;

    LimitProperty(String file, int since, Function<String, List<UnitProperty>> properties) {
        this.file = file;
        this.since = since;
        this.properties = properties;
    }

    /**
     * The properties for what is written to control files.
     *
     * @param controls a file to what is written to it, a text a write(2)
     * @param version of systemd: what it does not know yet is left to the files
     */
    static List<UnitProperty> of(Map<String, List<String>> controls, int version) {
        List<UnitProperty> all = new ArrayList<>();
        for (LimitProperty row : values()) {
            List<String> texts = controls.getOrDefault(row.file, List.of());
            if (version >= row.since && texts.size() == 1) {
                all.addAll(row.properties.apply(texts.get(0)));
            }
        }
        quotaOfV1(controls).ifPresent(text -> all.addAll(quota(text)));
        all.removeIf(property -> property.name().equals("CPUQuotaPeriodUSec") && version < PERIOD_SINCE);
        return all;
    }

    /** Of v1 two files hold what is one in v2. */
    private static java.util.Optional<String> quotaOfV1(Map<String, List<String>> controls) {
        List<String> quota = controls.getOrDefault("cpu.cfs_quota_us", List.of());
        List<String> period = controls.getOrDefault("cpu.cfs_period_us", List.of(DEFAULT_PERIOD));
        return quota.isEmpty() ? java.util.Optional.empty()
                : java.util.Optional.of((quota.get(0).startsWith("-") ? "max" : quota.get(0)) + " " + period.get(0));
    }

    /** What cannot be read as a number is for the file alone, whose kernel will say what it thinks of it. */
    private static List<UnitProperty> number(String name, String text) {
        if (text.equals("max") || text.equals("-1")) {
            return List.of(new UnitProperty(name, BusValue.uint64(-1)));
        }
        return isNumber(text) ? List.of(new UnitProperty(name, BusValue.uint64(Long.parseUnsignedLong(text)))) : List.of();
    }

    private static boolean isNumber(String text) {
        boolean plain = !text.isEmpty() && text.length() < 20;
        for (int i = 0; i < text.length(); i++) {
            plain &= text.charAt(i) >= '0' && text.charAt(i) <= '9';
        }
        return plain;
    }

    /** systemd refuses a TasksMax of 0, which is a limit to the kernel. */
    private static List<UnitProperty> tasks(String text) {
        return text.equals("0") ? List.of() : number("TasksMax", text);
    }

    /** Time in a second of time, rounded up so that systemd comes to the same quota; and the period. */
    private static List<UnitProperty> quota(String text) {
        int blank = text.indexOf(' ');
        String quota = blank < 0 ? text : text.substring(0, blank);
        String period = blank < 0 ? DEFAULT_PERIOD : text.substring(blank + 1);
        if (!isNumber(period) || period.equals("0") || !quota.equals("max") && (!isNumber(quota) || quota.length() > 12)) {
            return List.of();
        }
        long micros = Long.parseLong(period);
        long perSecond = quota.equals("max") ? -1 : (Long.parseLong(quota) * SECOND_MICROS + micros - 1) / micros;
        return List.of(new UnitProperty("CPUQuotaPerSecUSec", BusValue.uint64(perSecond)),
                new UnitProperty("CPUQuotaPeriodUSec", BusValue.uint64(micros)));
    }

    /** A list such as {@code 0-3,7} as a mask, a bit each, bytes from the lowest on. */
    private static List<UnitProperty> set(String name, String list) {
        if (list.length() > LONGEST_SET) {
            return List.of();
        }
        byte[] mask = new byte[0];
        for (String range : list.split(",")) {
            int dash = range.indexOf('-');
            String first = (dash < 0 ? range : range.substring(0, dash)).strip();
            String last = (dash < 0 ? range : range.substring(dash + 1)).strip();
            if (!isNumber(first) || !isNumber(last) || Long.parseLong(last) >= MOST_CPUS || Long.parseLong(first) > Long.parseLong(last)) {
                return List.of();
            }
            mask = java.util.Arrays.copyOf(mask, Math.max(mask.length, Integer.parseInt(last) / 8 + 1));
            for (int bit = Integer.parseInt(first); bit <= Integer.parseInt(last); bit++) {
                mask[bit / 8] |= (byte) (1 << bit % 8);
            }
        }
        return List.of(new UnitProperty(name, BusValue.bytes(mask)));
    }
}
