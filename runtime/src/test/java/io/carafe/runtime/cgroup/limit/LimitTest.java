package io.carafe.runtime.cgroup.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.resources.Resources;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the rows say beside the files: CgroupPlanTest has those. */
class LimitTest {

    @Test
    void swap_that_is_not_accounted_is_no_failure_where_none_or_all_is_asked() {
        for (String fine : List.of("-1", "0", "max")) {
            assertTrue(Limit.SWAP.mayBeAbsent(fine));
        }
        assertFalse(Limit.SWAP.mayBeAbsent("300"));
        assertFalse(Limit.MEMORY_LIMIT.mayBeAbsent("-1"));
    }

    @Test
    void the_weight_for_shares_never_falls() {
        long before = 0;
        for (long shares = 0; shares < 300_000; shares++) {
            long weight = CpuWeight.of(shares);
            assertTrue(weight >= before && weight >= 1 && weight <= 10_000, shares + " shares: " + weight);
            before = weight;
        }
        assertEquals(10_000, CpuWeight.of(-1));
    }

    @Test
    void sizes_of_huge_pages_are_named_as_the_kernel_names_its_files() {
        assertEquals(List.of("64KB", "2MB", "32MB", "1GB", "16GB"), HugePages.sizes(List.of("hugepages-64kB", "hugepages-2048kB", "hugepages-32768kB",
                "hugepages-1048576kB", "hugepages-16777216kB", "something-else")));
    }

    private static List<String> warnings(String json) {
        byte[] bytes = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
        Resources resources = ResourcesJson.read(bytes, 0, bytes.length);
        return Limits.warnings(resources).stream().map(line -> line.substring(0, line.indexOf(':'))).toList();
    }

    @Test
    void kernel_memory_is_passed_over_with_a_warning() {
        assertEquals(List.of("linux.resources.memory.kernel"), warnings("{'memory': {'kernel': 1048576, 'kernelTCP': -1}}"));
        assertEquals(List.of(), warnings("{'memory': {'limit': 1048576, 'kernel': 0}}"));
    }
}
