package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import io.carafe.spec.Mount;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** config-linux.md, Cgroup ownership: a line each of its conditions. */
class DelegationPlanTest {

    private static final Hierarchy TREE = new Hierarchy(2, List.of(), "/sys/fs/cgroup", "/");

    @ParameterizedTest(name = "{0} on {1} with {2}, new namespace {3}, v2 {4}, uid {5}")
    @CsvSource(nullValues = "none", value = {
        "cgroup,  /sys/fs/cgroup, rw,       true,  true,  1000, 1000",
        "cgroup,  /sys/fs/cgroup, nosuid,   true,  true,  1000, 1000",
        "cgroup,  /sys/fs/cgroup, ro,       true,  true,  1000, none",
        "cgroup,  /sys/fs/cgroup, rro,      true,  true,  1000, none",
        "cgroup2, /sys/fs/cgroup, rw,       true,  true,  1000, none",
        "cgroup,  /elsewhere,     rw,       true,  true,  1000, none",
        "cgroup,  /sys/fs/cgroup, rw,       false, true,  1000, none",
        "cgroup,  /sys/fs/cgroup, rw,       true,  false, 1000, none",
        "cgroup,  /sys/fs/cgroup, rw,       true,  true,  0,    none",
        "cgroup,  /sys/fs/cgroup, rw,       true,  true,  none, none",
    })
    void the_cgroup_is_given_when_it_can_be_used(String source, String destination, String option, boolean isNew, boolean isV2, Long uid,
            Long owner) {
        Hierarchies host = new Hierarchies(isV2 ? List.of() : List.of(new Hierarchy(1, List.of("pids"), "/p", "/")), Optional.of(TREE));
        assertEquals(Optional.ofNullable(owner).map(DelegationPlan::new),
                DelegationPlan.of(List.of(Mount.of("/proc", "proc", "proc"), Mount.of(destination, "cgroup", source, option)), isNew,
                        uid == null ? OptionalLong.empty() : OptionalLong.of(uid), 0, host));
    }
}
