package io.carafe.runtime.init.netdevice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The host is a network namespace of this test's thread; the container's is that of a process that only waits. */
class NetDevicesTest {

    private Process container;

    @BeforeEach
    void container() throws Exception {
        assumeTrue(Linux.over(Door.open()).credentials.geteuid() == 0, "only as root");
        assumeTrue(Files.isExecutable(Path.of("/bin/busybox")), "no /bin/busybox");
        container = new ProcessBuilder("unshare", "--net", "sh", "-c", "echo; exec sleep 1000").start();
        assertEquals('\n', container.getInputStream().read());
    }

    @AfterEach
    void ended() {
        if (container != null) {
            container.destroyForcibly();
        }
    }

    private interface Body {
        void run(Linux linux) throws Exception;
    }

    private void onHost(Body body) throws Exception {
        InMountNamespace.run(Linux.over(Door.open()), ProcessFlags.CLONE_NEWNET, linux -> {
            String made = ip("link add cft0 type veth");
            assumeTrue(made.isEmpty(), "this kernel has no veth: " + made);
            body.run(linux);
        });
    }

    /** On the host: a child is in the namespaces of the thread that starts it. */
    private static String ip(String words) throws Exception {
        return output("/bin/busybox ip " + words);
    }

    private String inside(String words) throws Exception {
        return output("nsenter --net=/proc/" + container.pid() + "/ns/net /bin/busybox ip " + words);
    }

    private static String output(String command) throws Exception {
        Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said;
    }

    private void move(Linux linux, NetDevicesPlan.Move... moves) {
        new NetDevices(linux, new NetDevicesPlan(List.of(moves), Optional.empty())).moveTo((int) container.pid());
    }

    private static NetDevicesPlan.Move device(String host, String name) {
        return new NetDevicesPlan.Move(host, name);
    }

    @Test
    void a_device_has_its_new_name_its_mtu_and_its_permanent_global_addresses_and_is_up() throws Exception {
        onHost(linux -> {
            ip("link set cft0 mtu 1400");
            ip("link set cft0 up");
            ip("addr add 10.1.2.3/24 brd 10.1.2.255 dev cft0");
            ip("addr add 10.1.2.4/24 dev cft0");
            ip("addr add 10.9.9.9/32 scope link dev cft0");
            ip("addr add fd00::5/64 dev cft0");
            move(linux, device("cft0", "inside"));
            assertFalse(ip("link").contains("cft0:") || ip("link").contains("cft0@"), "still on the host");
            String seen = inside("addr show dev inside");
            assertTrue(seen.contains(",UP") && seen.contains(" mtu 1400 "), seen);
            assertTrue(seen.contains("inet 10.1.2.3/24 brd 10.1.2.255 scope global inside"), seen);
            assertTrue(seen.contains("inet 10.1.2.4/24 scope global"), seen);
            assertTrue(seen.contains("inet6 fd00::5/64 scope global"), seen);
            assertFalse(seen.contains("10.9.9.9"), seen);
        });
    }

    @Test
    void a_template_gets_the_kernel_s_number() throws Exception {
        onHost(linux -> {
            ip("link add cft1 type veth");
            inside("link add net0 type veth");
            move(linux, device("cft0", "net%d"), device("cft1", "net%d"));
            String seen = inside("link");
            assertTrue(seen.contains(" net0@") && seen.contains(" net1@") && seen.contains(" net2@"), seen);
        });
    }

    @Test
    void a_name_that_is_taken_is_found_out_before_the_move() throws Exception {
        onHost(linux -> {
            KernelException failure = assertThrows(KernelException.class, () -> move(linux, device("cft0", "lo")));
            assertEquals("linux.netDevices[\"cft0\"]: move it to \"lo\": EEXIST: file exists (the container has a device of that name)",
                    failure.getMessage());
            assertTrue(ip("link").contains("cft0"));
        });
    }

    @Test
    void the_runtime_s_own_network_namespace_is_none_of_a_container() throws Exception {
        onHost(linux -> {
            NetDevicesPlan own = new NetDevicesPlan(List.of(device("cft0", "a")), Optional.of("/proc/thread-self/ns/net"));
            assertEquals(Errno.EINVAL, assertThrows(KernelException.class, () -> new NetDevices(linux, own).moveTo(0)).errno());
            assertTrue(ip("link").contains("cft0"));
        });
    }

    @Test
    void lo_stays_and_what_is_not_there_is_told() throws Exception {
        onHost(linux -> {
            assertEquals(Errno.EINVAL, assertThrows(KernelException.class, () -> move(linux, device("lo", "other"))).errno());
            assertEquals(Errno.ENODEV, assertThrows(KernelException.class, () -> move(linux, device("cft9", "other"))).errno());
        });
    }
}
