package io.carafe.runtime.cgroup;

import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import io.carafe.runtime.cgroup.device.DeviceRules;
import io.carafe.runtime.cgroup.limit.Limits;
import io.carafe.runtime.cgroup.limit.Write;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.Cpu;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What new limits of a container that there is become: writes in order. Pure data; {@link CgroupUpdate} carries it out.
 *
 * <p>What is not asked for stays as it is.
 *
 * @param devices new rules, the default ones among them
 */
record UpdatePlan(List<Change> changes, Optional<DeviceRules> devices) {

    UpdatePlan {
        changes = List.copyOf(changes);
    }

    /** @param directory of the cgroup in the hierarchy that has the limit */
    record Change(String directory, Write write) {

        String path() {
            return directory + "/" + write.file();
        }
    }

    /**
     * What holds now, as the files tell; empty where there is no such file.
     *
     * @param controllers of the cgroup2 directory
     * @param hugePages the sizes of the machine's, where they are asked for
     * @param memoryLimit memory.max or memory.limit_in_bytes
     * @param memoryUsage memory.current or memory.usage_in_bytes
     * @param cpuMax cpu.max of v2
     */
    record Now(List<String> controllers, List<String> hugePages, String memoryLimit, String memoryUsage, String cpuMax) {

        Now {
            controllers = List.copyOf(controllers);
            hugePages = List.copyOf(hugePages);
        }
    }

    /** @throws SpecException for a limit that cannot be had */
    static UpdatePlan of(Resources asked, CgroupPaths paths, Now now) {
        if (paths.byLabel().isEmpty() && !asked.equals(Resources.EMPTY)) {
            throw new SpecException("linux.resources", "the container has no cgroups, and so no limits to change");
        }
        Hierarchies layout = layout(paths, now);
        Resources resources = asked;
        if (asked.memory().isPresent()) {
            resources = resources.withMemory(completed(asked.memory().get(), now));
        }
        if (asked.cpu().isPresent() && layout.isV2()) {
            resources = resources.withCpu(completed(asked.cpu().get(), now));
        }
        List<Change> changes = new ArrayList<>();
        for (Map.Entry<String, List<Write>> controller : Limits.writes(resources, layout.controllers()).entrySet()) {
            String directory = paths.v1With(controller.getKey()).or(paths::unified).orElseThrow();
            controller.getValue().forEach(write -> changes.add(new Change(directory, write)));
        }
        return new UpdatePlan(changes, devices(asked, paths));
    }

    private static Optional<DeviceRules> devices(Resources asked, CgroupPaths paths) {
        if (asked.devices().isEmpty()) {
            return Optional.empty();
        }
        if (paths.v1With("devices").or(paths::unified).isEmpty()) {
            throw new SpecException("linux.resources.devices", "this host has no devices controller");
        }
        return Optional.of(DeviceRules.of(asked.devices()));
    }

    /** The hierarchies that the container is in, as if they were all that the host has. */
    private static Hierarchies layout(CgroupPaths paths, Now now) {
        List<Hierarchy> v1 = new ArrayList<>();
        paths.byLabel().forEach((label, path) -> {
            if (!label.equals(CgroupPaths.UNIFIED)) {
                v1.add(new Hierarchy(1, List.of(label.split(",")), path, "/"));
            }
        });
        Optional<Hierarchy> unified = paths.unified().map(path -> new Hierarchy(2, now.controllers(), path, "/"));
        return new Hierarchies(v1, unified, now.hugePages());
    }

    /** Memory and swap together are counted from the limit: where it stays, from that of now. */
    private static Memory completed(Memory asked, Now now) {
        long limit = asked.limit().orElse(0);
        if (asked.checkBeforeUpdate().orElse(false) && limit > 0 && !now.memoryUsage().isEmpty()
                && Long.parseLong(now.memoryUsage()) > limit) {
            throw new SpecException("linux.resources.memory.limit",
                    "the container uses " + now.memoryUsage() + " bytes, more than " + limit + " (checkBeforeUpdate)");
        }
        boolean needsLimit = limit == 0 && asked.swap().orElse(0) > 0 && !now.memoryLimit().isEmpty() && !now.memoryLimit().equals("max");
        return needsLimit ? asked.withLimit(Long.parseLong(now.memoryLimit())) : asked;
    }

    /** cpu.max has quota and period in one line: the one that is not asked for is the one of now. */
    private static Cpu completed(Cpu asked, Now now) {
        int blank = now.cpuMax().indexOf(' ');
        if (blank < 0) {
            return asked;
        }
        String quota = now.cpuMax().substring(0, blank);
        long period = Long.parseLong(now.cpuMax().substring(blank + 1));
        if (asked.quota().orElse(0) != 0 && asked.period().orElse(0) == 0) {
            return asked.withQuota(asked.quota().getAsLong(), period);
        }
        if (asked.period().orElse(0) != 0 && asked.quota().orElse(0) == 0 && !quota.equals("max")) {
            return asked.withQuota(Long.parseLong(quota), asked.period().getAsLong());
        }
        return asked;
    }
}
