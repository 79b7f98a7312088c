package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.linux.NetDevice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Network devices that become the container's. The host is a network namespace of this test, with one end of a veth pair to give away. */
@ExtendWith(HostUnchanged.class)
class NetDevicesIT {

    @TempDir
    private Path directory;
    private Process keeper;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void host() throws Exception {
        // Its own pid is that of the program that it becomes.
        keeper = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        assertEquals('\n', keeper.getInputStream().read());
        carafe = Carafe.in(directory.resolve("root")).behind("nsenter", "--net=/proc/" + keeper.pid() + "/ns/net", "unshare", "--mount",
                "--propagation", "private");
        String made = host("link add cft0 type veth");
        assumeTrue(made.isEmpty(), "this kernel has no veth: " + made);
        bundle = Bundle.in(directory);
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id());
        keeper.destroyForcibly();
    }

    /** {@code ip} on the host. @return all that it says */
    private String host(String words) throws Exception {
        Process ip = new ProcessBuilder(("nsenter --net=/proc/" + keeper.pid() + "/ns/net /bin/busybox ip " + words).split(" "))
                .redirectErrorStream(true).start();
        String said = new String(ip.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        ip.waitFor();
        return said;
    }

    private Bundle moving(String... hostAndName) {
        Map<String, NetDevice> devices = new LinkedHashMap<>();
        for (int i = 0; i < hostAndName.length; i += 2) {
            devices.put(hostAndName[i], new NetDevice(Optional.ofNullable(hostAndName[i + 1])));
        }
        return bundle.linux(linux -> linux.withNetDevices(devices));
    }

    private String run(String script) {
        return carafe.run(bundle.script(script)).succeeds().out();
    }

    private static List<String> names(String links) {
        return links.lines().filter(line -> Character.isDigit(line.charAt(0))).map(line -> line.split("[ @]")[1].replace(":", "")).toList();
    }

    @Test
    void a_device_moves_and_is_up() throws Exception {
        moving("cft0", null);
        String links = run("ip link");
        assertEquals(List.of("lo", "cft0"), names(links));
        assertTrue(links.lines().anyMatch(line -> line.contains(" cft0@") && line.contains(",UP")), links);
        assertFalse(host("link").contains("cft0"));
    }

    @Test
    void a_device_has_its_new_name_its_mtu_and_its_global_addresses() throws Exception {
        host("link set cft0 mtu 1400");
        host("link set cft0 up");
        host("addr add 10.1.2.3/24 brd 10.1.2.255 dev cft0");
        host("addr add 10.1.2.4/24 dev cft0");
        host("addr add 10.9.9.9/32 scope link dev cft0");
        host("addr add fd00::5/64 dev cft0");
        moving("cft0", "inside");
        String seen = run("ip addr show dev inside");
        assertTrue(seen.contains(" mtu 1400 "), seen);
        assertTrue(seen.contains("inet 10.1.2.3/24 brd 10.1.2.255 scope global inside"), seen);
        assertTrue(seen.contains("inet 10.1.2.4/24 scope global"), seen);
        assertTrue(seen.contains("inet6 fd00::5/64 scope global"), seen);
        assertFalse(seen.contains("10.9.9.9"), seen);
    }

    @Test
    void a_template_gets_a_number() throws Exception {
        host("link add cft1 type veth");
        moving("cft0", "net%d", "cft1", "net%d");
        assertEquals(List.of("lo", "net0", "net1"), names(run("ip link")).stream().sorted().toList());
    }

    @Test
    void a_name_that_the_container_has_is_an_error_and_the_device_stays() throws Exception {
        moving("cft0", "lo");
        String error = carafe.run(bundle.args("/bin/true")).fails();
        assertTrue(error.contains("linux.netDevices[\"cft0\"]: move it to \"lo\": EEXIST"), error);
        assertTrue(host("link").contains("cft0"));
    }

    @Test
    void a_device_that_is_not_there_is_an_error() {
        moving("cft9", null);
        String error = carafe.run(bundle.args("/bin/true")).fails();
        assertTrue(error.contains("linux.netDevices[\"cft9\"]: find the device: ENODEV"), error);
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void lo_cannot_be_moved() {
        moving("lo", "other");
        String error = carafe.run(bundle.args("/bin/true")).fails();
        assertTrue(error.contains("linux.netDevices[\"lo\"]: move it to \"other\": EINVAL"), error);
    }

    @Test
    void it_is_there_before_the_hooks_and_when_a_container_is_created() throws Exception {
        moving("cft0", null).args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertFalse(host("link").contains("cft0"));
        carafe.call("start", bundle.id()).succeeds();
        assertTrue(names(carafe.call("exec", bundle.id(), "ip", "link").succeeds().out()).contains("cft0"));
    }

    @Test
    void in_a_user_namespace_the_device_is_its_root_s() throws Exception {
        java.nio.file.Files.setPosixFilePermissions(directory, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        host("addr add 10.1.2.3/24 dev cft0");
        bundle.linux(linux -> {
            List<io.carafe.spec.linux.Namespace> namespaces = new java.util.ArrayList<>(linux.namespaces());
            namespaces.add(new io.carafe.spec.linux.Namespace(io.carafe.spec.linux.NamespaceType.USER, Optional.empty()));
            List<io.carafe.spec.linux.IdMapping> ids = List.of(new io.carafe.spec.linux.IdMapping(0, 100000, 65536));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        });
        moving("cft0", "mine");
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.path().toString()).start().waitFor());
        assertTrue(run("ip addr show dev mine").contains("inet 10.1.2.3/24"));
    }
}
