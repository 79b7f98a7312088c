package io.carafe.runtime.binary.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.process.Capability;
import io.carafe.spec.Mount;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Ids of user namespaces: new ones, joined ones, those of mounts; as root and as a user with /etc/subuid. */
@ExtendWith(HostUnchanged.class)
class UserNamespaceIT {

    private static final int USER = 65534;
    private static final List<IdMapping> IDS = List.of(new IdMapping(0, 100_000, 65536));

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
    }

    private String output(Bundle bundle) {
        return carafe.run(bundle).succeeds().out().strip();
    }

    private static void chown(long id, Path path) throws Exception {
        assertEquals(0, new ProcessBuilder("chown", "-R", id + ":" + id, path.toString()).start().waitFor());
    }

    /** @param path of the user namespace, to join it; its ids are IDS */
    private Bundle bundle(Optional<String> path) throws Exception {
        Bundle bundle = Bundle.in(directory).writable().linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(new Namespace(NamespaceType.USER, path));
            return path.isPresent() ? linux.withNamespaces(namespaces) : linux.withNamespaces(namespaces).withMappings(IDS, IDS);
        });
        chown(IDS.get(0).hostID(), bundle.rootfs());
        return bundle;
    }

    private static Bundle mount(Bundle bundle, Mount mount) {
        return bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(mount);
            return config.withMounts(mounts);
        });
    }

    @Test
    void hundreds_of_ranges_are_mapped() throws Exception {
        List<IdMapping> ranges = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            ranges.add(new IdMapping(i, 100_000 + 2 * i, 1));
        }
        assertEquals("250 /proc/self/uid_map", output(bundle(Optional.empty()).linux(linux -> linux.withMappings(ranges, IDS))
                .args("/bin/wc", "-l", "/proc/self/uid_map")));
    }

    @Test
    void ranges_that_are_more_text_than_a_page_are_refused_with_the_reason() throws Exception {
        List<IdMapping> ranges = new ArrayList<>();
        for (int i = 0; i < 340; i++) {
            ranges.add(new IdMapping(i, 4_000_000_000L + 2 * i, 1));
        }
        String error = carafe.run(bundle(Optional.empty()).linux(linux -> linux.withMappings(ranges, IDS)).args("/bin/true")).fails();
        assertTrue(error.contains("linux.uidMappings") && error.contains("less than a page of text"), error);
        assertEquals("", carafe.call("list", "-q").out());
    }

    /**
     * CVE-2016-9962: whoever is root inside looks at each newcomer's descriptors for a directory of the host. With every capability, as
     * ptrace(2) is refused anyway to who has fewer; in a user namespace, as elsewhere CAP_SYS_PTRACE is over every process.
     */
    @Test
    void nobody_in_the_container_sees_what_a_further_process_holds_on_its_way_in() throws Exception {
        List<String> all = Capability.names();
        Bundle bundle = bundle(Optional.empty()).process(process -> process.withCapabilities(new Capabilities(all, all, List.of(), all, List.of())))
                .script("cd /proc; while :; do for p in [0-9]*; do case $p in 1) ;; *) for f in $p/fd/*; do l=$(readlink $f) && "
                        + "case $l in /sys/*|/run/*|/proc/*) echo $l >> /caught;; esac; done;; esac; done; done 2> /dev/null");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        for (int i = 0; i < 50; i++) {
            carafe.call("exec", bundle.id(), "true").succeeds();
        }
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertTrue(Files.notExists(bundle.rootfs().resolve("caught")));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void oom_score_is_adjusted_before_the_process_is_another(boolean intermediate) throws Exception {
        Bundle bundle = bundle(Optional.empty()).args("/bin/cat", "/proc/1/oom_score_adj");
        if (intermediate) {
            bundle.linux(linux -> {
                List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
                namespaces.add(Namespace.of(NamespaceType.TIME));
                return linux.withNamespaces(namespaces).withTimeOffsets(Map.of("boottime", new io.carafe.spec.linux.TimeOffset(5, 0)));
            });
        }
        bundle.save(new String(ConfigJson.write(bundle.config())).replace("\"cwd\"", "\"oomScoreAdj\": 321, \"cwd\""));
        assertEquals("321", output(bundle));
    }

    @Test
    void limits_of_user_are_set_in_the_containers_own_user_namespace() throws Exception {
        String hosts = Files.readString(Path.of("/proc/sys/user/max_user_namespaces"));
        Bundle bundle = bundle(Optional.empty()).linux(linux -> linux.withSysctl(Map.of("user.max_user_namespaces", "10")))
                .args("/bin/cat", "/proc/sys/user/max_user_namespaces");
        assertEquals("10", output(bundle));
        assertEquals(hosts, Files.readString(Path.of("/proc/sys/user/max_user_namespaces")));
        Bundle without = Bundle.in(directory).linux(linux -> linux.withSysctl(Map.of("user.max_user_namespaces", "10"))).args("/bin/true");
        assertTrue(carafe.run(without).fails().contains("linux.sysctl[\"user.max_user_namespaces\"]"));
        Bundle own = bundle(Optional.of("/proc/self/ns/user")).linux(linux -> linux.withSysctl(Map.of("user.max_user_namespaces", "10"))).args("/bin/true");
        assertTrue(carafe.run(own).fails().contains("it is the caller's own user namespace"));
    }

    @Test
    void a_namespace_without_a_root_runs_who_there_is() throws Exception {
        List<IdMapping> one = List.of(new IdMapping(1000, 100_000, 1));
        Bundle bundle = bundle(Optional.empty()).linux(linux -> linux.withMappings(one, one))
                .process(process -> process.withUser(User.of(1000, 1000)));
        mount(bundle, Mount.of("/dev/pts", "devpts", "devpts")); // the default's gid=5 is not mapped
        bundle.config(config -> config.withMounts(config.mounts().stream().filter(mount -> !mount.options().contains("gid=5")).toList()));
        assertEquals("1000:1000", output(bundle.script("echo $(id -u):$(id -g)")));
    }

    @Test
    void a_joined_user_namespace_has_its_own_ids_and_the_new_ones_inside_are_its() throws Exception {
        try (Holder holder = Holder.ofUsers(IDS.get(0))) {
            Bundle bundle = bundle(Optional.of(holder.path("user")));
            String out = output(bundle.script("readlink /proc/self/ns/user; id -u; echo $$; touch /made; ip link show lo; hostname"));
            assertEquals(holder.link("user"), out.lines().findFirst().orElseThrow());
            assertTrue(out.contains("\n0\n1\n") && out.contains("UP") && out.endsWith("carafe"), out);
            assertEquals(100_000, Files.getAttribute(bundle.rootfs().resolve("made"), "unix:uid"));
            carafe.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
            assertEquals(holder.link("user") + "\n0", carafe.call("exec", bundle.id(), "sh", "-c", "readlink /proc/self/ns/user; id -u")
                    .succeeds().out().strip());
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @Test
    void maps_beside_a_joined_user_namespace_must_be_what_it_has() throws Exception {
        try (Holder holder = Holder.ofUsers(IDS.get(0))) {
            Bundle bundle = bundle(Optional.of(holder.path("user"))).args("/bin/true");
            output(bundle.linux(linux -> linux.withMappings(IDS, IDS)));
            List<IdMapping> other = List.of(new IdMapping(0, 200_000, 65536));
            String error = carafe.run(bundle.linux(linux -> linux.withMappings(IDS, other))).fails();
            assertTrue(error.contains("linux.gidMappings: expected the maps of the user namespace that is joined, or none; it has 0:100000:65536"), error);
            assertEquals("", carafe.call("list", "-q").out());
        }
    }

    @Test
    void a_network_that_the_joined_user_namespace_owns_is_joined_with_it() throws Exception {
        try (Holder holder = Holder.ofUsers(IDS.get(0), "--net", "--ipc")) {
            Bundle bundle = bundle(Optional.of(holder.path("user"))).linux(linux -> {
                List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
                namespaces.removeIf(one -> one.type() == NamespaceType.NETWORK || one.type() == NamespaceType.IPC);
                namespaces.add(new Namespace(NamespaceType.NETWORK, Optional.of(holder.path("net"))));
                namespaces.add(new Namespace(NamespaceType.IPC, Optional.of(holder.path("ipc"))));
                return linux.withNamespaces(namespaces);
            });
            assertEquals(holder.link("net") + "\n" + holder.link("ipc"),
                    output(bundle.script("readlink /proc/self/ns/net; readlink /proc/self/ns/ipc")));
        }
    }

    @Test
    void a_new_user_namespace_beside_a_joined_network() throws Exception {
        try (Holder holder = Holder.start()) {
            Bundle bundle = bundle(Optional.empty()).linux(linux -> {
                List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
                namespaces.removeIf(one -> one.type() == NamespaceType.NETWORK);
                namespaces.add(new Namespace(NamespaceType.NETWORK, Optional.of(holder.path("net"))));
                namespaces.add(Namespace.of(NamespaceType.TIME));
                return linux.withNamespaces(namespaces).withTimeOffsets(Map.of("boottime", new io.carafe.spec.linux.TimeOffset(1_000_000, 0)));
            });
            String out = output(bundle.script("readlink /proc/self/ns/net; id -u; echo $$; cut -c1 /proc/uptime 2>/dev/null || head -c 1 /proc/uptime"));
            assertTrue(out.startsWith(holder.link("net") + "\n0\n1\n1"), out);
        }
    }

    @Test
    void an_id_mapped_volume_shows_the_hosts_owners_in_a_user_namespace() throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Files.createFile(volume.resolve("file"));
        chown(7, volume.resolve("file"));
        Bundle bundle = mount(bundle(Optional.empty()), Mount.of("/v", "none", volume.toString(), "bind", "idmap"));
        assertEquals("7:7", output(bundle.script("stat -c %u:%g /v/file; touch /v/made").writable()));
        assertEquals(0, Files.getAttribute(volume.resolve("made"), "unix:uid"), "the container's root is the volume's root");
        Bundle plain = mount(bundle(Optional.empty()), Mount.of("/v", "none", volume.toString(), "bind"));
        assertEquals("65534:65534", output(plain.script("stat -c %u:%g /v/file")));
    }

    /** Linux 6.3 for a tmpfs. */
    @Test
    void a_new_file_system_has_mapped_ids_in_a_user_namespace_too() throws Exception {
        Bundle bundle = mount(bundle(Optional.empty()), Mount.of("/v", "tmpfs", "tmpfs", "idmap", "mode=750"));
        assertEquals("0:0 750", output(bundle.script("touch /v/made && stat -c '%u:%g %a' /v")));
        Bundle modeOfPlace = mount(bundle(Optional.empty()), Mount.of("/tmp", "tmpfs", "tmpfs", "idmap"));
        Files.setPosixFilePermissions(modeOfPlace.rootfs().resolve("tmp"), PosixFilePermissions.fromString("rwx--x--x"));
        assertEquals("0:0 711", output(modeOfPlace.script("stat -c '%u:%g %a' /tmp")));
    }

    @Test
    void an_id_mapped_volume_has_its_own_maps_without_a_user_namespace() throws Exception {
        Path volume = Files.createDirectories(directory.resolve("volume"));
        Bundle bundle = mount(Bundle.in(directory), new Mount("/v", Optional.of("none"), Optional.of(volume.toString()), List.of("bind", "idmap"),
                List.of(new IdMapping(0, 5000, 10)), List.of(new IdMapping(0, 6000, 10))));
        assertEquals("5000:6000", output(bundle.script("stat -c %u:%g /v")));
    }

    @Test
    void an_id_mapped_volume_takes_the_maps_of_a_joined_user_namespace() throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        try (Holder holder = Holder.ofUsers(IDS.get(0))) {
            Bundle bundle = mount(bundle(Optional.of(holder.path("user"))), Mount.of("/v", "none", volume.toString(), "bind", "idmap"));
            assertEquals("0:0", output(bundle.script("stat -c %u:%g /v")));
        }
    }

    @Test
    void maps_of_a_mount_that_overlap_are_named() throws Exception {
        Bundle bundle = mount(Bundle.in(directory), new Mount("/v", Optional.of("none"), Optional.of("/tmp"), List.of("bind", "idmap"),
                List.of(new IdMapping(0, 5000, 10), new IdMapping(5, 7000, 10)), IDS));
        String error = carafe.run(bundle).fails();
        assertTrue(error.contains("mounts[7].uidMappings[1]: expected ranges that do not overlap"), error);
    }

    private Carafe withSubordinateIds() throws Exception {
        return SubordinateIds.carafe(directory, "--clear-groups");
    }

    private Bundle rootless() throws Exception {
        List<IdMapping> ids = List.of(new IdMapping(0, USER, 1), new IdMapping(1, 300_000, 65535));
        Bundle bundle = Bundle.rootless(directory.resolve("users"), USER, USER).linux(linux -> linux.withMappings(ids, ids));
        chown(USER, bundle.path());
        return bundle;
    }

    @Test
    void an_ordinary_user_has_many_ids_by_newuidmap_and_setgroups_stays_allowed() throws Exception {
        Carafe users = withSubordinateIds();
        Bundle bundle = rootless().process(process -> process.withUser(new User(1000, 1000, OptionalInt.empty(), List.of(50L), Optional.empty())))
                .script("id -u; id -G; cat /proc/self/setgroups; wc -l < /proc/self/uid_map");
        assertEquals("1000\n1000 50\nallow\n2", users.run(bundle).succeeds().out().strip());
    }

    @Test
    void an_ordinary_user_with_many_ids_execs_into_its_container() throws Exception {
        Carafe users = withSubordinateIds();
        Bundle bundle = rootless().args("/bin/sleep", "1000");
        users.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertEquals("0\n1000", users.call("exec", bundle.id(), "id", "-u").succeeds().out()
                + users.call("exec", "--user", "1000:1000", bundle.id(), "id", "-u").succeeds().out().strip());
        users.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_range_that_subuid_does_not_allow_is_refused_in_newuidmaps_words() throws Exception {
        Carafe users = withSubordinateIds();
        List<IdMapping> ids = List.of(new IdMapping(0, USER, 1), new IdMapping(1, 500_000, 10));
        String error = users.run(rootless().linux(linux -> linux.withMappings(ids, ids)).args("/bin/true")).fails();
        assertTrue(error.contains("write linux.uidMappings by /usr/bin/newuidmap") && error.contains("500000"), error);
        assertEquals("", users.call("list", "-q").out());
    }

    @Test
    void who_has_no_newuidmap_is_told_the_package() throws Exception {
        chown(USER, Files.createDirectories(directory.resolve("users")));
        Carafe users = Carafe.in(directory.resolve("users/root")).behind("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                "for p in /usr/bin/newuidmap /bin/newuidmap; do test ! -e $p || mount --bind /dev/null $p; done; exec setpriv --reuid=" + USER
                        + " --regid=" + USER + " --clear-groups --inh-caps=-all --bounding-set=-all \"$0\" \"$@\"");
        String error = users.run(rootless().args("/bin/true")).fails();
        assertTrue(error.contains("by newuidmap: ENOENT") && error.contains("uidmap"), error);
    }
}
