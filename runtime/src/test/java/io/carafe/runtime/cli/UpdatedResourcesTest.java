package io.carafe.runtime.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.resources.Resources;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpdatedResourcesTest {

    private static Resources of(String flags) {
        return UpdatedResources.of(CommandLine.of(("update " + flags + " web").split(" ")));
    }

    @ParameterizedTest
    @CsvSource({"64, 64", "64b, 64", "1k, 1024", "64m, 67108864", "64M, 67108864", "64MB, 67108864", "64MiB, 67108864", "2g, 2147483648", "-1, -1"})
    void sizes_have_units_of_1024(String text, long bytes) {
        assertEquals(bytes, of("--memory=" + text).memory().orElseThrow().limit().orElseThrow());
    }

    @ParameterizedTest
    @CsvSource({"--memory=x", "--memory=1x", "--memory=m", "--memory=1.5g", "--memory=9999999999g", "--memory=1mm", "--cpu-quota=1s", "--pids-limit=many",
        "--blkio-weight=70000"})
    void anything_else_is_refused(String flag) {
        assertThrows(UsageException.class, () -> of(flag));
    }

    @Test
    void every_flag_lands_where_the_document_has_it() {
        String json = """
                {"memory": {"limit": 1024, "reservation": 512, "swap": 2048},
                 "cpu": {"shares": 7, "quota": 8, "burst": 3, "period": 9, "realtimeRuntime": 5, "realtimePeriod": 6, "cpus": "0", "mems": "1", "idle": 1},
                 "pids": {"limit": 4}, "blockIO": {"weight": 100}}""";
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        assertEquals(ResourcesJson.read(bytes, 0, bytes.length), of("--memory 1k --memory-reservation 512 --memory-swap 2k --cpu-share 7 --cpu-quota 8 "
                + "--cpu-burst 3 --cpu-period 9 --cpu-rt-runtime 5 --cpu-rt-period 6 --cpuset-cpus 0 --cpuset-mems 1 --cpu-idle 1 "
                + "--pids-limit 4 --blkio-weight 100"));
    }

    @Test
    void without_flags_nothing_is_asked() {
        assertEquals(Resources.EMPTY, of("--memory="));
    }

    @ParameterizedTest
    @CsvSource({"500ms, 500", "5s, 5000", "1m30s, 90000", "1h, 3600000"})
    void an_interval_has_units(String text, long millis) {
        assertEquals(millis, Reports.millis(text));
    }

    @ParameterizedTest
    @CsvSource({"5", "s", "0s", "-5s", "5d", "5 s"})
    void an_interval_without_is_refused(String text) {
        assertThrows(UsageException.class, () -> Reports.millis(text));
    }
}
