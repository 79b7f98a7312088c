package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a further process goes. */
class CgroupPathsTest {

    private static final CgroupPaths HYBRID = new CgroupPaths(new LinkedHashMap<>(Map.of("cpu,cpuacct", "/c/cpu,cpuacct/web", "pids", "/c/pids/web",
            "unified", "/c/unified/web")));

    private static Map<String, String> hybrid(String cpu, String pids, String unified) {
        return Map.of("cpu,cpuacct", cpu, "pids", pids, "unified", unified);
    }

    @Test
    void one_path_is_for_all_hierarchies() {
        assertEquals(hybrid("/c/cpu,cpuacct/web/a/b", "/c/pids/web/a/b", "/c/unified/web/a/b"), HYBRID.below(List.of("/a//./b/")).byLabel());
        assertEquals(HYBRID, HYBRID.below(List.of()));
        assertEquals(HYBRID, HYBRID.below(List.of("/")));
    }

    @Test
    void controllers_have_paths_of_their_own() {
        assertEquals(hybrid("/c/cpu,cpuacct/web/a", "/c/pids/web/b", "/c/unified/web"), HYBRID.below(List.of("cpu,cpuacct:a", "pids:/b")).byLabel());
        assertEquals(hybrid("/c/cpu,cpuacct/web/a", "/c/pids/web/a", "/c/unified/web"), HYBRID.below(List.of("cpuacct,pids:a")).byLabel());
    }

    @ParameterizedTest
    @ValueSource(strings = {"..", "../x", "a/../b", "a/..", "/..", "pids:../x", "nonesuch:a", ":a", "a\nb"})
    void what_leads_out_or_nowhere_is_refused(String word) {
        assertThrows(IllegalArgumentException.class, () -> HYBRID.below(List.of(word)));
    }

    @Test
    void words_that_contradict_each_other_are_refused() {
        assertThrows(IllegalArgumentException.class, () -> HYBRID.below(List.of("a", "b")));
        assertThrows(IllegalArgumentException.class, () -> HYBRID.below(List.of("cpu:a", "cpuacct:b")));
    }

    @ParameterizedTest
    @CsvSource({"/sys/fs/cgroup/pids/web, true", "/sys/fs/cgroup/unified/a/b, true", "/sys/fs/cgroup/pids, false", "/sys/fs/cgroup, false",
        "/, false", "/sys/fs/cgroup/pids/../x, false", "/sys/fs/cgroup//x, false", "/sys/fs/cgroup/pids/., false", "/tmp/a/b/c/d, false",
        "x/sys/fs/cgroup/pids/web, false", "/sys/fs/cgroup/pids/, false"})
    void a_path_below_a_hierarchy_is_told_from_others(String path, boolean expected) {
        assertEquals(expected, CgroupPaths.isBelowHierarchy(path));
    }
}
