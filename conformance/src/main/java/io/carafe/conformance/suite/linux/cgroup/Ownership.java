package io.carafe.conformance.suite.linux.cgroup;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whether the owner of the container's cgroup becomes its user, 1000. */
class Ownership {

    private static final String DELEGATE = "/sys/kernel/cgroup/delegate";

    @Test
    @Tag("config-linux.cgroup-ownership.v1")
    void on_v1_the_owner_stays(Container container) {
        Expect.needsV1(container, "pids");
        forUser(container.namespace("cgroup"), "rw").running();
        Expect.equal("0", container.onHost("stat -c %u /sys/fs/cgroup/pids/conformance/" + container.id()), "owner of the cgroup of pids");
    }

    @Test
    @Tag("config-linux.cgroup-ownership.own-namespace")
    void without_a_cgroup_namespace_the_owner_stays(Container container) {
        Expect.equal("0", owners(forUser(container, "rw")).get("."), "owner of the cgroup");
    }

    @Test
    @Tag("config-linux.cgroup-ownership.no-mount")
    void without_a_mount_of_cgroups_the_owner_stays(Container container) {
        container.namespace("cgroup").with("/process/user", object("uid", 1000, "gid", 1000));
        Expect.equal("0", owners(container).get("."), "owner of the cgroup");
    }

    @Test
    @Tag("config-linux.cgroup-ownership.read-write")
    void with_a_read_only_mount_of_cgroups_the_owner_stays(Container container) {
        Expect.equal("0", owners(forUser(container.namespace("cgroup"), "ro")).get("."), "owner of the cgroup");
    }

    @Test
    @Tag("config-linux.cgroup-ownership.read-write")
    void with_a_mount_of_cgroups_for_writing_the_owner_is_the_user(Container container) {
        Expect.equal("1000", owners(forUser(container.namespace("cgroup"), "rw")).get("."), "owner of the cgroup");
    }

    @Test
    @Tag("config-linux.cgroup-ownership.present-files")
    void the_files_to_be_delegated_change_their_owner(Container container) {
        Map<String, String> owners = changed(container);
        for (String file : delegated(container)) {
            if (owners.containsKey(file)) {
                Expect.equal("1000", owners.get(file), "owner of " + file);
            }
        }
    }

    @Test
    @Tag("config-linux.cgroup-ownership.only-delegated")
    @Tag("config-linux.cgroup-ownership.others")
    void other_files_keep_their_owner(Container container) {
        Map<String, String> owners = changed(container);
        List<String> delegated = delegated(container);
        owners.forEach((file, owner) -> {
            if (!file.equals(".") && !delegated.contains(file)) {
                Expect.equal("0", owner, "owner of " + file);
            }
        });
    }

    @Test
    @Tag("config-linux.cgroup-ownership.absent-files")
    void a_file_to_be_delegated_that_is_not_there_is_no_error(Container container) {
        Map<String, String> owners = changed(container);
        Expect.needs(delegated(container).stream().anyMatch(file -> !owners.containsKey(file)),
                "the cgroup has all files of " + DELEGATE);
    }

    @Test
    @Tag("config-linux.cgroup-ownership.fallback")
    void without_the_list_three_files_change_their_owner(Container container) {
        Expect.needsV2(container);
        container.onHost("mount -t tmpfs tmpfs /sys/kernel/cgroup");
        Map<String, String> owners = changed(container);
        for (String file : List.of("cgroup.procs", "cgroup.subtree_control", "cgroup.threads")) {
            Expect.equal("1000", owners.get(file), "owner of " + file);
        }
    }

    private static Map<String, String> changed(Container container) {
        Map<String, String> owners = owners(forUser(container.namespace("cgroup"), "rw"));
        Expect.needs(!"0".equals(owners.get(".")), "the runtime does not change owners of cgroups, as it may");
        return owners;
    }

    private static List<String> delegated(Container container) {
        return Arrays.asList(container.onHost("cat " + DELEGATE).split("\\s+"));
    }

    private static Container forUser(Container container, String option) {
        return container.with("/process/user", object("uid", 1000, "gid", 1000)).mount("/sys/fs/cgroup", "cgroup", "cgroup",
                "nosuid", "noexec", "nodev", option);
    }

    /** The owners of the cgroup's directory, under the name ".", and its files. */
    private static Map<String, String> owners(Container container) {
        Expect.needsV2(container);
        container.running();
        Map<String, String> owners = new TreeMap<>();
        container.onHost("cd /sys/fs/cgroup$(sed -n 's/^0:://p' /proc/" + container.pid() + "/cgroup) && stat -c '%n %u' . *").lines()
                .forEach(line -> owners.put(line.split(" ")[0], line.split(" ")[1]));
        return owners;
    }
}
