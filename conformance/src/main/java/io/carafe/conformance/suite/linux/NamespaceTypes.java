package io.carafe.conformance.suite.linux;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Each type of namespace is supported. */
class NamespaceTypes {

    @Test
    @Tag("config-linux.namespaces.type.pid")
    void pid_namespaces_are_supported(Container container) {
        isNew(container, container, "pid");
    }

    @Test
    @Tag("config-linux.namespaces.type.network")
    void network_namespaces_are_supported(Container container) {
        isNew(container, container, "net");
    }

    @Test
    @Tag("config-linux.namespaces.type.mount")
    void mount_namespaces_are_supported(Container container) {
        isNew(container, container, "mnt");
    }

    @Test
    @Tag("config-linux.namespaces.type.ipc")
    void ipc_namespaces_are_supported(Container container) {
        isNew(container, container, "ipc");
    }

    @Test
    @Tag("config-linux.namespaces.type.uts")
    void uts_namespaces_are_supported(Container container) {
        isNew(container, container, "uts");
    }

    @Test
    @Tag("config-linux.namespaces.type.cgroup")
    void cgroup_namespaces_are_supported(Container container) {
        isNew(container, container.namespace("cgroup"), "cgroup");
    }

    @Test
    @Tag("config-linux.namespaces.type.time")
    void time_namespaces_are_supported(Container container) {
        isNew(container, container.namespace("time"), "time");
    }

    @Test
    @Tag("config-linux.namespaces.type.user")
    void user_namespaces_are_supported(Container container) {
        isNew(container, container.userNamespace(), "user");
    }

    private static void isNew(Container container, Container changed, String file) {
        String host = container.onHost("readlink /proc/self/ns/" + file);
        Expect.needs(!host.isEmpty(), "the kernel has no " + file + " namespaces");
        changed.running();
        String own = container.onHost("readlink /proc/" + container.pid() + "/ns/" + file);
        Expect.that(own.startsWith(file + ":[") && !own.equals(host), "the namespace is " + own + ", the host's is " + host);
    }
}
