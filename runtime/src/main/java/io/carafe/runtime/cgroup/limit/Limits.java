package io.carafe.runtime.cgroup.limit;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All writes that resources ask for. */
public final class Limits {

    private static final String RESOURCES = "linux.resources.";
    /** What stands before the dot of the files that every cgroup has, without a controller. */
    public static final String CORE = "cgroup";

    private Limits() {
    }

    /**
     * The writes of the rows that ask for something, by controller. A controller that v1 has is v1's.
     *
     * @throws SpecException for a limit that makes no sense, or that this host cannot have
     */
    public static Map<String, List<Write>> writes(Resources resources, Controllers host) {
        if (!resources.memory().flatMap(Memory::useHierarchy).orElse(true)) {
            throw new SpecException(RESOURCES + "memory.useHierarchy", "a cgroup counts what is below it, always since Linux 5.11");
        }
        Map<String, List<Write>> writes = new LinkedHashMap<>();
        for (Limit limit : Limit.values()) {
            add(writes, limit, resources, host);
        }
        List<Write> pages = HugePages.writes(resources, host);
        if (!pages.isEmpty()) {
            writes.put(HugePages.CONTROLLER, pages);
        }
        resources.unified().forEach((file, text) -> writes.computeIfAbsent(controllerOf(file, host), none -> new ArrayList<>())
                .add(new Write(RESOURCES + "unified." + file, file, List.of(text.split("\n")), false)));
        return writes;
    }

    private static void add(Map<String, List<Write>> writes, Limit limit, Resources resources, Controllers host) {
        boolean onUnified = host.isV2() || !host.v1().contains(limit.v1.controller())
                && limit.v2.isPresent() && host.unified().contains(limit.v2.get().controller());
        Limit.Control control = onUnified ? limit.v2.orElse(limit.v1) : limit.v1;
        Optional<Write> write = control.write(limit, resources);
        if (write.isEmpty()) {
            return;
        }
        if (onUnified && limit.v2.isEmpty()) {
            throw new SpecException(limit.property, "cgroup v2 has no such limit");
        }
        if (!host.has(control.controller())) {
            throw host.missing(limit.property, control.controller());
        }
        writes.computeIfAbsent(control.controller(), none -> new ArrayList<>()).add(write.get());
    }

    /** The controller of a file as {@code memory.high}; {@code cgroup} is none, its files are everywhere. */
    private static String controllerOf(String file, Controllers host) {
        String property = RESOURCES + "unified";
        if (!host.isV2()) {
            throw new SpecException(property, "needs a host with cgroup v2 alone");
        }
        int dot = file.indexOf('.');
        if (dot <= 0 || file.indexOf('/') >= 0) {
            throw new SpecException(property, "expected names of files such as memory.high, found \"" + file + '"');
        }
        String controller = file.substring(0, dot);
        if (!controller.equals(CORE) && !host.has(controller)) {
            throw host.missing(property + "." + file, controller);
        }
        return controller;
    }

    /** What is passed over, as the field does it: a line each. */
    public static List<String> warnings(Resources resources) {
        List<String> warnings = new ArrayList<>(0);
        Memory memory = resources.memory().orElse(Memory.EMPTY);
        if (memory.kernel().orElse(0) != 0) {
            warnings.add(RESOURCES + "memory.kernel: kernels since Linux 5.16 have no such limit; going on without it");
        }
        return warnings;
    }

    /** For `features`. */
    public static boolean hasRdma() {
        return Limit.RDMA.v2.isPresent();
    }
}
