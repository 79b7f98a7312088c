package io.carafe.spec.resources;

import java.util.List;
import java.util.OptionalLong;

/**
 * Tags of the net_cls and net_prio controllers of cgroup v1.
 *
 * @param classID 0 to 4294967295
 * @see "runtime-spec config-linux.md, Network"
 */
public record Network(OptionalLong classID, List<InterfacePriority> priorities) {

    public Network {
        priorities = List.copyOf(priorities);
    }

    /** The priority of what leaves by one interface, 0 to 4294967295. */
    public record InterfacePriority(String name, long priority) {
    }
}
