package io.carafe.conformance.suite.linux;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Namespaces {

    @Test
    @Tag("config-linux.namespaces.path.absolute")
    void a_relative_path_of_a_namespace_is_an_error(Container container) {
        container.behind("/bin/sh", "-c", "cd / && exec \"$@\"", "sh");
        Expect.isRefused(container.namespace("network", "proc/self/ns/net"));
    }

    @Test
    @Tag("config-linux.namespaces.path.joined")
    void a_namespace_with_a_path_is_joined(Container container) {
        Expect.needsRoot(container);
        String network = kept(container, "net");
        String ipc = kept(container, "ipc");
        container.namespace("network", network).namespace("ipc", ipc).running();
        for (String file : List.of(network, ipc)) {
            String name = file.equals(network) ? "net" : "ipc";
            Expect.equal(container.onHost("stat -Lc %i " + file), container.onHost("stat -Lc %i /proc/" + container.pid() + "/ns/" + name),
                    name + " namespace");
        }
    }

    @Test
    @Tag("config-linux.namespaces.path.type")
    void a_path_of_another_type_is_an_error(Container container) {
        Expect.needsRoot(container);
        Expect.isRefused(container.namespace("network", kept(container, "ipc")));
    }

    @Test
    @Tag("config-linux.namespaces.path.type")
    void a_path_of_a_file_that_is_no_namespace_is_an_error(Container container) {
        Expect.isRefused(container.namespace("network", "/etc/passwd"));
    }

    @Test
    @Tag("config-linux.namespaces.new")
    void each_container_has_namespaces_of_its_own(Container container) {
        Container other = container.another().running();
        container.running();
        for (String name : List.of("pid", "net", "mnt", "ipc", "uts")) {
            String own = container.onHost("readlink /proc/" + container.pid() + "/ns/" + name);
            Expect.that(!own.equals(container.onHost("readlink /proc/" + other.pid() + "/ns/" + name)), "two containers share " + own);
            Expect.that(!own.equals(container.onHost("readlink /proc/self/ns/" + name)), "the container has the host's " + own);
        }
    }

    @Test
    @Tag("config-linux.namespaces.inherited")
    void a_type_that_is_not_listed_is_inherited(Container container) {
        container.without("/hostname").withoutNamespace("uts").withoutNamespace("ipc").withoutNamespace("network").running();
        for (String name : List.of("net", "ipc", "uts", "user")) {
            Expect.equal(container.onHost("readlink /proc/self/ns/" + name),
                    container.onHost("readlink /proc/" + container.pid() + "/ns/" + name), name + " namespace");
        }
    }

    @Test
    @Tag("config-linux.namespaces.duplicate")
    void one_type_twice_is_an_error(Container container) {
        Expect.isRefused(container.namespace("network"));
    }

    @Test
    @Tag("config-linux.uidMappings.no-chown")
    void owners_of_files_stay_with_a_user_namespace(Container container) {
        container.userNamespace();
        container.onHost("mkdir " + container.sandbox().work() + "/volume && touch " + container.sandbox().work() + "/volume/file && chown 123:456 "
                + container.sandbox().work() + "/volume/file && chmod 755 " + container.sandbox().work());
        String files = "stat -c '%u:%g' " + container.sandbox().work() + "/volume/file " + container.sandbox().work() + "/volume "
                + container.rootfs() + "/bin/busybox";
        String before = container.onHost(files);
        container.mount("/volume", "none", container.sandbox().work() + "/volume", "bind").output();
        Expect.equal(before, container.onHost(files), "owners");
    }

    /** A new namespace that a file keeps. */
    private static String kept(Container container, String name) {
        String file = container.sandbox().work() + "/" + name;
        container.onHost("touch " + file + " && unshare --" + name + " mount --bind /proc/self/ns/" + name + " " + file);
        return file;
    }
}
