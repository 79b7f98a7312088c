package io.carafe.shim.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask.Mount;
import io.carafe.shim.sandbox.holder.HolderPlan;
import io.carafe.shim.sandbox.message.PodConfig;
import io.carafe.shim.sandbox.message.SandboxRequests.Create;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SandboxPlanTest {

    private static final int NODE = 2;

    private static SandboxPlan pod(String network, Consumer<ProtoWriter> config) {
        return plan(network, Optional.of(new Any(PodConfig.TYPE, message(config))), Optional.empty());
    }

    private static byte[] message(Consumer<ProtoWriter> content) {
        ProtoWriter out = new ProtoWriter();
        content.accept(out);
        return out.toBytes();
    }

    private static SandboxPlan plan(String network, Optional<Any> options, Optional<String> config) {
        return SandboxPlan.of(new Create("pod", "/bundle", List.of(), options, network, List.of()),
                config.map(text -> SandboxConfig.parse(text.getBytes(StandardCharsets.UTF_8))));
    }

    private static void modes(ProtoWriter config, int network, int pid, int ipc) {
        config.message(8, linux -> linux.message(2, security -> security.message(1, options -> {
            options.integer(1, network);
            options.integer(2, pid);
            options.integer(3, ipc);
        })));
    }

    private static String names(HolderPlan plan) {
        StringBuilder names = new StringBuilder();
        name(names, plan, ProcessFlags.CLONE_NEWUSER, "user");
        name(names, plan, ProcessFlags.CLONE_NEWPID, "pid");
        name(names, plan, ProcessFlags.CLONE_NEWNET, "net");
        name(names, plan, ProcessFlags.CLONE_NEWIPC, "ipc");
        name(names, plan, ProcessFlags.CLONE_NEWUTS, "uts");
        name(names, plan, ProcessFlags.CLONE_NEWNS, "mnt");
        return names.toString().strip();
    }

    private static void name(StringBuilder names, HolderPlan plan, long flag, String name) {
        names.append((plan.fresh() & flag) != 0 ? name + " " : "");
    }

    /** 0 is the pod's, 1 each container's, 2 the host's. */
    @ParameterizedTest
    @CsvSource({
        "/run/netns/a, 0, 0, 0, pid ipc uts mnt",
        "/run/netns/a, 0, 1, 0, pid ipc uts mnt",
        "/run/netns/a, 0, 2, 0, ipc uts mnt",
        "/run/netns/a, 0, 0, 2, pid uts mnt",
        "'', 0, 0, 0, pid net ipc uts mnt",
        "'', 2, 0, 0, pid ipc mnt",
        "'', 2, 2, 2, mnt"})
    void the_pods_namespaces_are_made(String network, int networkMode, int pid, int ipc, String fresh) {
        SandboxPlan plan = pod(network, config -> modes(config, networkMode, pid, ipc));
        assertEquals(fresh, names(plan.holder()));
        assertEquals(network, plan.holder().network().orElse(""));
        assertEquals(ipc != NODE, plan.files().memory());
    }

    @Test
    void with_nothing_said_all_are_the_pods() {
        assertEquals("pid net ipc uts mnt", names(plan("", Optional.empty(), Optional.empty()).holder()));
    }

    private static void userns(ProtoWriter config, int network) {
        config.message(8, linux -> linux.message(2, security -> security.message(1, options -> {
            options.integer(1, network);
            options.message(5, user -> {
                for (int side = 2; side <= 3; side++) {
                    user.message(side, range -> {
                        range.integer(1, 100_000);
                        range.integer(3, 65_536);
                    });
                }
            });
        })));
    }

    @Test
    void a_user_namespace_is_that_of_the_network_or_a_fresh_one() {
        SandboxPlan joined = pod("/run/netns/a", config -> userns(config, 0));
        assertEquals("pid ipc uts mnt", names(joined.holder()));
        IdMaps maps = joined.holder().maps().orElseThrow();
        assertEquals(100_005, maps.uids().onHost(5).orElseThrow());
        assertEquals(IdMaps.Writer.PRIVILEGED, maps.gids().writer());
        assertEquals("user pid ipc mnt", names(pod("", config -> userns(config, NODE)).holder()));
    }

    @Test
    void names_resolver_and_parameters() {
        SandboxPlan plan = pod("/run/netns/a", config -> {
            config.text(2, "box");
            config.message(4, dns -> {
                dns.text(1, "10.0.0.1");
                dns.text(1, "10.0.0.2");
                dns.text(2, "a.local");
                dns.text(2, "b.local");
                dns.text(3, "ndots:5");
            });
            config.message(8, linux -> {
                linux.text(1, "/kubepods/pod1");
                linux.message(3, sysctl -> {
                    sysctl.text(1, "net.ipv4.ip_forward");
                    sysctl.text(2, "1");
                });
            });
        });
        assertEquals("box", plan.holder().hostname());
        assertEquals(List.of(new HolderPlan.Parameter("net/ipv4/ip_forward", "1")), plan.holder().parameters());
        assertEquals(new PodFilesPlan("box", Optional.of("search a.local b.local\nnameserver 10.0.0.1\nnameserver 10.0.0.2\noptions ndots:5\n"), true),
                plan.files());
        assertEquals(new PodCgroup("/kubepods/pod1", false), plan.cgroup());
    }

    @Test
    void a_pod_in_the_hosts_network_has_the_hosts_name() {
        SandboxPlan plan = pod("", config -> {
            config.text(2, "box");
            modes(config, NODE, 0, 0);
        });
        assertEquals("", plan.holder().hostname());
    }

    @Test
    void a_bundle_says_it_by_its_namespaces() {
        String config = """
                {"hostname": "box", "process": {"args": ["x"]}, "linux": {"sysctl": {"kernel.shmmni": "100"},
                 "namespaces": [{"type": "mount"}, {"type": "cgroup"}, {"type": "uts"}, {"type": "ipc"}, {"type": "network", "path": "/n"}]}}""";
        SandboxPlan plan = plan("", Optional.empty(), Optional.of(config));
        assertEquals("ipc uts mnt", names(plan.holder()));
        assertEquals(Optional.of("/n"), plan.holder().network());
        assertEquals("box", plan.holder().hostname());
        assertEquals(Optional.of("/given"), plan("/given", Optional.empty(), Optional.of(config)).holder().network());
        assertEquals("net mnt", names(plan("", Optional.empty(), Optional.of("{\"linux\":{\"namespaces\":[{\"type\":\"network\"}]}}")).holder()));
    }

    @ParameterizedTest
    @CsvSource({
        "/kubepods/pod1, /kubepods/pod1, false",
        "kubepods/pod1, /kubepods/pod1, false",
        "kubepods-besteffort-pod1.slice, /kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod1.slice, true",
        "/kubepods.slice/kubepods-pod1.slice, /kubepods.slice/kubepods-pod1.slice, true"})
    void the_pods_cgroup_is_a_path_or_a_slice(String parent, String path, boolean systemd) {
        assertEquals(new PodCgroup(path, systemd), pod("", config -> config.message(8, linux -> linux.text(1, parent))).cgroup());
    }

    private static void refuses(String complaint, Runnable plan) {
        String message = assertThrows(RuntimeException.class, plan::run).getMessage();
        assertTrue(message.contains(complaint), message);
    }

    @Test
    void what_a_sandbox_cannot_be_is_named() {
        refuses("options: expected runtime.v1.PodSandboxConfig, found other",
                () -> plan("", Optional.of(new Any("other", new byte[0])), Optional.empty()));
        refuses("rootfs: ", () -> SandboxPlan.of(new Create("pod", "/b", List.of(new Mount("bind", "/", "", List.of())), Optional.empty(), "",
                List.of()), Optional.empty()));
        refuses("netns_path: ", () -> pod("relative", config -> { }));
        refuses("netns_path: the pod is in the host's network", () -> pod("/run/netns/a", config -> modes(config, NODE, 0, 0)));
        refuses("windows: ", () -> pod("", config -> config.message(9, windows -> windows.text(1, "x"))));
        refuses("namespace_options.pid: expected 0 (POD) to 3 (TARGET), found 9", () -> pod("", config -> modes(config, 0, 9, 0)));
        refuses("hostname: ", () -> pod("", config -> config.text(2, "two\nlines")));
        refuses("hostname: ", () -> pod("", config -> config.text(2, "x".repeat(65))));
        refuses("dns_config.servers: ", () -> pod("", config -> config.message(4, dns -> dns.text(1, "1.1.1.1\nnameserver 6.6.6.6"))));
        refuses("linux.sysctl[\"kernel.panic\"]", () -> pod("", config -> config.message(8, linux -> linux.message(3, sysctl -> {
            sysctl.text(1, "kernel.panic");
            sysctl.text(2, "1");
        }))));
        refuses("linux.cgroup_parent: ", () -> pod("", config -> config.message(8, linux -> linux.text(1, "/a/../../b"))));
        refuses("userns_options.uidMappings: expected at least one", () -> pod("", config -> config.message(8, linux -> linux.message(2,
                security -> security.message(1, options -> options.message(5, user -> user.text(9, "x")))))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
        "linux.namespaces: user: a sandbox by config.json cannot have one | {\"linux\":{\"namespaces\":[{\"type\":\"user\"}]}}",
        "linux.namespaces: pid: path: | {\"linux\":{\"namespaces\":[{\"type\":\"pid\",\"path\":\"/proc/1/ns/pid\"}]}}",
        "linux.namespaces: type: expected | {\"linux\":{\"namespaces\":[{\"type\":\"word\"}]}}",
        "linux.namespaces: type: expected | {\"linux\":{\"namespaces\":[{}]}}"})
    void what_a_config_cannot_ask_for_is_named(String complaint, String config) {
        refuses(complaint, () -> plan("", Optional.empty(), Optional.of(config)));
    }
}
