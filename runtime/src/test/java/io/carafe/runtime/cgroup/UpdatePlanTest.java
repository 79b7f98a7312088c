package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.cgroup.UpdatePlan.Now;
import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.Resources;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an update writes on v1 and on v2: what is not asked for stays. */
class UpdatePlanTest {

    private static final Map<String, String> V1 = new LinkedHashMap<>();
    private static final Map<String, String> V2 = Map.of("unified", "/u");

    static {
        for (String label : List.of("cpu,cpuacct", "cpuset", "memory", "pids", "unified")) {
            V1.put(label, "/" + label.charAt(0));
        }
    }

    private static final Now NOW = new Now(List.of("cpu", "memory", "pids"), List.of(), "1000000", "600000", "50000 200000");

    private static Resources resources(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        return ResourcesJson.read(bytes, 0, bytes.length);
    }

    private static String writes(String json, Map<String, String> paths, Now now) {
        List<String> lines = UpdatePlan.of(resources(json), new CgroupPaths(paths), now).changes().stream()
                .map(change -> change.path() + "=" + String.join(",", change.write().texts())).toList();
        return String.join("; ", lines);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'pids': {'limit': 7}}                             | /p/pids.max=7                                              | /u/pids.max=7",
            "{'pids': {'limit': -1}}                            | /p/pids.max=max                                            | /u/pids.max=max",
            "{'cpu': {'quota': 1000}}                           | /c/cpu.cfs_quota_us=1000                                   | /u/cpu.max=1000 200000",
            "{'cpu': {'period': 100000}}                        | /c/cpu.cfs_period_us=100000                                | /u/cpu.max=50000 100000",
            "{'cpu': {'quota': -1}}                             | /c/cpu.cfs_quota_us=-1                                     | /u/cpu.max=max 200000",
            "{'cpu': {'quota': 3, 'period': 4}}                 | /c/cpu.cfs_period_us=4; /c/cpu.cfs_quota_us=3              | /u/cpu.max=3 4",
            "{'memory': {'limit': 700000}}                      | /m/memory.limit_in_bytes=700000                            | /u/memory.max=700000",
            "{'memory': {'swap': 1500000}}                      | /m/memory.limit_in_bytes=1000000; /m/memory.memsw.limit_in_bytes=1500000 | /u/memory.max=1000000; /u/memory.swap.max=500000",
            "{'memory': {'limit': -1}}                          | /m/memory.limit_in_bytes=-1; /m/memory.memsw.limit_in_bytes=-1 | /u/memory.max=max; /u/memory.swap.max=max",
            "{'memory': {'limit': 500000, 'checkBeforeUpdate': false}} | /m/memory.limit_in_bytes=500000                     | /u/memory.max=500000",
            "{'devices': [{'allow': false, 'access': 'rwm'}]}   | ''                                                         | ''",
            "{}                                                 | ''                                                         | ''",
    })
    void what_is_asked_for_is_written(String json, String v1, String v2) {
        assertEquals(v1, writes(json, V1, NOW));
        assertEquals(v2, writes(json, V2, NOW));
    }

    @Test
    void device_rules_that_are_asked_for_come_with_the_default_ones() {
        UpdatePlan plan = UpdatePlan.of(resources("{'devices': [{'allow': false, 'access': 'rwm'}, {'allow': true, 'type': 'c', 'major': 10,"
                + " 'minor': 229, 'access': 'rw'}]}"), new CgroupPaths(V2), NOW);
        assertTrue(plan.devices().orElseThrow().rules().stream().anyMatch(rule -> rule.text().equals("c 10:229 rw")));
        assertTrue(plan.devices().orElseThrow().rules().stream().anyMatch(rule -> rule.text().equals("c 1:3 rwm")));
        assertTrue(UpdatePlan.of(resources("{}"), new CgroupPaths(V2), NOW).devices().isEmpty());
    }

    @Test
    void a_period_alone_leaves_an_absent_quota_absent() {
        assertEquals("/u/cpu.max=max 100000", writes("{'cpu': {'period': 100000}}", V2, new Now(List.of("cpu"), List.of(), "", "", "max 200000")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "{'memory': {'limit': 500000, 'checkBeforeUpdate': true}} | linux.resources.memory.limit: the container uses 600000 bytes, more than 500000 (checkBeforeUpdate)",
            "{'blockIO': {'throttleReadBpsDevice': [{'major': 8, 'minor': 0, 'rate': 1}]}} | linux.resources.blockIO.throttleReadBpsDevice: this host has no blkio controller",
            "{'memory': {'limit': 100, 'swap': 50}} | linux.resources.memory.swap: expected memory and swap together, at least memory.limit (100), found 50",
    })
    void what_cannot_be_had_is_told(String json, String complaint) {
        assertEquals(complaint, assertThrows(SpecException.class, () -> writes(json, V1, NOW)).getMessage());
    }

    @Test
    void without_a_cgroup_nothing_can_be_limited() {
        assertThrows(SpecException.class, () -> writes("{'pids': {'limit': 7}}", Map.of(), new Now(List.of(), List.of(), "", "", "")));
    }
}
