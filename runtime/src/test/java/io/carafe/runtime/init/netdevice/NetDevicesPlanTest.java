package io.carafe.runtime.init.netdevice;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.NetDevice;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NetDevicesPlanTest {

    private static final Linux OWN = Linux.EMPTY.withNamespaces(List.of(new Namespace(NamespaceType.NETWORK, Optional.empty())));

    private static Linux with(String... hostAndName) {
        Map<String, NetDevice> devices = new LinkedHashMap<>();
        for (int i = 0; i < hostAndName.length; i += 2) {
            devices.put(hostAndName[i], new NetDevice(Optional.ofNullable(hostAndName[i + 1])));
        }
        return OWN.withNetDevices(devices);
    }

    private static String complaint(Linux linux) {
        return assertThrows(SpecException.class, () -> NetDevicesPlan.of(linux, false)).getMessage();
    }

    @Test
    void a_device_keeps_its_name_or_has_a_new_one_in_the_document_s_order() {
        assertEquals(List.of(new NetDevicesPlan.Move("eth1", "eth1"), new NetDevicesPlan.Move("eth0", "net%d")),
                NetDevicesPlan.of(with("eth1", null, "eth0", "net%d"), false).moves());
    }

    @Test
    void without_devices_nothing_is_asked_of_the_namespaces() {
        assertEquals(NetDevicesPlan.NONE, NetDevicesPlan.of(Linux.EMPTY, true));
    }

    @Test
    void the_network_namespace_must_be_the_container_s_and_the_caller_root() {
        assertEquals("linux.netDevices: expected a network namespace in linux.namespaces: the devices are the host's already",
                complaint(Linux.EMPTY.withNetDevices(Map.of("eth0", new NetDevice(Optional.empty())))));
        assertEquals("linux.netDevices: only root can give away a network device of the host",
                assertThrows(SpecException.class, () -> NetDevicesPlan.of(with("eth0", null), true)).getMessage());
    }

    @Test
    void a_namespace_that_is_joined_is_known_by_its_path() {
        Linux joined = with("eth0", null).withNamespaces(List.of(new Namespace(NamespaceType.NETWORK, Optional.of("/run/netns/web"))));
        assertEquals(Optional.of("/run/netns/web"), NetDevicesPlan.of(joined, false).namespace());
    }

    @Test
    void two_devices_have_no_name_in_common_but_may_a_template() {
        assertEquals("linux.netDevices[\"eth1\"].name: expected each name once, found \"a\" again", complaint(with("eth0", "a", "eth1", "a")));
        assertEquals("linux.netDevices[\"a\"].name: expected each name once, found \"a\" again", complaint(with("eth0", "a", "a", null)));
        assertEquals(2, NetDevicesPlan.of(with("eth0", "a%d", "eth1", "a%d"), false).moves().size());
    }

    @ParameterizedTest
    @ValueSource(strings = {".", "..", "a/b", "a:b", "a b", "a\tb", "a\u00a0b", "1234567890123456", "%", "a%db", "%d%d", "a%s", "123456789012345%d"})
    void what_the_kernel_takes_for_no_name_is_refused(String name) {
        String complaint = complaint(with("eth0", name));
        assertEquals("linux.netDevices[\"eth0\"].name: expected a device's name of 1 to 15 bytes, without /, :, % (but %d at the end of a new one)"
                + " and blanks, found \"" + name + '"', complaint);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a/b", "eth%d", "1234567890123456"})
    void a_device_of_the_host_has_a_plain_name(String name) {
        assertThrows(SpecException.class, () -> NetDevicesPlan.of(with(name, null), false));
    }

    @Test
    void a_name_may_have_15_bytes() {
        assertEquals("123456789012345", NetDevicesPlan.of(with("eth0", "123456789012345"), false).moves().get(0).name());
    }
}
