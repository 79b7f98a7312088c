package io.carafe.runtime.binary.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.TimeOffset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Namespaces that a container joins, that are the caller's, and that of time, as root. */
@ExtendWith(HostUnchanged.class)
class NamespacesIT {

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    private Bundle with(NamespaceType type, Optional<String> path) {
        return change(Bundle.in(directory), type, Optional.of(new Namespace(type, path)));
    }

    private static Bundle change(Bundle bundle, NamespaceType type, Optional<Namespace> to) {
        return bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(one -> one.type() == type);
            to.ifPresent(namespaces::add);
            return linux.withNamespaces(namespaces);
        });
    }

    private static Bundle without(Bundle bundle, NamespaceType type) {
        Bundle changed = change(bundle, type, Optional.empty());
        return type == NamespaceType.UTS ? changed.config(config -> new io.carafe.spec.Config(config.ociVersion(), config.process(),
                config.root(), Optional.empty(), Optional.empty(), config.mounts(), config.hooks(), config.annotations(), config.linux())) : changed;
    }

    private String output(Bundle bundle) {
        return carafe.run(bundle).succeeds().out().strip();
    }

    private static String own(String file) throws IOException {
        return Files.readSymbolicLink(Path.of("/proc/self/ns/" + file)).toString();
    }

    @ParameterizedTest
    @CsvSource({"PID, pid", "NETWORK, net", "IPC, ipc", "UTS, uts", "CGROUP, cgroup", "TIME, time"})
    void a_namespace_is_joined_by_its_path_and_exec_goes_there_too(NamespaceType type, String file) throws Exception {
        try (Holder holder = Holder.start()) {
            assertNotEquals(own(file), holder.link(file));
            Bundle bundle = with(type, Optional.of(holder.path(file)));
            assertEquals(holder.link(file), output(bundle.args("/bin/readlink", "/proc/self/ns/" + file)));
            carafe.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
            assertEquals(holder.link(file), carafe.call("exec", bundle.id(), "readlink", "/proc/self/ns/" + file).succeeds().out().strip());
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @ParameterizedTest
    @CsvSource({"PID, pid", "NETWORK, net", "IPC, ipc", "UTS, uts", "CGROUP, cgroup"})
    void a_namespace_that_is_not_asked_for_is_the_callers(NamespaceType type, String file) throws Exception {
        Bundle bundle = without(Bundle.in(directory), type);
        assertEquals(own(file), output(bundle.args("/bin/readlink", "/proc/self/ns/" + file)));
        carafe.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
        assertEquals(own(file), carafe.call("exec", bundle.id(), "readlink", "/proc/self/ns/" + file).succeeds().out().strip());
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_namespace_of_another_type_is_an_error_that_names_both() {
        String error = carafe.run(with(NamespaceType.NETWORK, Optional.of("/proc/self/ns/uts"))).fails();
        assertTrue(error.contains("path: expected a network namespace, found /proc/self/ns/uts, which is a uts namespace"), error);
        error = carafe.run(with(NamespaceType.NETWORK, Optional.of("/etc/passwd"))).fails();
        assertTrue(error.contains("path: expected a network namespace, found /etc/passwd, which is none"), error);
        error = carafe.run(with(NamespaceType.NETWORK, Optional.of("/none/such"))).fails();
        assertTrue(error.contains("linux.namespaces[5].path: open /none/such: ENOENT"), error);
        error = carafe.run(with(NamespaceType.NETWORK, Optional.of("proc/self/ns/net"))).fails();
        assertTrue(error.contains("path: expected an absolute path"), error);
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void a_joined_network_is_left_as_it_is_and_a_joined_uts_namespace_gets_the_host_name() throws Exception {
        try (Holder holder = Holder.start()) {
            Bundle bundle = with(NamespaceType.NETWORK, Optional.of(holder.path("net")));
            change(bundle, NamespaceType.UTS, Optional.of(new Namespace(NamespaceType.UTS, Optional.of(holder.path("uts")))));
            bundle.linux(linux -> linux.withSysctl(Map.of("net.ipv4.ip_forward", "1"))).config(config -> config.withHostname("joined"));
            String out = output(bundle.script("ip link show lo; hostname; cat /proc/sys/net/ipv4/ip_forward"));
            assertFalse(out.contains("UP"), out);
            assertTrue(out.endsWith("joined\n1"), out);
        }
    }

    @Test
    void the_callers_own_namespaces_are_not_changed_by_joining_them() throws IOException {
        String error = carafe.run(with(NamespaceType.UTS, Optional.of("/proc/self/ns/uts"))).fails();
        assertTrue(error.contains("it is the caller's own uts namespace, which hostname would change"), error);
        error = carafe.run(with(NamespaceType.NETWORK, Optional.of("/proc/self/ns/net"))
                .linux(linux -> linux.withSysctl(Map.of("net.ipv4.ip_forward", "1")))).fails();
        assertTrue(error.contains("which linux.sysctl[\"net.ipv4.ip_forward\"] would change"), error);
        assertEquals(own("net"), output(with(NamespaceType.NETWORK, Optional.of("/proc/self/ns/net")).args("/bin/readlink", "/proc/self/ns/net")));
    }

    @Test
    void a_joined_pid_namespace_has_other_processes_and_none_of_them_dies_with_the_container() throws Exception {
        try (Holder holder = Holder.start()) {
            Bundle bundle = with(NamespaceType.PID, Optional.of(holder.path("pid")));
            assertEquals("sleep", output(bundle.script("test $$ != 1 && head -c 5 /proc/1/cmdline")));
            assertTrue(Files.exists(Path.of(holder.path("pid"))));
        }
    }

    @Test
    void clocks_of_a_new_time_namespace_have_the_offsets_and_exec_sees_them() throws IOException {
        Bundle bundle = with(NamespaceType.TIME, Optional.empty()).linux(linux -> linux.withTimeOffsets(
                Map.of("monotonic", new TimeOffset(500, 250), "boottime", new TimeOffset(1_000_000, 0))));
        bundle.args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        for (String[] command : new String[][] {{"cat", "/proc/1/timens_offsets"}, {"cat", "/proc/self/timens_offsets"}}) {
            String offsets = carafe.call("exec", bundle.id(), command[0], command[1]).succeeds().out().replaceAll(" +", " ");
            assertEquals("monotonic 500 250\nboottime 1000000 0\n", offsets);
        }
        String uptime = carafe.call("exec", bundle.id(), "cat", "/proc/uptime").succeeds().out();
        assertTrue(Double.parseDouble(uptime.split(" ")[0]) >= 1_000_000, uptime);
        assertEquals(carafe.call("exec", bundle.id(), "readlink", "/proc/1/ns/time").out(),
                carafe.call("exec", bundle.id(), "readlink", "/proc/self/ns/time").out());
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_time_namespace_without_offsets_is_new_all_the_same() throws IOException {
        assertNotEquals(own("time"), output(with(NamespaceType.TIME, Optional.empty()).args("/bin/readlink", "/proc/self/ns/time")));
    }

    @Test
    void an_offset_before_the_clocks_start_is_refused_by_the_kernel_with_advice() {
        String error = carafe.run(with(NamespaceType.TIME, Optional.empty()).linux(linux -> linux.withTimeOffsets(
                Map.of("boottime", new TimeOffset(-1_000_000_000, 0))))).fails();
        assertTrue(error.contains("set linux.timeOffsets: ERANGE"), error);
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void all_of_another_containers_namespaces_but_its_mounts_are_shared() throws Exception {
        Bundle first = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", first.path().toString(), first.id()).succeeds();
        String pid = carafe.call("state", first.id()).out().replaceAll("(?s).*\"pid\": ?(\\d+).*", "$1");
        Bundle second = Bundle.in(directory);
        for (String[] one : new String[][] {{"PID", "pid"}, {"NETWORK", "net"}, {"IPC", "ipc"}, {"UTS", "uts"}, {"CGROUP", "cgroup"}}) {
            NamespaceType type = NamespaceType.valueOf(one[0]);
            change(second, type, Optional.of(new Namespace(type, Optional.of("/proc/" + pid + "/ns/" + one[1]))));
        }
        String here = output(second.script("for n in pid net ipc uts; do readlink /proc/self/ns/$n; done"));
        String there = carafe.call("exec", first.id(), "sh", "-c", "for n in pid net ipc uts; do readlink /proc/self/ns/$n; done").out().strip();
        assertEquals(there, here);
        carafe.call("delete", "--force", first.id()).succeeds();
    }

    /** In a pid namespace of others an init that ends takes nobody along. */
    @Test
    void what_an_init_leaves_in_a_shared_pid_namespace_is_killed_by_SIGKILL_alone() throws Exception {
        Bundle bundle = Bundle.in(directory).writable().linux(linux -> linux.withNamespaces(linux.namespaces().stream()
                .filter(namespace -> namespace.type() != NamespaceType.PID).toList())).script("sleep 1000 & echo $! > /left; exit 0");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Path left = bundle.rootfs().resolve("left");
        await(() -> Files.exists(left) && left.toFile().length() > 0 && carafe.call("state", bundle.id()).out().contains("stopped"));
        Path process = Path.of("/proc/" + Files.readString(left).strip());
        assertTrue(Files.exists(process));
        assertTrue(carafe.call("kill", bundle.id(), "TERM").fails().contains("container not running"));
        assertTrue(Files.exists(process));
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        await(() -> Files.notExists(process) || isZombie(process));
        assertTrue(Files.notExists(process) || isZombie(process));
        assertTrue(carafe.call("kill", bundle.id(), "KILL").fails().contains("container not running"));
        carafe.call("delete", bundle.id()).succeeds();
    }

    private static boolean isZombie(Path process) {
        try {
            return Files.readString(process.resolve("stat")).contains(") Z ");
        } catch (IOException gone) {
            return true;
        }
    }

    private static void await(java.util.function.BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 18_000 && !condition.getAsBoolean(); i++) {
            Thread.sleep(10);
        }
    }
}
