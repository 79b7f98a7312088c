package io.carafe.shim.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.abi.Arch;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.binary.TaskBundle;
import io.carafe.shim.message.Any;
import io.carafe.shim.sandbox.message.SandboxResponses;
import io.carafe.shim.ttrpc.Response;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod without a pause container, as containerd's shim sandboxer asks for it. */
@Tag("guest")
class SandboxIT {

    private static final int INVALID_ARGUMENT = 3;
    private static final int NOT_FOUND = 5;
    private static final int ALREADY_EXISTS = 6;
    private static final int FAILED_PRECONDITION = 9;
    private static final int UNIMPLEMENTED = 12;
    private static final int NODE = 2;
    private static final int KILLED = 137;

    @TempDir
    Path directory;
    private SandboxShim shim;

    @BeforeEach
    void open() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
    }

    @AfterEach
    void close() throws IOException {
        if (shim != null) {
            shim.close();
        }
    }

    private static Consumer<ProtoWriter> modes(int network, int pid, int ipc) {
        return config -> config.message(8, linux -> linux.message(2, security -> security.message(1, options -> {
            options.integer(1, network);
            options.integer(2, pid);
            options.integer(3, ipc);
        })));
    }

    private int held(String network, Consumer<ProtoWriter> config) throws IOException {
        shim = new SandboxShim(directory);
        shim.call("CreateSandbox", shim.create(network, config));
        return shim.start();
    }

    private static String namespace(Object pid, String kind) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/" + kind)).toString();
    }

    private static String status(int pid, String key) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream().filter(line -> line.startsWith(key + ":")).findFirst().orElseThrow()
                .substring(key.length() + 1).strip();
    }

    private static boolean lives(int pid) {
        return Files.exists(Path.of("/proc/" + pid));
    }

    @Test
    void from_create_to_shutdown() throws IOException {
        shim = new SandboxShim(directory);
        assertEquals(NOT_FOUND, shim.fails("SandboxStatus", SandboxShim.id()).code());
        shim.call("CreateSandbox", shim.create("", config -> { }));
        assertEquals(new SandboxResponses.Platform("linux", Arch.HERE == Arch.X86_64 ? "amd64" : "arm64"),
                SandboxResponses.Platform.RESPONSE.read(shim.call("Platform")).orElseThrow());
        assertEquals("SANDBOX_NOTREADY", shim.status().state());
        shim.call("PingSandbox");
        int pid = shim.start();
        SandboxResponses.Status status = shim.status();
        assertEquals("SANDBOX_READY", status.state());
        assertEquals(pid, status.pid());
        assertTrue(status.createdAt().isPresent() && status.exitedAt().isEmpty());
        shim.call("PingSandbox");
        List<Response> ends = new ArrayList<>();
        shim.ask("WaitSandbox", ends::add);
        shim.call("StopSandbox");
        assertFalse(lives(pid));
        shim.wire.turnUntil(() -> !ends.isEmpty());
        SandboxResponses.Ended ended = SandboxResponses.Ended.TABLE.read(ends.get(0).payload());
        assertEquals(KILLED, ended.exitStatus());
        assertTrue(ended.exitedAt().isPresent());
        assertEquals(ended, SandboxResponses.Ended.TABLE.read(shim.call("WaitSandbox")));
        assertEquals("SANDBOX_NOTREADY", shim.status().state());
        assertEquals(ended.exitedAt(), shim.status().exitedAt());
        assertEquals(FAILED_PRECONDITION, shim.fails("PingSandbox", SandboxShim.id()).code());
        shim.call("StopSandbox");
        shim.call("ShutdownSandbox");
        shim.awaitGone();
        assertFalse(Files.exists(shim.bundle.resolve("pod")));
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0, 'pid net ipc uts'", "0, 1, 0, 'pid net ipc uts'", "2, 0, 0, 'pid ipc'", "0, 2, 0, 'net ipc uts'", "0, 0, 2, 'pid net uts'", "2, 2, 2, ''"})
    void its_namespaces_are_the_pods_where_the_pod_has_some(int network, int pids, int ipc, String own) throws IOException {
        int pid = held("", modes(network, pids, ipc));
        StringBuilder found = new StringBuilder();
        for (String kind : List.of("pid", "net", "ipc", "uts")) {
            found.append(namespace(pid, kind).equals(namespace("self", kind)) ? "" : kind + " ");
        }
        assertEquals(own, found.toString().strip());
        assertEquals(namespace("self", "user"), namespace(pid, "user"));
        assertNotEquals(namespace("self", "mnt"), namespace(pid, "mnt"));
    }

    @Test
    void the_holder_holds_nothing_of_the_host() throws IOException {
        int pid = held("", config -> { });
        Path proc = Path.of("/proc/" + pid);
        for (String set : List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")) {
            assertEquals("0000000000000000", status(pid, set), set);
        }
        assertEquals("1", status(pid, "NoNewPrivs"));
        assertEquals("1", status(pid, "Seccomp"), "strict");
        assertEquals("", status(pid, "Groups"));
        assertEquals("carafe-sandbox", status(pid, "Name"));
        assertEquals("", Files.readString(proc.resolve("environ")));
        assertEquals("carafe-sandbox\0", Files.readString(proc.resolve("cmdline")));
        assertEquals("/", Files.readSymbolicLink(proc.resolve("cwd")).toString());
        assertEquals("/carafe-sandbox", Files.readSymbolicLink(proc.resolve("exe")).toString());
        assertEquals(1, Files.readAllLines(proc.resolve("mountinfo")).size());
        assertTrue(Files.readString(proc.resolve("mountinfo")).contains(" / / ro,nosuid,nodev"), "read-only");
        try (var files = Files.list(proc.resolve("root")); var fds = Files.list(proc.resolve("fd"))) {
            assertEquals(List.of("carafe-sandbox"), files.map(file -> file.getFileName().toString()).toList());
            assertEquals(List.of("0", "1"), fds.map(file -> file.getFileName().toString()).sorted().toList());
        }
        assertTrue(Files.readSymbolicLink(proc.resolve("fd/0")).toString().startsWith("pipe:"));
        long kilobytes = Files.readAllLines(proc.resolve("smaps_rollup")).stream().filter(line -> line.startsWith("Private_"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
        assertTrue(kilobytes <= 100, () -> "kilobytes of its own: " + kilobytes);
    }

    /** proc(5): whose files are root's although it is somebody else's user is not dumpable; of root's it is asked by ptrace(2). */
    @Test
    void nobody_without_the_right_to_may_look_at_the_holder() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/sbin/capsh")), "no capsh");
        int pid = held("", config -> { });
        assertEquals(0, sh("readlink /proc/" + pid + "/ns/ipc"));
        assertNotEquals(0, sh("capsh --drop=cap_sys_ptrace -- -c 'readlink /proc/" + pid + "/fd/0'"));
    }

    private int sh(String script) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", script).redirectErrorStream(true).redirectOutput(directory.resolve("sh.log").toFile()).start().waitFor();
    }

    private TaskBundle container(String id, int sandbox, String script) throws IOException {
        TaskBundle bundle = TaskBundle.make(directory, id, Map.of("io.kubernetes.cri.sandbox-id", SandboxShim.ID),
                process -> process.withTerminal(false).withArgs(List.of("sh", "-c", script)));
        return bundle.config(config -> {
            List<Namespace> namespaces = new ArrayList<>(config.linux().orElseThrow().namespaces());
            namespaces.removeIf(namespace -> List.of(NamespaceType.IPC, NamespaceType.UTS, NamespaceType.NETWORK, NamespaceType.PID).contains(namespace.type()));
            Map.of(NamespaceType.IPC, "ipc", NamespaceType.UTS, "uts", NamespaceType.NETWORK, "net", NamespaceType.PID, "pid").forEach(
                    (type, file) -> namespaces.add(new Namespace(type, Optional.of("/proc/" + sandbox + "/ns/" + file))));
            return config.withHostname("").withLinux(config.linux().orElseThrow().withNamespaces(namespaces));
        });
    }

    private String output(TaskBundle container) throws IOException {
        return Files.readString(directory.resolve(container.id() + ".out"));
    }

    private String file(String id) throws IOException {
        return "file://" + Files.createFile(directory.resolve(id + ".out"));
    }

    @Test
    void containers_share_what_the_pod_has() throws IOException {
        int pid = held("", config -> {
            config.text(2, "podname");
            config.message(4, dns -> dns.text(1, "10.9.8.7"));
            config.message(8, linux -> linux.message(3, sysctl -> {
                sysctl.text(1, "kernel.shmmni");
                sysctl.text(2, "123");
            }));
        });
        TaskBundle one = container("one", pid, "busybox hostname; cat /etc/hostname /etc/resolv.conf /proc/sys/kernel/shmmni; echo shared >/dev/shm/x; sleep 1000");
        TaskBundle two = container("two", pid, "cat /dev/shm/x; busybox ps; cat /etc/hosts >/dev/null && echo hosts");
        int first = shim.run(one, file("one"));
        shim.wire.turnUntil(() -> Files.exists(shim.bundle.resolve("pod/shm/x")));
        for (String kind : List.of("pid", "ipc", "uts", "net")) {
            assertEquals(namespace(pid, kind), namespace(first, kind), kind);
        }
        shim.run(two, file("two"));
        assertEquals(0, shim.waitFor(two));
        assertEquals("podname\npodname\nnameserver 10.9.8.7\n123\n", output(one));
        String said = output(two);
        assertTrue(said.startsWith("shared\n") && said.endsWith("hosts\n"), said);
        assertTrue(said.contains("sleep 1000") && said.contains(" 1 "), "it sees the processes of the other, and the first one: " + said);
        shim.delete(two);
        assertTrue(lives(pid), "a container's end is not the pod's");
        shim.call("StopSandbox");
        assertEquals(KILLED, shim.waitFor(one), "with the first process of its pid namespace it ends");
        shim.delete(one);
        assertFalse(shim.isGone());
        shim.call("ShutdownSandbox");
        shim.awaitGone();
        assertFalse(Files.exists(shim.bundle.resolve("pod")));
    }

    @Test
    void orphans_are_reaped() throws IOException {
        int pid = held("", config -> { });
        TaskBundle one = container("one", pid, "(usleep 1000 & usleep 1000 & ) ; sleep 0.2; busybox ps | busybox grep -c usleep; true");
        shim.run(one, file("one"));
        assertEquals(0, shim.waitFor(one));
        shim.delete(one);
        shim.wire.turnUntil(() -> {
            try {
                return Files.readString(Path.of("/proc/" + pid + "/task/" + pid + "/children")).isEmpty();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void it_joins_the_network_that_is_there() throws IOException, InterruptedException {
        assumeTrue(Files.isExecutable(Path.of("/sbin/ip")), "no ip");
        String name = "carafe-sandbox-" + ProcessHandle.current().pid();
        assertEquals(0, sh("ip netns add " + name));
        try {
            int pid = held("/run/netns/" + name, config -> config.message(8, linux -> linux.message(3, sysctl -> {
                sysctl.text(1, "net.ipv4.ip_unprivileged_port_start");
                sysctl.text(2, "7");
            })));
            assertEquals(0, sh("[ $(stat -Lc %i /proc/" + pid + "/ns/net) = $(stat -Lc %i /run/netns/" + name + ") ]"));
            assertEquals(0, sh("ip netns exec " + name + " grep -qx 7 /proc/sys/net/ipv4/ip_unprivileged_port_start"));
            assertNotEquals("7", Files.readString(Path.of("/proc/sys/net/ipv4/ip_unprivileged_port_start")).strip());
        } finally {
            shim.call("StopSandbox");
            assertEquals(0, sh("ip netns del " + name));
        }
    }

    private static Consumer<ProtoWriter> withUsers(int network, int hostId) {
        return config -> config.message(8, linux -> linux.message(2, security -> security.message(1, options -> {
            options.integer(1, network);
            options.message(5, user -> {
                for (int side = 2; side <= 3; side++) {
                    user.message(side, range -> {
                        range.integer(1, hostId);
                        range.integer(3, 65_536);
                    });
                }
            });
        })));
    }

    @Test
    void a_pod_in_the_hosts_network_gets_a_user_namespace() throws IOException {
        int pid = held("", withUsers(NODE, 300_000));
        assertEquals("0 300000 65536", Files.readString(Path.of("/proc/" + pid + "/uid_map")).strip().replaceAll(" +", " "));
        assertEquals("300000\t300000\t300000\t300000", status(pid, "Uid"));
        assertEquals("0000000000000000", status(pid, "CapPrm"));
        assertEquals(namespace("self", "net"), namespace(pid, "net"));
        assertNotEquals(namespace("self", "ipc"), namespace(pid, "ipc"));
    }

    /** As the CRI plugin makes it: a network namespace that is owned by the pod's user namespace, and kept by a mount alone. */
    @ParameterizedTest
    @ValueSource(ints = {300_000, 400_000})
    void the_user_namespace_is_that_of_the_network(int asked) throws IOException, InterruptedException {
        Path network = Files.createFile(directory.resolve("network"));
        assertEquals(0, sh("unshare --user --net sleep 1000 & p=$!; "
                + "until [ \"$(readlink /proc/$p/ns/user)\" != \"$(readlink /proc/self/ns/user)\" ] && [ $(cat /proc/$p/comm) = sleep ]; do sleep 0.1; done; "
                + "echo 0 300000 65536 >/proc/$p/uid_map; echo 0 300000 65536 >/proc/$p/gid_map; mount --bind /proc/$p/ns/net " + network
                + "; stat -Lc %i /proc/$p/ns/user >" + directory + "/user; kill -9 $p"));
        try {
            shim = new SandboxShim(directory);
            shim.call("CreateSandbox", shim.create(network.toString(), withUsers(0, asked)));
            if (asked == 300_000) {
                int pid = shim.start();
                assertEquals("user:[" + Files.readString(directory.resolve("user")).strip() + "]", namespace(pid, "user"));
                assertEquals("300000\t300000\t300000\t300000", status(pid, "Uid"));
                assertEquals("0000000000000000", status(pid, "CapBnd"));
            } else {
                String complaint = shim.fails("StartSandbox", SandboxShim.id()).message();
                assertTrue(complaint.contains("uidMappings: expected the maps of the user namespace that is joined"), complaint);
            }
            shim.call("StopSandbox");
        } finally {
            assertEquals(0, sh("umount " + network));
        }
    }

    @Test
    void a_network_that_is_none_is_named() throws IOException {
        shim = new SandboxShim(directory);
        shim.call("CreateSandbox", shim.create("/dev/null", config -> { }));
        String complaint = shim.fails("StartSandbox", SandboxShim.id()).message();
        assertTrue(complaint.contains("netns_path /dev/null"), complaint);
        assertEquals("SANDBOX_NOTREADY", shim.status().state());
        shim.call("ShutdownSandbox");
        shim.awaitGone();
    }

    @Test
    void a_parameter_that_the_kernel_refuses_is_named() throws IOException {
        shim = new SandboxShim(directory);
        shim.call("CreateSandbox", shim.create("", config -> config.message(8, linux -> linux.message(3, sysctl -> {
            sysctl.text(1, "net.ipv4.ip_forward");
            sysctl.text(2, "word");
        }))));
        String complaint = shim.fails("StartSandbox", SandboxShim.id()).message();
        assertTrue(complaint.contains("/proc/sys/net/ipv4/ip_forward"), complaint);
    }

    @Test
    void what_cannot_be_is_refused_and_nothing_is_left() throws IOException {
        shim = new SandboxShim(directory);
        Response.Status refused = shim.fails("CreateSandbox", shim.createRequest("", Optional.of(new Any("other.Config", new byte[0]))));
        assertEquals(INVALID_ARGUMENT, refused.code());
        assertTrue(refused.message().contains("options: expected runtime.v1.PodSandboxConfig"), refused.message());
        assertFalse(Files.exists(shim.bundle.resolve("pod")));
        assertEquals(UNIMPLEMENTED, shim.fails("Unheard", SandboxShim.id()).code());
        shim.call("CreateSandbox", shim.create("", config -> { }));
        assertEquals(ALREADY_EXISTS, shim.fails("CreateSandbox", shim.create("", config -> { })).code());
        shim.start();
        assertEquals(FAILED_PRECONDITION, shim.fails("StartSandbox", SandboxShim.id()).code());
    }

    @Test
    void one_that_was_never_started_is_stopped() throws IOException {
        shim = new SandboxShim(directory);
        shim.call("CreateSandbox", shim.create("", config -> { }));
        shim.call("StopSandbox");
        assertEquals(0, SandboxResponses.Ended.TABLE.read(shim.call("WaitSandbox")).exitStatus());
        assertEquals(FAILED_PRECONDITION, shim.fails("StartSandbox", SandboxShim.id()).code());
    }

    @Test
    void a_shim_without_a_sandbox_ends_when_it_is_asked_to() throws IOException {
        shim = new SandboxShim(directory);
        shim.call("ShutdownSandbox");
        shim.awaitGone();
    }

    @Test
    void whoever_kills_the_holder_ends_the_sandbox() throws IOException, InterruptedException {
        int pid = held("", config -> { });
        assertEquals(0, sh("kill -9 " + pid));
        assertEquals(KILLED, SandboxResponses.Ended.TABLE.read(shim.call("WaitSandbox")).exitStatus());
        assertEquals("SANDBOX_NOTREADY", shim.status().state());
    }

    @Test
    void with_the_shim_goes_the_holder_and_the_action_delete_removes_the_rest() throws IOException, InterruptedException {
        int pid = held("", config -> { });
        Path memory = shim.bundle.resolve("pod/shm");
        assertEquals(0, sh("grep -q ' " + memory + " ' /proc/self/mountinfo"));
        assertEquals(0, sh("kill -9 " + shim.shimPid()));
        shim.awaitGone();
        shim.wire.turnUntil(() -> !lives(pid));
        shim.delete();
        assertNotEquals(0, sh("grep -q ' " + memory + " ' /proc/self/mountinfo"));
        assertFalse(Files.exists(shim.bundle.resolve("pod")));
    }

    @Test
    void the_action_delete_ends_a_sandbox_whose_shim_lives() throws IOException {
        int pid = held("", config -> { });
        shim.delete();
        shim.awaitGone();
        assertFalse(lives(pid));
        assertFalse(Files.exists(shim.bundle.resolve("pod")));
    }

    @Test
    void a_sandbox_by_config_json() throws IOException {
        shim = new SandboxShim(directory, "{\"ociVersion\":\"1.0.2\",\"hostname\":\"byconfig\",\"linux\":{\"namespaces\":[{\"type\":\"uts\"},{\"type\":\"ipc\"}]}}");
        shim.call("CreateSandbox", shim.createRequest("", Optional.empty()));
        int pid = shim.start();
        assertNotEquals(namespace("self", "uts"), namespace(pid, "uts"));
        assertEquals(namespace("self", "pid"), namespace(pid, "pid"));
        assertEquals("byconfig\n", Files.readString(shim.bundle.resolve("pod/hostname")));
    }

    @Test
    void a_container_ends_with_the_sandbox_of_a_shim_that_was_killed() throws IOException, InterruptedException {
        int pid = held("", modes(0, NODE, 0));
        TaskBundle one = container("one", pid, "sleep 1000");
        TaskBundle two = container("two", pid, "true");
        int container = shim.run(one, "");
        shim.run(two, "");
        assertEquals(0, shim.waitFor(two));
        shim.delete(two);
        assertEquals(0, sh("kill -9 " + shim.shimPid()));
        shim.awaitGone();
        assertTrue(lives(container));
        shim.delete();
        shim.wire.turnUntil(() -> !lives(container));
        assertFalse(Files.exists(shim.bundle.resolve("pod")));
        try (var states = Files.list(directory.resolve("state/carafe-test"))) {
            assertEquals(List.of(), states.filter(Files::isDirectory).toList());
        }
    }

    @Test
    void a_verbose_status_has_containerds_words() throws IOException {
        int pid = held("", config -> { });
        assertEquals("{\"pid\":" + pid + ",\"processStatus\":\"running\"}", shim.status().info().get(0).value());
        shim.call("StopSandbox");
        assertTrue(shim.status().info().get(0).value().contains("\"stopped\""));
    }

    @Test
    void its_metrics_are_those_of_the_pods_cgroup() throws IOException {
        Path memory = Files.isDirectory(Path.of("/sys/fs/cgroup/memory")) ? Path.of("/sys/fs/cgroup/memory") : Path.of("/sys/fs/cgroup");
        Path cgroup = Files.createDirectory(memory.resolve("carafe-sandbox-" + ProcessHandle.current().pid()));
        try {
            held("", config -> config.message(8, linux -> linux.text(1, "/" + cgroup.getFileName())));
            SandboxResponses.Metric metric = SandboxResponses.Metric.RESPONSE.read(shim.call("SandboxMetrics")).orElseThrow();
            assertEquals(SandboxShim.ID, metric.id());
            assertTrue(metric.at().isPresent());
            assertTrue(metric.counters().orElseThrow().typeUrl().startsWith("io.containerd.cgroups.v"), metric::toString);
        } finally {
            Files.delete(cgroup);
        }
    }

    @Test
    void without_a_cgroup_of_the_pod_there_are_no_metrics() throws IOException {
        held("", config -> { });
        Response.Status status = shim.fails("SandboxMetrics", SandboxShim.id());
        assertEquals(FAILED_PRECONDITION, status.code());
        assertTrue(status.message().contains("linux.cgroup_parent"), status.message());
    }

    /** There is no option by which containerd could say it. */
    @Test
    void in_a_slice_the_containers_cgroups_are_systemds() throws IOException {
        assumeFalse(Files.exists(Path.of("/run/systemd/system")), "systemd runs here, and would make them");
        int pid = held("", config -> config.message(8, linux -> linux.text(1, "kubepods-pod1.slice")));
        String complaint = shim.failsToCreate(container("one", pid, "true")).message();
        assertTrue(complaint.contains("systemd"), complaint);
    }
}
