package io.carafe.runtime.container.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.linux.proc.MountInfo;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOptions;
import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.restore.RestoredTreePlan;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rest of a request, from what CRIU's process has found. */
class RestorePlanTest {

    private static final List<MountInfo> HOST = MountInfo.parse("""
            22 1 8:1 / / rw - ext4 /dev/sda rw
            23 22 0:40 / /srv/sub rw - tmpfs sub rw
            24 22 0:41 / /srvother rw - tmpfs other rw
            """);

    private static RestorePlan plan(List<ContainerPath> masks) {
        RootfsPlan nothing = new RootfsPlan(new HostPath("/b/rootfs"), List.of(), Optional.empty(), List.of(), List.of());
        return new RestorePlan(CriuOptions.NONE, List.of(), new RestoredTreePlan(nothing, List.of(), List.of()), masks);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "/data | /srv | false | mnt[/data]:/srv",
            "/data | /srv | true  | mnt[/data]:/srv mnt[/data/sub]:/srv/sub",
            "/data | /    | true  | mnt[/data]:/ mnt[/data/srv/sub]:/srv/sub mnt[/data/srvother]:/srvother",
            "/data | /srv/sub | true | mnt[/data]:/srv/sub"})
    void a_bind_is_found_with_what_lies_below_it(String at, String source, boolean recursive, String external) {
        CriuOptions options = plan(List.of()).with("/r", List.of(new RestorePlan.Bind(at, source, recursive)), HOST, List.of(), Map.of());
        assertEquals(List.of((external + " mnt[/dev/null]:/dev/null").split(" ")), options.value(CriuOption.EXTERNAL).orElseThrow());
        assertEquals("/r", options.value(CriuOption.ROOT).orElseThrow());
    }

    @Test
    void a_mask_may_be_a_node_of_the_host() {
        assertEquals(List.of("mnt[/proc/kcore]:/dev/null", "mnt[/dev/null]:/dev/null"), plan(List.of(ContainerPath.of("/proc/kcore")))
                .with("/r", List.of(), HOST, List.of(), Map.of()).value(CriuOption.EXTERNAL).orElseThrow());
    }

    @Test
    void cgroups_are_those_that_criu_is_in_in_each_hierarchy() {
        CriuOptions options = plan(List.of()).with("/r", List.of(), HOST, ProcessCgroup.parse("3:cpu,cpuacct:/one\n2:name=systemd:/two\n0::/three\n"), Map.of());
        assertEquals(List.of(new CriuOption.CgroupRoot("cpu,cpuacct", "/one"), new CriuOption.CgroupRoot("name=systemd", "/two"),
                new CriuOption.CgroupRoot("", "/three")), options.value(CriuOption.CG_ROOT).orElseThrow());
    }

    @Test
    void what_is_inherited_has_the_name_that_the_images_have() {
        assertEquals(List.of(new CriuOption.InheritFd("pipe:[4711]", 9)),
                plan(List.of()).with("/r", List.of(), HOST, List.of(), Map.of("pipe:[4711]", 9)).value(CriuOption.INHERIT_FD).orElseThrow());
    }
}
