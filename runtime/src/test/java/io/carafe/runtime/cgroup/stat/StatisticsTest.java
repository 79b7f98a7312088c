package io.carafe.runtime.cgroup.stat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.spec.json.JsonWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same words for v1 and v2. Files of a directory, as a kernel may have them that the tests do not run on. */
class StatisticsTest {

    private static final String STAT = "usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 7\nnr_throttled 1\nthrottled_usec 4";

    @TempDir
    private Path directory;
    private final Linux linux = Linux.over(Door.open());

    private void file(String name, String text) throws IOException {
        Files.writeString(directory.resolve(name), text + "\n");
    }

    private String json(Map<String, String> paths) {
        return new String(JsonWriter.compact(out -> {
            out.beginObject();
            Statistics.read(linux, new CgroupPaths(paths)).write(out);
            out.endObject();
        }), StandardCharsets.UTF_8);
    }

    @BeforeEach
    void files() throws IOException {
        file("cpu.stat", STAT);
        file("memory.stat", "file 11\ntotal_cache 12");
        file("pids.current", "2");
        file("pids.max", "max");
    }

    /** A file that cannot be read is not one that is not there: a limit would be told as none. */
    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EIO", "ENOMEM", "EOPNOTSUPP", "ENODEV", "ENOENT"})
    void only_what_is_absent_is_left_away(Errno errno) {
        Linux failing = Linux.over(new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                return nr == Sys.READ.nr ? -errno.number : kernel.call(nr, a, b, c, d, e, f);
            }
        });
        CgroupPaths paths = new CgroupPaths(Map.of("unified", directory.toString()));
        if (errno == Errno.EIO || errno == Errno.ENOMEM) {
            assertEquals(errno, assertThrows(KernelException.class, () -> written(failing, paths)).errno());
        } else {
            written(failing, paths);
        }
    }

    private static void written(Linux linux, CgroupPaths paths) {
        JsonWriter.compact(out -> {
            out.beginObject();
            Statistics.read(linux, paths).write(out);
            out.endObject();
        });
    }

    @Test
    void cgroup_v2() throws IOException {
        file("cpu.pressure", "some avg10=0.10 avg60=0.00 avg300=0.00 total=99\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=1");
        file("cpuset.cpus.effective", "0-2,5");
        file("memory.max", "max");
        file("memory.current", "100");
        file("memory.swap.max", "5");
        file("memory.swap.current", "7");
        file("memory.events", "low 0\nmax 3\noom 1\noom_kill 1");
        file("io.stat", "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6");
        file("hugetlb.2MB.current", "4096");
        file("hugetlb.2MB.events", "max 9");
        file("hugetlb.2MB.rsvd.current", "1");
        assertEquals("{\"cpu\":{\"usage\":{\"total\":5000,\"kernel\":2000,\"user\":3000},"
                + "\"throttling\":{\"periods\":7,\"throttledPeriods\":1,\"throttledTime\":4000},"
                + "\"psi\":{\"some\":{\"avg10\":0.10,\"avg60\":0.00,\"avg300\":0.00,\"total\":99},"
                + "\"full\":{\"avg10\":0.00,\"avg60\":0.00,\"avg300\":0.00,\"total\":1}}},"
                + "\"cpuset\":{\"cpus\":[0,1,2,5]},"
                + "\"memory\":{\"cache\":11,\"usage\":{\"limit\":18446744073709551615,\"usage\":100,\"failcnt\":3},"
                + "\"swap\":{\"limit\":18446744073709551615,\"usage\":107},\"raw\":{\"file\":11,\"total_cache\":12}},"
                + "\"pids\":{\"current\":2},"
                + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":0,\"op\":\"Read\",\"value\":1},"
                + "{\"major\":8,\"minor\":0,\"op\":\"Write\",\"value\":2},{\"major\":8,\"minor\":0,\"op\":\"Discard\",\"value\":5}],"
                + "\"ioServicedRecursive\":[{\"major\":8,\"minor\":0,\"op\":\"Read\",\"value\":3},"
                + "{\"major\":8,\"minor\":0,\"op\":\"Write\",\"value\":4},{\"major\":8,\"minor\":0,\"op\":\"Discard\",\"value\":6}]},"
                + "\"hugetlb\":{\"2MB\":{\"usage\":4096,\"failcnt\":9}}}", json(Map.of("unified", directory.toString())));
    }

    @Test
    void cgroup_v1() throws IOException {
        file("cpuacct.usage", "50");
        file("cpuacct.usage_percpu", "20 30");
        file("cpu.stat", "nr_periods 7\nnr_throttled 1\nthrottled_time 4");
        file("memory.usage_in_bytes", "100");
        file("memory.limit_in_bytes", "200");
        file("pids.max", "8");
        file("blkio.throttle.io_service_bytes_recursive", "8:0 Read 1\n8:0 Total 1\nTotal 1");
        String here = directory.toString();
        assertEquals("{\"cpu\":{\"usage\":{\"total\":50,\"percpu\":[20,30]},"
                + "\"throttling\":{\"periods\":7,\"throttledPeriods\":1,\"throttledTime\":4}},\"cpuset\":{},"
                + "\"memory\":{\"cache\":12,\"usage\":{\"limit\":200,\"usage\":100},\"raw\":{\"file\":11,\"total_cache\":12}},"
                + "\"pids\":{\"current\":2,\"limit\":8},"
                + "\"blkio\":{\"ioServiceBytesRecursive\":[{\"major\":8,\"minor\":0,\"op\":\"Read\",\"value\":1},"
                + "{\"major\":8,\"minor\":0,\"op\":\"Total\",\"value\":1}]},\"hugetlb\":{}}",
                json(Map.of("cpu,cpuacct", here, "memory", here, "pids", here, "blkio", here)));
    }

    @Test
    void without_a_cgroup_nothing_is_known() {
        assertEquals("{\"cpu\":{},\"cpuset\":{},\"memory\":{},\"pids\":{},\"blkio\":{},\"hugetlb\":{}}", json(Map.of()));
    }
}
