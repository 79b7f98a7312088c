package io.carafe.benchmarks.host;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.linux.proc.MountInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CgroupLayoutTest {

    @ParameterizedTest
    @CsvSource({
        "V2, 'cgroup2'",
        "HYBRID, 'tmpfs pids:cgroup unified:cgroup2'",
        "V1, 'tmpfs pids:cgroup memory:cgroup'",
        "NONE, 'tmpfs'",
        "NONE, ''"})
    void a_layout_is_known_by_its_mounts(CgroupLayout expected, String mounts) {
        assertEquals(expected, layout(mounts));
    }

    @Test
    void a_cgroup2_tree_over_it_covers_a_hybrid_layout() {
        assertEquals(CgroupLayout.V2, layout("tmpfs pids:cgroup unified:cgroup2 cgroup2"));
    }

    /** @param mounts words: {@code TYPE} for the root, {@code NAME:TYPE} below it */
    private static CgroupLayout layout(String mounts) {
        StringBuilder text = new StringBuilder("20 1 8:1 / / rw - ext4 /dev/root rw\n");
        for (String mount : mounts.isEmpty() ? new String[0] : mounts.split(" ")) {
            int colon = mount.indexOf(':');
            String point = CgroupLayout.ROOT + (colon < 0 ? "" : "/" + mount.substring(0, colon));
            text.append("30 20 0:30 / ").append(point).append(" rw - ").append(mount.substring(colon + 1)).append(" none rw\n");
        }
        return CgroupLayout.of(MountInfo.parse(text.toString()));
    }
}
