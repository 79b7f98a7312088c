package io.carafe.conformance.suite.linux;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** netDevices, with an end of a veth pair in the test's own network. */
class NetworkDevices {

    @Test
    @Tag("config-linux.netDevices")
    void a_listed_device_is_in_the_container(Container container) {
        device(container, Map.of());
        Expect.contains(container.args("ip", "link", "show").output(), "cf0", "the container's devices");
        Expect.lacks(container.onHost("ip link show"), "cf0", "the host's devices");
    }

    @Test
    @Tag("config-linux.netDevices")
    void a_listed_device_gets_the_name_asked_for(Container container) {
        device(container, Map.of("name", "inside0"));
        Expect.contains(container.args("ip", "link", "show").output(), "inside0", "the container's devices");
    }

    @Test
    @Tag("config-linux.netDevices.check")
    void a_device_that_is_not_there_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/netDevices", object("nosuch0", Map.of())));
    }

    @Test
    @Tag("config-linux.netDevices.name-taken")
    void a_name_that_is_taken_is_an_error(Container container) {
        Expect.isRefused(device(container, Map.of("name", "lo")));
    }

    @Test
    @Tag("config-linux.netDevices.template")
    void a_template_gets_a_number(Container container) {
        Expect.contains(device(container, Map.of("name", "eth%d")).args("ip", "link", "show").output(), "eth0", "the container's devices");
    }

    @Test
    @Tag("config-linux.netDevices.addresses")
    void global_addresses_stay(Container container) {
        device(container, Map.of());
        container.onHost("ip address add 192.0.2.7/24 dev cf0 && ip -6 address add 2001:db8::7/64 dev cf0 nodad");
        String addresses = container.args("ip", "address", "show").output();
        Expect.contains(addresses, "192.0.2.7/24", "the container's addresses");
        Expect.contains(addresses, "2001:db8::7/64", "the container's addresses");
    }

    @Test
    @Tag("config-linux.netDevices.up")
    void a_moved_device_is_up(Container container) {
        String line = device(container, Map.of()).args("ip", "link", "show").output().lines().filter(one -> one.contains("cf0"))
                .findFirst().orElse("no cf0");
        Expect.that(line.matches(".*[<,]UP[,>].*"), "cf0 is not up: " + line);
    }

    @Test
    @Tag("config-linux.netDevices.unmanaged")
    void what_is_done_to_a_moved_device_stays(Container container) {
        device(container, Map.of()).args("ip", "link", "show").created();
        Expect.contains(container.onHost("nsenter -t " + container.pid() + " -n ip link show"), "cf0", "the container's devices");
        container.onHost("nsenter -t " + container.pid() + " -n ip link set cf0 down");
        container.started().ended();
        String line = container.outputSoFar().lines().filter(one -> one.contains("cf0")).findFirst().orElse("no cf0");
        Expect.that(line.contains("cf0") && !line.matches(".*[<,]UP[,>].*"), "cf0 has been changed again: " + line);
    }

    @Test
    @Tag("config-linux.netDevices.not-moved-back")
    void a_device_stays_in_a_joined_namespace_after_the_deletion(Container container) {
        device(container, Map.of());
        String network = container.sandbox().work() + "/network";
        container.onHost("touch " + network + " && unshare --net mount --bind /proc/self/ns/net " + network);
        container.namespace("network", network).created().started().ended();
        Expect.succeeds(container.delete());
        Expect.contains(container.onHost("nsenter --net=" + network + " ip link show"), "cf0", "the devices of the joined namespace");
        Expect.lacks(container.onHost("ip link show"), "cf0", "the host's devices");
    }

    /** config.json has the device cf0 of the sandbox's network, with these properties. */
    private static Container device(Container container, Map<String, Object> properties) {
        CommandResult made = container.sandbox().sh("ip link add cf0 type veth peer name other0");
        Expect.needs(made.succeeded(), "no network device for the test: " + made.message());
        return container.with("/linux/netDevices", object("cf0", properties));
    }
}
