package io.carafe.conformance.suite.linux.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** linux.resources.blockIO, by the first disk or loop device of the host; nothing is read or written. */
class BlockIoApplied {

    @Test
    @Tag("config-linux.resources.blockIO.weight.applied")
    void the_weight_is_that_of_the_cgroup(Container container) {
        CgroupFile file = weight(container);
        container.with("/linux/resources/blockIO", object("weight", 321));
        String seen = file.read(container);
        Expect.that(file.isUnified(container) ? !seen.matches("(default )?100") : seen.contains("321"), "the weight is " + seen);
    }

    @Test
    @Tag("config-linux.resources.blockIO.weightDevice.applied")
    void the_weight_of_a_device_is_that_of_the_cgroup(Container container) {
        CgroupFile file = CgroupFile.of("blkio", "blkio.bfq.weight_device", "io.bfq.weight");
        file.needed(container);
        String device = container.onHost("grep -l '\\[bfq\\]' /sys/block/*/queue/scheduler | sed 's#/queue/scheduler#/dev#' | xargs -r cat").lines()
                .findFirst().orElse("");
        Expect.needs(!device.isEmpty(), "no disk has the scheduler bfq, which knows weights");
        String[] numbers = device.split(":");
        container.with("/linux/resources/blockIO", object("weightDevice", List.of(object("major", Integer.parseInt(numbers[0]), "minor",
                Integer.parseInt(numbers[1]), "weight", 321))));
        Expect.contains(file.read(container), numbers[0] + ":" + numbers[1] + " 321", "the weights of devices");
    }

    @Test
    @Tag("config-linux.resources.blockIO.leafWeight.applied")
    void the_weight_of_leaves_is_that_of_the_cgroup(Container container) {
        CgroupFile file = CgroupFile.of("blkio", "blkio.leaf_weight", "");
        file.needed(container);
        container.with("/linux/resources/blockIO", object("leafWeight", 321));
        Expect.contains(file.read(container), "321", "blkio.leaf_weight");
    }

    @Test
    @Tag("config-linux.resources.blockIO.throttleReadBpsDevice.applied")
    void the_rate_of_bytes_read_is_that_of_the_cgroup(Container container) {
        throttled(container, "throttleReadBpsDevice", "blkio.throttle.read_bps_device", "rbps");
    }

    @Test
    @Tag("config-linux.resources.blockIO.throttleWriteBpsDevice.applied")
    void the_rate_of_bytes_written_is_that_of_the_cgroup(Container container) {
        throttled(container, "throttleWriteBpsDevice", "blkio.throttle.write_bps_device", "wbps");
    }

    @Test
    @Tag("config-linux.resources.blockIO.throttleReadIOPSDevice.applied")
    void the_rate_of_reads_is_that_of_the_cgroup(Container container) {
        throttled(container, "throttleReadIOPSDevice", "blkio.throttle.read_iops_device", "riops");
    }

    @Test
    @Tag("config-linux.resources.blockIO.throttleWriteIOPSDevice.applied")
    void the_rate_of_writes_is_that_of_the_cgroup(Container container) {
        throttled(container, "throttleWriteIOPSDevice", "blkio.throttle.write_iops_device", "wiops");
    }

    private static void throttled(Container container, String property, String v1, String v2) {
        CgroupFile file = CgroupFile.of("blkio", v1, "io.max");
        CgroupFile used = file.isUnified(container) ? CgroupFile.of("io", "", "io.max") : file;
        used.needed(container);
        String numbers = device(container);
        container.with("/linux/resources/blockIO", object(property, List.of(object("major", Integer.parseInt(numbers.split(":")[0]), "minor",
                Integer.parseInt(numbers.split(":")[1]), "rate", 1_048_576))));
        String line = used.read(container).lines().filter(one -> one.startsWith(numbers + " ")).findFirst().orElse("no line of " + numbers);
        Expect.contains(line, used.isUnified(container) ? v2 + "=1048576" : numbers + " 1048576", "what the cgroup says of the device");
    }

    private static CgroupFile weight(Container container) {
        List<CgroupFile> files = List.of(CgroupFile.of("blkio", "blkio.bfq.weight", "io.bfq.weight"), CgroupFile.of("blkio", "blkio.weight", "io.weight"));
        return files.stream().filter(file -> file.isThere(container)).findFirst().orElseGet(() -> {
            files.get(0).needed(container);
            return files.get(0);
        });
    }

    /** Major and minor of a device that has a queue. */
    private static String device(Container container) {
        String numbers = container.onHost("cat /sys/block/[!lrz]*/dev /sys/block/loop*/dev 2>/dev/null").lines().findFirst().orElse("");
        Expect.needs(!numbers.isEmpty(), "the host has no block device");
        return numbers;
    }
}
