package io.carafe.conformance.suite.linux.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Mappings, propagation, hidden paths, sysctls, personality, times and memory policies. */
class LinuxApplied {

    @Test
    @Tag("config-linux.uidMappings.applied")
    void uidMappings_are_those_of_the_namespace(Container container) {
        container.userNamespace().with("/linux/uidMappings/-", object("containerID", 70_000, "hostID", 300_000, "size", 7)).running();
        Expect.equal(List.of("0 100000 65536", "70000 300000 7"), container.proc("uid_map").lines().map(LinuxApplied::words).toList(), "uid_map");
    }

    @Test
    @Tag("config-linux.gidMappings.applied")
    void gidMappings_are_those_of_the_namespace(Container container) {
        container.userNamespace().with("/linux/gidMappings/-", object("containerID", 70_000, "hostID", 300_000, "size", 7)).running();
        Expect.equal(List.of("0 100000 65536", "70000 300000 7"), container.proc("gid_map").lines().map(LinuxApplied::words).toList(), "gid_map");
    }

    private static String words(String line) {
        return String.join(" ", line.strip().split("\\s+"));
    }

    @Test
    @Tag("config-linux.rootfsPropagation.applied")
    void a_shared_root_is_in_a_peer_group(Container container) {
        Expect.contains(root(container.with("/linux/rootfsPropagation", "shared")), " shared:", "the root");
    }

    @Test
    @Tag("config-linux.rootfsPropagation.applied")
    void a_private_root_is_in_none(Container container) {
        String line = root(container.with("/linux/rootfsPropagation", "private"));
        Expect.lacks(line, " shared:", "the root");
        Expect.lacks(line, " master:", "the root");
    }

    @Test
    @Tag("config-linux.rootfsPropagation.slave")
    void what_the_host_mounts_comes_to_a_slave_root(Container container) {
        container.onHost("mount --bind " + container.sandbox().work() + " " + container.sandbox().work() + " && mount --make-shared "
                + container.sandbox().work());
        TestFiles.directory(container.rootfs().resolve("later"));
        container.with("/linux/rootfsPropagation", "slave").running();
        container.onHost("mount -t tmpfs later " + container.rootfs() + "/later");
        Expect.contains(container.proc("mountinfo"), " /later ", "the container's mounts");
    }

    @Test
    @Tag("config-linux.rootfsPropagation.unbindable")
    void an_unbindable_root_cannot_be_bound(Container container) {
        Expect.contains(root(container.with("/linux/rootfsPropagation", "unbindable")), " unbindable ", "the root");
    }

    private static String root(Container container) {
        return container.args("cat", "/proc/self/mountinfo").output().lines().filter(line -> line.split(" ")[4].equals("/"))
                .reduce((first, last) -> last).orElse("no mount at /");
    }

    @Test
    @Tag("config-linux.sysctl.applied")
    void a_sysctl_of_the_network_has_its_value(Container container) {
        Expect.equal("3", container.with("/linux/sysctl", Map.of("net.ipv4.conf.all.rp_filter", "0", "net.ipv4.ip_default_ttl", "3"))
                .args("cat", "/proc/sys/net/ipv4/ip_default_ttl").output().strip(), "net.ipv4.ip_default_ttl");
    }

    @Test
    @Tag("config-linux.sysctl.applied")
    void a_sysctl_of_ipc_has_its_value(Container container) {
        Expect.equal("4321", container.with("/linux/sysctl", Map.of("kernel.msgmax", "4321")).args("cat", "/proc/sys/kernel/msgmax").output().strip(),
                "kernel.msgmax");
    }

    @Test
    @Tag("config-linux.personality.domain.applied")
    void with_LINUX32_the_machine_has_32_bits(Container container) {
        Expect.needs(System.getProperty("os.arch").equals("amd64"), "the machine is " + System.getProperty("os.arch") + ", not x86_64");
        Expect.equal("i686", container.with("/linux/personality", object("domain", "LINUX32")).args("uname", "-m").output().strip(), "the machine");
    }

    @Test
    @Tag("config-linux.timeOffsets.boottime.applied")
    void the_offset_of_boottime_is_the_containers(Container container) {
        Expect.equal("86400 500000", offset(container, "boottime"), "the offset of boottime");
    }

    @Test
    @Tag("config-linux.timeOffsets.monotonic.applied")
    void the_offset_of_monotonic_is_the_containers(Container container) {
        Expect.equal("86400 500000", offset(container, "monotonic"), "the offset of monotonic");
    }

    private static String offset(Container container, String clock) {
        Expect.needs(!container.onHost("readlink /proc/self/ns/time").isEmpty(), "the kernel has no time namespaces");
        container.namespace("time").with("/linux/timeOffsets", object(clock, object("secs", 86_400, "nanosecs", 500_000)));
        return words(container.args("cat", "/proc/self/timens_offsets").output().lines().filter(line -> line.startsWith(clock)).findFirst()
                .orElse("no offset")).replace(clock + " ", "");
    }

    @Test
    @Tag("config-linux.timeOffsets.boottime.applied")
    void the_containers_uptime_is_later(Container container) {
        Expect.needs(!container.onHost("readlink /proc/self/ns/time").isEmpty(), "the kernel has no time namespaces");
        container.namespace("time").with("/linux/timeOffsets", object("boottime", object("secs", 86_400_000, "nanosecs", 0)));
        Expect.that(Double.parseDouble(container.args("cat", "/proc/uptime").output().split(" ")[0]) > 86_400_000, "the uptime is that of the host");
    }

    @Test
    @Tag("config-linux.memoryPolicy.mode.applied")
    void the_memory_policy_is_the_programs(Container container) {
        Expect.that(policies(container, object("mode", "MPOL_BIND", "nodes", "0")).contains(" bind:0 "), "no memory has the policy bind:0");
    }

    @Test
    @Tag("config-linux.memoryPolicy.flags.applied")
    void the_flags_of_a_memory_policy_are_the_programs(Container container) {
        Expect.that(policies(container, object("mode", "MPOL_INTERLEAVE", "nodes", "0", "flags", List.of("MPOL_F_STATIC_NODES")))
                .contains(" interleave=static:0 "), "no memory has the policy interleave=static:0");
    }

    private static String policies(Container container, Map<String, Object> policy) {
        Expect.needs(!container.onHost("cat /proc/self/numa_maps").isEmpty(), "the kernel has no memory policies (CONFIG_NUMA)");
        return container.with("/linux/memoryPolicy", policy).args("cat", "/proc/self/numa_maps").output();
    }
}
