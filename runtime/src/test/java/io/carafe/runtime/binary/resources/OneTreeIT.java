package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A host with cgroup v2 alone: as it is, or a hybrid whose cgroup2 tree is mounted over the rest for each call. */
@ExtendWith(HostUnchanged.class)
@Tag("guest")
class OneTreeIT {

    private static final Path TREE = Path.of(Running.isV2() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified");
    private static final int OWNER = 100_000;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void view() throws IOException {
        assumeTrue(Files.exists(TREE.resolve("cgroup.controllers")), "this host has no cgroup2");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
        if (!Running.isV2()) {
            carafe = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                    "mount -t cgroup2 none /sys/fs/cgroup && exec \"$@\"", "sh");
        }
    }

    @AfterEach
    void deleted() {
        if (bundle != null) {
            carafe.call("delete", "--force", bundle.id()).succeeds();
            assertFalse(Files.exists(cgroup()), "the cgroup is left");
        }
    }

    private Path cgroup() {
        return TREE.resolve(bundle.id());
    }

    private void run(Bundle made) {
        bundle = made.linux(linux -> linux.withCgroupsPath("/" + made.id()));
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    private Path inside(String name) {
        return bundle.rootfs().resolve("tmp").resolve(name);
    }

    private static int owner(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    /** @param option of the mount of cgroups */
    private Bundle withOwnIds(String option) throws Exception {
        List<IdMapping> ids = List.of(new IdMapping(0, OWNER, 65536));
        Bundle made = Bundle.in(directory).writable().linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        }).config(config -> config.withMounts(config.mounts().stream().map(mount -> !mount.destination().equals("/sys/fs/cgroup") ? mount
                : Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", option)).toList()));
        assertEquals(0, new ProcessBuilder("chown", "-R", OWNER + ":" + OWNER, made.rootfs().toString()).start().waitFor());
        return made;
    }

    @Test
    void the_root_of_a_user_namespace_owns_the_cgroup_and_what_the_kernel_says_that_it_may() throws Exception {
        run(withOwnIds("rw").script("mkdir /sys/fs/cgroup/below && echo $$ > /sys/fs/cgroup/below/cgroup.procs && echo moved > /tmp/moved;"
                + " echo 5 > /sys/fs/cgroup/cgroup.max.depth 2> /dev/null && echo written > /tmp/written; sleep 1000"));
        Running.await(() -> Files.exists(inside("moved")));
        assertTrue(Files.exists(inside("moved")), "it could not make a cgroup below its own");
        assertFalse(Files.exists(inside("written")), "it wrote a file that is not delegated");
        assertEquals(OWNER, owner(cgroup()));
        assertEquals(OWNER, owner(cgroup().resolve("cgroup.procs")));
        assertEquals(OWNER, owner(cgroup().resolve("cgroup.subtree_control")));
        assertEquals(0, owner(cgroup().resolve("cgroup.max.depth")));
        assertEquals(0, owner(cgroup().resolve("cgroup.freeze")));
        // And exec follows it there, or stands beside: both are in its cgroup.
        assertEquals(0, carafe.call("exec", bundle.id(), "/bin/true").code());
    }

    @Test
    void with_a_read_only_mount_the_cgroup_stays_roots() throws Exception {
        run(withOwnIds("ro").args("/bin/sleep", "1000"));
        assertEquals(0, owner(cgroup()));
        assertEquals(0, owner(cgroup().resolve("cgroup.procs")));
    }

    @Test
    void it_is_paused_and_resumed_by_the_tree_itself() {
        run(Bundle.in(directory).writable().script("while :; do echo x >> /tmp/n; usleep 1000; done"));
        Running.await(() -> Files.exists(inside("n")));
        carafe.call("pause", bundle.id()).succeeds();
        assertTrue(Running.text(cgroup().resolve("cgroup.events")).contains("frozen 1"));
        long count = inside("n").toFile().length();
        assertTrue(carafe.call("state", bundle.id()).out().contains("paused"));
        assertEquals(count, inside("n").toFile().length());
        carafe.call("resume", bundle.id()).succeeds();
        Running.await(() -> inside("n").toFile().length() > count);
        assertTrue(inside("n").toFile().length() > count);
    }

    @Test
    void cgroups_that_the_container_made_go_with_it_frozen_and_all() throws Exception {
        run(withOwnIds("rw").script("mkdir -p /sys/fs/cgroup/a/b && (sleep 1000 & echo $! > /sys/fs/cgroup/a/b/cgroup.procs;"
                + " echo up > /tmp/up; wait) & sleep 1000"));
        Running.await(() -> Files.exists(inside("up")));
        assertEquals(3, carafe.call("ps", "--format", "json", bundle.id()).succeeds().out().split(",").length);
        Files.writeString(cgroup().resolve("a/cgroup.freeze"), "1");
        // The check after the test deletes it.
    }

    @Test
    void every_process_of_it_is_killed_at_once() {
        run(Bundle.in(directory).linux(linux -> linux.withNamespaces(linux.namespaces().stream()
                .filter(namespace -> namespace.type() != NamespaceType.PID).toList())).script("sleep 1000 & sleep 1000 & sleep 1000"));
        Running.await(() -> Running.text(cgroup().resolve("cgroup.procs")).lines().count() >= 3); // the shell becomes the last
        carafe.call("kill", "--all", bundle.id(), "KILL").succeeds();
        Running.await(() -> Running.text(cgroup().resolve("cgroup.procs")).isEmpty());
        assertEquals("", Running.text(cgroup().resolve("cgroup.procs")));
    }
}
