package io.carafe.conformance.suite.config.mounts;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** idmap and ridmap, tried on a directory of root's in a container whose root is 100000 on the host. */
class IdMappedMounts {

    @Test
    @Tag("config.mounts.option.idmap")
    @Tag("config.mounts.option.idmap.applied")
    void idmap_maps_the_owners_of_files(Container container) {
        Expect.equal("0 0", owners(container, "idmap", "/x/inner", maps(100_000)), "owner in the container of a file of root");
    }

    @Test
    @Tag("config.mounts.option.idmap.own-maps")
    void with_idmap_the_maps_of_the_mount_count(Container container) {
        Expect.equal("7 7", owners(container, "idmap", "/x/inner", maps(100_007)), "owner in the container of a file of root");
    }

    @Test
    @Tag("config.mounts.option.idmap.no-maps")
    void idmap_without_maps_is_that_of_the_user_namespace_or_an_error(Container container) {
        withoutMaps(container, "idmap");
    }

    @Test
    @Tag("config.mounts.option.idmap.no-user-namespace")
    void idmap_without_maps_and_user_namespace_is_an_error(Container container) {
        Expect.isRefused(SharedTree.bound(container, "", "bind", "idmap"));
    }

    @Test
    @Tag("config.mounts.option.ridmap")
    @Tag("config.mounts.option.ridmap.applied")
    void ridmap_maps_the_owners_of_files_below_too(Container container) {
        Expect.equal("0 0", owners(container, "ridmap", "/x/below/inner", maps(100_000)), "owner in the container of a file of root");
    }

    @Test
    @Tag("config.mounts.option.ridmap.own-maps")
    void with_ridmap_the_maps_of_the_mount_count(Container container) {
        Expect.equal("7 7", owners(container, "ridmap", "/x/below/inner", maps(100_007)), "owner in the container of a file of root");
    }

    @Test
    @Tag("config.mounts.option.ridmap.no-maps")
    void ridmap_without_maps_is_that_of_the_user_namespace_or_an_error(Container container) {
        withoutMaps(container, "ridmap");
    }

    @Test
    @Tag("config.mounts.option.ridmap.no-user-namespace")
    void ridmap_without_maps_and_user_namespace_is_an_error(Container container) {
        Expect.isRefused(SharedTree.bound(container, "", "rbind", "ridmap"));
    }

    @Test
    @Tag("config.mounts.uidMappings.both")
    void uidMappings_without_gidMappings_are_an_error(Container container) {
        oneMap(container, "uidMappings");
    }

    @Test
    @Tag("config.mounts.gidMappings.both")
    void gidMappings_without_uidMappings_are_an_error(Container container) {
        oneMap(container, "gidMappings");
    }

    private static void oneMap(Container container, String which) {
        mount(container.userNamespace(), "idmap", Map.of(which, maps(100_000)));
        Expect.isRefused(container);
    }

    private static List<Object> maps(long host) {
        return List.of(object("containerID", 0, "hostID", host, "size", 1000));
    }

    private static String owners(Container container, String option, String file, List<Object> maps) {
        mount(container.userNamespace(), option, Map.of("uidMappings", maps, "gidMappings", maps));
        return container.args("stat", "-c", "%u %g", file).output().strip();
    }

    private static void withoutMaps(Container container, String option) {
        mount(container.userNamespace(), option, Map.of());
        CommandResult created = container.args("stat", "-c", "%u %g", option.equals("idmap") ? "/x/inner" : "/x/below/inner").create();
        if (created.succeeded()) {
            Expect.equal("0 0", container.observed("output", container.started().ended().outputSoFar()).strip(),
                    "owner in the container of a file of root");
        }
    }

    private static void mount(Container container, String option, Map<String, Object> maps) {
        container.onHost("chmod 755 " + container.sandbox().work());
        SharedTree.bound(container, "", option.equals("idmap") ? "bind" : "rbind", option);
        int added = container.config().list("/mounts").size() - 1;
        if (option.equals("idmap")) {
            // The mount below it alone: a user namespace may not bind less than all of a tree.
            container.with("/mounts/" + added + "/source", container.sandbox().work() + "/tree/below");
        }
        maps.forEach((name, value) -> container.with("/mounts/" + added + "/" + name, value));
    }
}
