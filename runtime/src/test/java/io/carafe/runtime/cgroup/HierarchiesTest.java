package io.carafe.runtime.cgroup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Layouts from the texts of /proc, and this host's own two ways of being read. */
class HierarchiesTest {

    private static List<Hierarchy> mounted(String cgroups, String mountinfo) {
        return Hierarchies.mounted(ProcessCgroup.parse(cgroups), MountInfo.parse(mountinfo));
    }

    @Test
    void another_process_is_found_where_its_proc_file_says() {
        Hierarchies host = new Hierarchies(List.of(new Hierarchy(1, List.of("cpu", "cpuacct"), "/cg/cpu", "/user"),
                new Hierarchy(1, List.of("name=systemd"), "/cg/systemd", "/")), Optional.of(new Hierarchy(2, List.of(), "/cg/unified", "/")));
        assertEquals(Map.of("cpu,cpuacct", "/cg/cpu/pod/one", "name=systemd", "/cg/systemd", "unified", "/cg/unified/pod"),
                host.pathsOf(ProcessCgroup.parse("9:cpu,cpuacct:/pod/one\n4:memory:/pod/one\n1:name=systemd:/\n0::/pod\n")).byLabel());
    }

    @Test
    void controllers_that_are_mounted_together_anywhere_are_found() {
        assertEquals(List.of(new Hierarchy(1, List.of("cpu", "cpuacct"), "/cg/cpu and acct", "/user"),
                        new Hierarchy(1, List.of("name=systemd"), "/cg/systemd", "/")),
                mounted("""
                        5:cpu,cpuacct:/user
                        4:pids:/not/mounted
                        1:name=systemd:/
                        0::/
                        """, """
                        30 20 0:30 / /cg/cpu\\040and\\040acct rw - cgroup cgroup rw,cpuacct,cpu
                        31 20 0:31 / /cg/systemd rw shared:9 - cgroup cgroup rw,xattr,release_agent=/x,name=systemd
                        32 20 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
                        """));
    }

    @Test
    void the_mount_of_the_whole_hierarchy_is_preferred_to_a_part() {
        assertEquals(List.of(new Hierarchy(1, List.of("memory"), "/whole", "/docker/abc/x")), mounted("4:memory:/docker/abc/x\n", """
                30 20 0:30 /docker/abc /part rw - cgroup cgroup rw,memory
                31 20 0:30 / /whole rw - cgroup cgroup rw,memory
                """));
    }

    @Test
    void in_a_container_that_sees_a_part_its_own_cgroup_is_counted_from_there() {
        String part = "30 20 0:30 /docker/abc /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n";
        assertEquals(List.of(new Hierarchy(1, List.of("memory"), "/sys/fs/cgroup/memory", "/x")),
                mounted("4:memory:/docker/abc/x\n", part));
        assertEquals(List.of(new Hierarchy(1, List.of("memory"), "/sys/fs/cgroup/memory", "/")), mounted("4:memory:/docker/abc\n", part));
    }

    @Test
    void a_mount_below_another_is_not_used() {
        assertEquals(List.of(new Hierarchy(1, List.of("memory"), "/sys/fs/cgroup/memory", "/")), mounted("4:memory:/user/one\n", """
                30 20 0:30 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                31 20 0:31 / /sys/fs/cgroup rw - tmpfs tmpfs rw
                32 31 0:30 /user/one /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
                33 31 0:32 / /sys/fs/cgroup-other rw - tmpfs tmpfs rw
                """));
    }

    @Test
    void a_mount_that_lies_outside_our_cgroup_namespace_is_not_used() {
        assertEquals(List.of(), mounted("4:memory:/\n", "30 20 0:30 /../.. /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n"));
    }

    @Test
    void the_short_way_finds_on_this_host_what_mountinfo_says() throws Exception {
        Hierarchies probed = Hierarchies.probe(Linux.over(Door.open()), false);
        assumeFalse(probed.isV2(), "this host has no v1 hierarchy");
        String cgroups = Files.readString(Path.of("/proc/self/cgroup"));
        assertEquals(mounted(cgroups, Files.readString(Path.of("/proc/self/mountinfo"))), probed.v1());
    }
}
