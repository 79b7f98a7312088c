package io.carafe.runtime.binary.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.resources.Running;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container sees at /sys/fs/cgroup: its own cgroups, or its caller's where none could be made, and nothing of the host's beside them. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class CgroupMountIT {

    private static final int USER = 65534;
    /** Says which of the directories that are shown this process is not in. */
    private static final String MISSING = "ls /sys/fs/cgroup > /dev/null; for p in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/*/cgroup.procs; do"
            + " test ! -e $p || grep -qx 1 $p || echo not in $p; done";

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
    }

    private static Bundle namespaces(Bundle bundle, boolean cgroup, NamespaceType... without) {
        return bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(one -> one.type() == NamespaceType.CGROUP || List.of(without).contains(one.type()));
            if (cgroup) {
                namespaces.add(Namespace.of(NamespaceType.CGROUP));
            }
            return linux.withNamespaces(namespaces);
        });
    }

    private static Bundle cgroupMount(Bundle bundle, String type, String... options) {
        return bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.removeIf(mount -> mount.destination().equals("/sys/fs/cgroup"));
            mounts.add(Mount.of("/sys/fs/cgroup", type, "cgroup", options));
            return config.withMounts(mounts);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void beside_v1_hierarchies_no_unified_tree_is_shown(boolean namespace) {
        assumeFalse(Running.isV2(), "this host has cgroup v2 alone");
        Bundle bundle = cgroupMount(namespaces(Bundle.in(directory), namespace), "cgroup", "rw", "nosuid");
        assertEquals("", carafe.run(bundle.script("grep ' - cgroup2 ' /proc/self/mountinfo; " + MISSING + "; ls /sys/fs/cgroup | grep unified"))
                .out().strip());
    }

    @ParameterizedTest
    @CsvSource({"false, ro", "false, rw", "true, ro", "true, rw"})
    void the_unified_tree_of_a_hybrid_is_the_containers_own_part(boolean namespace, String writable) {
        assumeFalse(Running.isV2(), "this host has cgroup v2 alone");
        assumeFalse(Files.notExists(Path.of("/sys/fs/cgroup/unified")), "this host has no unified tree");
        Bundle bundle = cgroupMount(namespaces(Bundle.in(directory), namespace), "cgroup2", writable);
        assertEquals("1\n" + (writable.equals("rw") ? "made" : "refused"), carafe.run(bundle.script("cat /sys/fs/cgroup/cgroup.procs | head -n 1;"
                + " mkdir /sys/fs/cgroup/x 2> /dev/null && echo made || echo refused")).succeeds().out().strip());
    }

    /** podman unshare, rootlesskit, and podman of an ordinary user: root of a user namespace, who may make no cgroup. */
    @ParameterizedTest
    @CsvSource({"auto, false, ro", "auto, true, ro", "true, false, ro", "true, true, rw", "auto, false, rw"})
    void root_of_a_user_namespace_who_may_make_no_cgroup_sees_its_callers(String rootless, boolean namespace, String writable) throws Exception {
        Bundle bundle = namespaces(Bundle.rootless(directory, USER, USER), namespace, NamespaceType.USER)
                .linux(linux -> linux.withMappings(List.of(), List.of()));
        cgroupMount(bundle, "cgroup", "rprivate", "nosuid", "noexec", "nodev", "relatime", writable)
                .script(Running.isV2() && !namespace ? "ls /sys/fs/cgroup/cgroup.procs > /dev/null" : MISSING);
        Carafe.Result result = asRootOfAUserNamespace(bundle, "--rootless", rootless);
        assertEquals("", result.succeeds().out().strip());
        assertEquals("", result.err());
    }

    /** The same with a user namespace inside, as podman's --userns=auto for an ordinary user. */
    @Test
    void a_user_namespace_in_a_user_namespace_sees_its_callers_too() throws Exception {
        Bundle bundle = Bundle.rootless(directory, 0, 0).script(MISSING);
        assertEquals("", asRootOfAUserNamespace(bundle).succeeds().out().strip());
    }

    private Carafe.Result asRootOfAUserNamespace(Bundle bundle, String... flags) throws Exception {
        assertEquals(0, new ProcessBuilder("chown", "-R", USER + ":" + USER, directory.toString()).start().waitFor());
        List<String> words = new ArrayList<>(List.of(flags));
        words.addAll(List.of("run", "--bundle", bundle.path().toString(), bundle.id()));
        return carafe.behind("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--inh-caps=-all", "unshare", "--user",
                "--map-root-user", "--mount", "--propagation", "private").call(words.toArray(String[]::new));
    }

    @Test
    void a_cgroup_that_was_asked_for_and_cannot_be_made_is_told() throws Exception {
        Bundle bundle = namespaces(Bundle.rootless(directory, USER, USER), true, NamespaceType.USER)
                .linux(linux -> linux.withMappings(List.of(), List.of()).withCgroupsPath("/carafe-nobody-may-make-this")).args("/bin/true");
        String error = asRootOfAUserNamespace(bundle).fails();
        assertTrue(error.contains("mkdir /sys/fs/cgroup"), error);
    }
}
