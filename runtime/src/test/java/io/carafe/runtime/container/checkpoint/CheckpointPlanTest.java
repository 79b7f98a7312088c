package io.carafe.runtime.container.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.criu.CgroupsMode;
import io.carafe.runtime.criu.CriuOption;
import io.carafe.runtime.criu.CriuOptions;
import io.carafe.runtime.criu.CriuRequest;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.spec.Hooks;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What CRIU is asked for, from what there is. */
class CheckpointPlanTest {

    private static final String HOST = """
            22 1 8:1 / / rw - ext4 /dev/sda rw
            23 22 0:5 / /dev rw - devtmpfs udev rw
            24 22 0:20 / /proc rw - proc proc rw
            25 22 0:21 / /sys rw - sysfs sysfs rw
            26 25 0:29 / /sys/fs/cgroup rw - cgroup2 cgroup rw
            27 25 0:31 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu
            28 22 0:40 / /run/shm rw - tmpfs shm rw
            """;

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "its root is where it is told                | 55 1 8:1 /b/rootfs / rw - ext4 /dev/sda rw                     | false | ''",
            "a bind of a directory of the host           | 56 55 8:1 /srv /data rw - ext4 /dev/sda rw                      | false | /data",
            "a bind of a tmpfs of the host               | 56 55 0:40 / /dev/shm rw - tmpfs shm rw                         | false | /dev/shm",
            "a tmpfs of its own                          | 56 55 0:90 / /dev rw - tmpfs tmpfs rw                           | false | ''",
            "a node of the host                          | 56 55 0:5 /null /dev/null rw - devtmpfs udev rw                 | false | /dev/null",
            "a file of its own that hides another        | 56 55 0:90 /null /proc/kcore rw - tmpfs tmpfs rw                | false | ''",
            "a proc of its own                           | 56 55 0:91 / /proc rw - proc proc rw                            | false | ''",
            "a proc that is the host's, as the pids are  | 56 55 0:20 / /proc rw - proc proc rw                            | false | ''",
            "a file of the host's proc alone             | 56 55 0:20 /sys/kernel /mnt rw - proc proc rw                   | false | /mnt",
            "a sysfs of the same network                 | 56 55 0:21 / /sys ro - sysfs sysfs rw                           | false | ''",
            "cgroup2 has one superblock                  | 56 55 0:29 /one /sys/fs/cgroup ro - cgroup2 cgroup rw           | true  | ''",
            "cgroup v1 is bound without a namespace      | 56 55 0:31 /one /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu    | false | /sys/fs/cgroup/cpu",
            "cgroup v1 is mounted with one               | 56 55 0:31 /one /sys/fs/cgroup/cpu ro - cgroup cgroup rw,cpu    | true  | ''"})
    void a_mount_is_external_when_it_is_the_hosts(String what, String line, boolean cgroupNamespace, String external) {
        assertEquals(external.isEmpty() ? List.of() : List.of(external),
                CheckpointPlan.external(MountInfo.parse(line + "\n"), MountInfo.parse(HOST), cgroupNamespace), what);
    }

    private static ContainerState state(Map<String, String> cgroups, long joined) {
        return new ContainerState("1.2.0", "one", 77, 1, "/b", "/b/rootfs", "", Map.of(), 0, cgroups, ProcessFlags.CLONE_NEWNS, joined, Hooks.NONE,
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty());
    }

    private static CheckpointRequest request(boolean preDump, Optional<String> parent, CriuOptions options) {
        return new CheckpointRequest("/run", "one", Optional.empty(), new Images("/img", Optional.empty(), parent), preDump, OptionalInt.empty(), options,
                false);
    }

    private static final CheckpointPlan.Found NOTHING = new CheckpointPlan.Found(List.of(), List.of(), List.of(), List.of());

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "unified=/sys/fs/cgroup/one                                                 | /sys/fs/cgroup/one",
            "cpu=/sys/fs/cgroup/cpu/one freezer=/sys/fs/cgroup/freezer/one              | /sys/fs/cgroup/freezer/one",
            "freezer=/sys/fs/cgroup/freezer/one unified=/sys/fs/cgroup/unified/one      | /sys/fs/cgroup/freezer/one",
            "cpu=/sys/fs/cgroup/cpu/one                                                 | ''"})
    void it_is_stopped_by_the_freezer_of_its_layout(String cgroups, String freezer) {
        Map<String, String> paths = new LinkedHashMap<>();
        for (String path : cgroups.split(" ")) {
            paths.put(path.split("=")[0], path.split("=")[1]);
        }
        CheckpointPlan plan = CheckpointPlan.of(state(paths, 0), request(false, Optional.empty(), CriuOptions.NONE), Optional.empty(), NOTHING);
        assertEquals(freezer, plan.options().value(CriuOption.FREEZE_CGROUP).orElse(""));
    }

    @Test
    void what_the_flags_say_wins() {
        CriuOptions asked = CriuOptions.NONE.with(CriuOption.MANAGE_CGROUPS_MODE, CgroupsMode.IGNORE.number).with(CriuOption.TCP_ESTABLISHED, true);
        CriuOptions options = CheckpointPlan.of(state(Map.of(), 0), request(false, Optional.empty(), asked), Optional.of("/etc/criu/carafe.conf"), NOTHING)
                .options();
        assertEquals(0, options.value(CriuOption.MANAGE_CGROUPS_MODE).orElseThrow());
        assertTrue(options.has(CriuOption.TCP_ESTABLISHED));
        assertEquals("/etc/criu/carafe.conf", options.value(CriuOption.CONFIG_FILE).orElseThrow());
        assertEquals(77, options.value(CriuOption.PID).orElseThrow());
    }

    @Test
    void a_pre_dump_saves_memory_and_names_nothing_else() {
        CheckpointPlan.Found found = new CheckpointPlan.Found(MountInfo.parse("56 55 8:1 /srv /data rw - ext4 /dev/sda rw\n"), MountInfo.parse(HOST),
                List.of(new StandardStream(0, "/dev/null", 22, 4, 0)), List.of());
        CheckpointPlan plan = CheckpointPlan.of(state(Map.of(), 0), request(true, Optional.empty(), CriuOptions.NONE), Optional.empty(), found);
        assertEquals(CriuRequest.Type.PRE_DUMP, plan.type());
        assertTrue(plan.options().has(CriuOption.TRACK_MEM));
        assertEquals(Optional.empty(), plan.options().value(CriuOption.EXTERNAL));
        assertEquals(List.of(), plan.descriptors());
    }

    @Test
    void a_dump_after_it_has_a_parent() {
        CriuOptions options = CheckpointPlan.of(state(Map.of(), 0), request(false, Optional.of("../pre"), CriuOptions.NONE), Optional.empty(), NOTHING).options();
        assertEquals("../pre", options.value(CriuOption.PARENT_IMG).orElseThrow());
        assertTrue(options.has(CriuOption.TRACK_MEM));
        assertThrows(ContainerException.class, () -> new Images("/img", Optional.empty(), Optional.of("/pre")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "pipe:[4711]     | 13 | pipe:[4711]    | ''",
            "/dev/null       | 22 | file[16:ff]    | file[16:ff]",
            "/var/log/x      | 22 | file[16:ff]    | file[16:ff]",
            "/dev/pts/0      | 58 | /dev/pts/0     | ''",
            "socket:[99]     | 10 | socket:[99]    | ''",
            "''              | 0  | ''             | ''"})
    void a_standard_stream_has_a_name_in_the_images(String link, int mount, String name, String external) {
        CheckpointPlan.Found found = new CheckpointPlan.Found(MountInfo.parse("58 57 0:35 / /dev/pts rw - devpts devpts rw\n"), MountInfo.parse(HOST),
                List.of(new StandardStream(0, link, mount, 255, 0)), List.of());
        CheckpointPlan plan = CheckpointPlan.of(state(Map.of(), 0), request(false, Optional.empty(), CriuOptions.NONE), Optional.empty(), found);
        assertEquals(List.of(name, "", ""), plan.descriptors());
        assertEquals(external.isEmpty() ? Optional.empty() : Optional.of(List.of(external)), plan.options().value(CriuOption.EXTERNAL));
        assertEquals(List.of(name), StandardStream.names(StandardStream.json(List.of(name))));
    }

    /** As busybox's sh has them in a loop whose output goes to a file of the container's. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "0 /dev/null 22 0, 1 /n 58 1, 2 pipe:[7] 9 1, 10 /log 22 1         | file[16:0] file[16:a] pipe:[7]",
            "0 /dev/null 22 0, 1 /n 58 1, 2 pipe:[7] 9 1, 10 pipe:[8] 9 1      | file[16:0] pipe:[8] pipe:[7]",
            "0 /n 58 0, 1 /n 58 1, 2 /n 58 1, 10 pipe:[8] 9 0, 11 pipe:[9] 9 1 | pipe:[8] pipe:[9] /n",
            "0 /n 58 0, 1 /n 58 1, 2 /n 58 1, 10 pipe:[8] 9 0, 11 pipe:[8] 9 1 | /n /n /n",
            "1 /dev/pts/0 58 2, 2 /dev/pts/0 58 2, 0 /dev/pts/0 58 2           | /dev/pts/0 /dev/pts/0 /dev/pts/0"})
    void a_stream_that_was_redirected_is_found_under_another_number(String descriptors, String names) {
        List<StandardStream> streams = new ArrayList<>();
        for (String one : descriptors.split(", ")) {
            String[] words = one.split(" ");
            streams.add(new StandardStream(Integer.parseInt(words[0]), words[1], Integer.parseInt(words[2]), Integer.parseInt(words[0]), Integer.parseInt(words[3])));
        }
        assertEquals(List.of(names.split(" ")), StandardStream.names(streams, MountInfo.parse("58 57 0:35 / /dev/pts rw - devpts devpts rw\n")));
    }

    @ParameterizedTest
    @CsvSource({"NETWORK, net[4026531840]:extRootNetNS", "PID, pid[4026531840]:extRootPidNS"})
    void a_namespace_of_others_is_found_again_by_runcs_name(NamespaceKind kind, String external) {
        CheckpointPlan.Found found = new CheckpointPlan.Found(List.of(), List.of(), List.of(), List.of(new CheckpointPlan.Found.Joined(kind, 4026531840L)));
        assertEquals(List.of(external), CheckpointPlan.of(state(Map.of(), kind.flag), request(false, Optional.empty(), CriuOptions.NONE), Optional.empty(),
                found).options().value(CriuOption.EXTERNAL).orElseThrow());
    }
}
