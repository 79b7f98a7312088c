package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What an image, or whoever fills in a field of its configuration, could lay for the runtime. */
@ExtendWith(HostUnchanged.class)
class HostileImageIT {

    @TempDir
    private Path directory;
    private Path outside;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() throws IOException {
        outside = Files.createDirectory(directory.resolve("outside"));
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable();
    }

    private void mounts(Mount... mounts) {
        List<Mount> all = new ArrayList<>(List.of(Mount.of("/proc", "proc", "proc")));
        all.addAll(List.of(mounts));
        bundle.config(config -> config.withMounts(all));
    }

    private static void link(Path name, Path target) throws IOException {
        Files.deleteIfExists(name);
        Files.createSymbolicLink(name, target);
    }

    /** CVE-2025-24965 of crun, CVE-2026-41579, CVE-2024-45310: places of mounts, devices, links, the working directory. */
    @Test
    void nothing_that_is_made_in_the_root_comes_to_lie_outside() throws Exception {
        for (Path target : List.of(outside, Path.of("../outside"), Path.of("../../outside"))) {
            link(bundle.rootfs().resolve("dev"), target);
            link(bundle.rootfs().resolve("out"), target);
            mounts(Mount.of("/out/directory", "none", outside.toString(), "bind"), Mount.of("/out/sub/file", "none", "/dev/null", "bind"),
                    Mount.of("/out/fresh", "tmpfs", "tmpfs"));
            bundle.linux(linux -> linux.withDevices(List.of(new Device("/out/device", Device.Type.CHARACTER, 1, 3, OptionalInt.of(0666),
                    OptionalLong.empty(), OptionalLong.empty())))).process(process -> process.withCwd("/out/work/deep")).args("/bin/pwd");
            carafe.run(bundle).succeeds();
            try (var made = Files.list(outside)) {
                assertEquals(List.of(), made.toList(), target.toString());
            }
        }
    }

    /** Neither as a name nor to wait for: the file is read for HOME. */
    @Test
    void a_passwd_that_is_a_fifo_or_leads_out_stops_nobody() throws Exception {
        Path passwd = bundle.rootfs().resolve("etc/passwd");
        link(passwd, outside.resolve("passwd"));
        Files.writeString(outside.resolve("passwd"), "root:x:0:0:root:/secret:/bin/sh\n");
        bundle.process(process -> process.withEnv(List.of("PATH=/bin"))).script("echo $HOME");
        assertEquals("/", carafe.run(bundle).succeeds().out().strip());
        Files.delete(passwd);
        assertEquals(0, new ProcessBuilder("mkfifo", passwd.toString()).start().waitFor());
        assertEquals("/", carafe.run(bundle).succeeds().out().strip());
    }

    /** CVE-2016-3697. */
    @Test
    void a_user_whose_name_is_a_number_gives_that_number_nothing() throws Exception {
        Files.writeString(bundle.rootfs().resolve("etc/passwd"), "1000:x:0:0:bait:/root:/bin/sh\n0:x:1000:1000:bait:/:/bin/sh\n");
        bundle.process(process -> process.withUser(User.of(1000, 1000))).script("id -u; id -g");
        assertEquals("1000\n1000", carafe.run(bundle).succeeds().out().strip());
        bundle.process(process -> process.withUser(User.of(0, 0))).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            assertEquals("1000\n0\n0000000000000000", carafe.call("exec", "--user", "1000", bundle.id(), "sh", "-c",
                    "id -u; id -g; grep CapInh /proc/self/status | tail -c 17").succeeds().out().strip(), "CVE-2022-29162: CapInh");
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** podman hands an image's annotations on. Its root is outside the bundle. */
    @Test
    void an_annotation_of_an_image_makes_no_layer_of_a_directory_of_the_host() throws Exception {
        Path rootElsewhere = Files.createDirectories(directory.resolve("merged"));
        bundle.config(config -> config.withRoot(new Root(rootElsewhere.toString(), true))
                .withAnnotations(Map.of("io.carafe.rootfs.lower", "/"))).args("/bin/true");
        assertTrue(carafe.run(bundle).fails().contains("annotations[\"io.carafe.rootfs.lower\"]"));
    }

    /** CVE-2021-43784: there is no message in which a length has 16 bits. */
    @Test
    void more_than_64_KiB_of_anything_arrives_whole_or_is_refused() throws Exception {
        String value = "x".repeat(100_000);
        bundle.process(process -> process.withEnv(List.of("PATH=/bin", "LONG=" + value))).script("echo ${#LONG}; id -u");
        assertEquals("100000\n0", carafe.run(bundle).succeeds().out().strip());
        List<IdMapping> maps = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            maps.add(new IdMapping(i, 100_000 + i, 1));
        }
        bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(maps, maps);
        });
        String line = carafe.run(bundle).fails();
        assertTrue(line.contains("uidMappings") || line.contains("uid_map"), line);
        assertFalse(Files.exists(carafe.root().resolve(bundle.id())));
    }

    /** The host's null device is nobody's stdin to give away: crun 1.8.1 did. */
    @Test
    void the_device_that_stdin_is_stays_roots() throws Exception {
        Path device = Path.of("/dev/null");
        Object owner = Files.getAttribute(device, "unix:uid");
        Object mode = Files.getAttribute(device, "unix:mode");
        bundle.process(process -> process.withUser(User.of(1000, 1000))).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            carafe.call("exec", "--user", "1001:1001", bundle.id(), "true").succeeds();
            assertEquals(owner, Files.getAttribute(device, "unix:uid"));
            assertEquals(mode, Files.getAttribute(device, "unix:mode"));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** CVE-2023-25809. */
    @Test
    void cgroups_of_the_host_that_a_user_namespace_sees_are_read_only() throws Exception {
        bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(namespace -> namespace.type() == NamespaceType.CGROUP);
            namespaces.add(Namespace.of(NamespaceType.USER));
            List<IdMapping> map = List.of(new IdMapping(0, 100_000, 1000));
            return linux.withNamespaces(namespaces).withMappings(map, map);
        }).config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.removeIf(mount -> mount.type().orElse("").equals("cgroup"));
            mounts.add(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "rw"));
            return config.withMounts(mounts);
        }).script("cd /sys/fs/cgroup; for d in . *; do test -d $d && mkdir $d/made 2>&1; done");
        assertEquals(0, new ProcessBuilder("chmod", "755", directory.toString()).start().waitFor());
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.rootfs().toString()).start().waitFor());
        List<String> said = carafe.run(bundle).out().lines().toList();
        assertTrue(!said.isEmpty() && said.stream().allMatch(line -> line.endsWith("Read-only file system")), said.toString());
    }
}
