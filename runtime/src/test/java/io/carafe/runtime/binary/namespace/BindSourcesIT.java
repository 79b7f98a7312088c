package io.carafe.runtime.binary.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.TimeOffset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Sources of binds are opened with the host's rights, each at its turn: in every kind of user namespace, and without one.
 */
@ExtendWith(HostUnchanged.class)
class BindSourcesIT {

    private static final IdMapping RANGE = new IdMapping(0, 100_000, 65536);
    private static final List<IdMapping> IDS = List.of(RANGE);

    /** Who makes the container's user namespace, and so who mounts. */
    enum Users {
        NONE, FRESH,
        /** Behind an intermediate process. */
        FRESH_WITH_CLOCK, JOINED,
        /** The intermediate process itself mounts. */
        JOINED_WITH_PIDS
    }

    @TempDir
    private Path directory;
    private Path closed;
    private Carafe carafe;
    private final List<Holder> holders = new ArrayList<>();

    @BeforeEach
    void root() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
        closed = Files.createDirectory(directory.resolve("closed"));
        Files.writeString(Files.createDirectories(closed.resolve("v/sub")).resolve("file"), "below");
        Files.writeString(closed.resolve("v/secret"), "secret");
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("rwx------"));
    }

    @AfterEach
    void end() throws Exception {
        for (Holder holder : holders) {
            holder.close();
        }
    }

    private Bundle bundle(Users users) throws Exception {
        Bundle bundle = Bundle.in(directory).writable().linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            if (users == Users.NONE) {
                return linux;
            }
            if (users == Users.FRESH || users == Users.FRESH_WITH_CLOCK) {
                namespaces.add(Namespace.of(NamespaceType.USER));
                if (users == Users.FRESH_WITH_CLOCK) {
                    namespaces.add(Namespace.of(NamespaceType.TIME));
                }
                linux = linux.withNamespaces(namespaces).withMappings(IDS, IDS);
                return users == Users.FRESH ? linux : linux.withTimeOffsets(Map.of("boottime", new TimeOffset(5, 0)));
            }
            Holder holder = users == Users.JOINED ? holder() : holder("--pid", "--fork", "--kill-child");
            namespaces.add(new Namespace(NamespaceType.USER, Optional.of(holder.path("user"))));
            if (users == Users.JOINED_WITH_PIDS) {
                namespaces.removeIf(one -> one.type() == NamespaceType.PID);
                namespaces.add(new Namespace(NamespaceType.PID, Optional.of(holder.path("pid"))));
            }
            return linux.withNamespaces(namespaces);
        });
        if (users != Users.NONE) {
            assertEquals(0, new ProcessBuilder("chown", "-R", RANGE.hostID() + ":" + RANGE.hostID(), bundle.rootfs().toString()).start().waitFor());
        }
        return bundle;
    }

    private Holder holder(String... further) {
        try {
            holders.add(Holder.ofUsers(RANGE, further));
            return holders.get(holders.size() - 1);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static Bundle mounts(Bundle bundle, Mount... further) {
        return bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.addAll(List.of(further));
            return config.withMounts(mounts);
        });
    }

    private String output(Bundle bundle) {
        return carafe.run(bundle).succeeds().out().strip();
    }

    @ParameterizedTest
    @EnumSource(Users.class)
    void a_source_below_a_directory_that_is_closed_to_the_container_is_mounted(Users users) throws Exception {
        Bundle bundle = mounts(bundle(users), Mount.of("/dir", "none", closed + "/v", "bind", "ro"),
                Mount.of("/all", "none", closed + "/v", "rbind", "ro"), Mount.of("/file", "none", closed + "/v/sub/file", "bind"));
        assertEquals("belowbelowbelow", output(bundle.script("cat /dir/sub/file /all/sub/file /file")));
    }

    @ParameterizedTest
    @EnumSource(Users.class)
    void the_root_file_system_may_lie_below_such_a_directory(Users users) throws Exception {
        Bundle bundle = bundle(users);
        Path moved = Files.move(bundle.rootfs(), closed.resolve("rootfs"));
        bundle.config(config -> config.withRoot(new Root(moved.toString(), false)));
        assertEquals("bin", output(mounts(bundle, Mount.of("/v", "none", closed + "/v", "bind")).args("/bin/ls", "-d", "bin")));
        for (String propagation : List.of("shared", "unbindable")) {
            bundle.save(new String(io.carafe.spec.codec.ConfigJson.write(bundle.config())).replaceFirst("\"linux\": *\\{",
                    "\"linux\": {\"rootfsPropagation\": \"" + propagation + "\","));
            assertEquals("bin", output(bundle));
        }
    }

    @ParameterizedTest
    @EnumSource(value = Users.class, names = {"FRESH", "JOINED"})
    void a_device_may_lie_below_such_a_directory(Users users) throws Exception {
        assertEquals(0, new ProcessBuilder("mknod", "-m", "666", closed + "/null", "c", "1", "3").start().waitFor());
        Bundle bundle = bundle(users).linux(linux -> linux.withDevices(List.of(new Device(closed + "/null", Device.Type.CHARACTER, 1, 3,
                OptionalInt.empty(), OptionalLong.empty(), OptionalLong.empty()))));
        assertEquals("1:3", output(bundle.args("/bin/stat", "-c", "%t:%T", closed + "/null")));
    }

    @ParameterizedTest
    @EnumSource(Users.class)
    void layers_of_the_root_may_lie_below_such_a_directory(Users users) throws Exception {
        Bundle bundle = bundle(users);
        Path layer = Files.move(bundle.rootfs(), closed.resolve("layer"));
        Files.createDirectory(bundle.rootfs());
        Map<String, String> annotations = Map.of("io.carafe.rootfs.lower", layer.toString());
        assertEquals("bin", output(bundle.config(config -> config.withAnnotations(annotations)).args("/bin/ls", "-d", "bin")));
    }

    @ParameterizedTest
    @EnumSource(Users.class)
    void a_source_in_the_root_shows_what_was_mounted_there_before_its_turn(Users users) throws Exception {
        Bundle bundle = bundle(users);
        Files.writeString(Files.createDirectories(bundle.rootfs().resolve("a/x")).resolve("seen"), "what lies below");
        Files.writeString(Files.createDirectories(closed.resolve("v/x")).resolve("seen"), "the mount");
        String root = bundle.rootfs().toString();
        mounts(bundle, Mount.of("/before", "none", root + "/a/x", "bind"), Mount.of("/a", "none", closed + "/v", "bind"),
                Mount.of("/b", "none", root + "/a/x", "bind"), Mount.of("/c", "none", root + "/a", "rbind"),
                Mount.of("/relative", "none", "rootfs/a/x", "bind"),
                new Mount("/mapped", Optional.of("none"), Optional.of(root + "/a/x"), List.of("bind", "idmap"), IDS, IDS));
        assertEquals("what lies below\nthe mount\nthe mount\nthe mount\nthe mount",
                output(bundle.script("for d in before b c/x relative mapped; do cat /$d/seen; echo; done")));
        Bundle tmpfs = mounts(bundle(users), Mount.of("/a", "tmpfs", "tmpfs", "mode=755"), Mount.of("/b", "none", "rootfs/a", "bind"));
        assertEquals("tmpfs", output(tmpfs.script("grep ' /b ' /proc/self/mountinfo | busybox sed 's/.* - //;s/ .*//'")));
    }

    /** An image's links are followed inside its root, whatever rights there are. */
    @ParameterizedTest
    @EnumSource(Users.class)
    void a_link_of_the_image_leads_a_source_nowhere_outside(Users users) throws Exception {
        Bundle bundle = bundle(users);
        Files.createSymbolicLink(bundle.rootfs().resolve("absolute"), closed.resolve("v"));
        Files.createSymbolicLink(bundle.rootfs().resolve("climbing"), Path.of("../../closed/v"));
        Files.createSymbolicLink(directory.resolve("alias"), bundle.rootfs());
        for (String source : List.of("rootfs/absolute/secret", "rootfs/climbing/secret", "rootfs/absolute", directory + "/alias/absolute/secret",
                bundle.path() + "/./rootfs//absolute/secret")) {
            String error = carafe.run(mounts(bundle, Mount.of("/s", "none", source, "bind")).script("cat /s /s/secret")).fails();
            assertTrue(error.contains("ENOENT"), source + ": " + error);
            bundle.config(config -> config.withMounts(config.mounts().subList(0, config.mounts().size() - 1)));
        }
        // A way out that the configuration itself writes is not the image's.
        Files.writeString(bundle.path().resolve("beside"), "beside");
        assertEquals("beside", output(mounts(bundle, Mount.of("/s", "none", "rootfs/../beside", "bind")).args("/bin/cat", "/s")));
    }

    @ParameterizedTest
    @EnumSource(Users.class)
    void a_thousand_binds_need_no_thousand_descriptors(Users users) throws Exception {
        Bundle bundle = bundle(users);
        List<Mount> mounts = new ArrayList<>(List.of(Mount.of("/m", "tmpfs", "tmpfs", "mode=755")));
        for (int i = 0; i < 1000; i++) {
            mounts.add(new Mount("/m/" + i, Optional.of("none"), Optional.of(closed + (i % 2 == 0 ? "/v" : "/v/sub")), List.of("bind"),
                    i % 4 == 0 ? IDS : List.of(), i % 4 == 0 ? IDS : List.of()));
        }
        // Those that are looked up again, and those that become read-only in the end, are held open meanwhile.
        for (int i = 0; i < 600; i++) {
            mounts.add(Mount.of("/m/" + 2 * (i % 500) + "/sub", "none", closed + "/v/sub", "bind"));
            mounts.add(Mount.of("/m/t" + i, "tmpfs", "tmpfs", "ro", "mode=755", "size=4k"));
        }
        Path hooks = Files.createFile(directory.resolve("hooks"));
        Files.setPosixFilePermissions(hooks, PosixFilePermissions.fromString("rw-rw-rw-")); // createContainer's is in the user namespace
        Hook hook = new Hook("/bin/sh", List.of("sh", "-c", "ulimit -Sn >> " + hooks), Optional.of(List.of("PATH=/bin")), OptionalInt.empty());
        bundle.config(config -> config.withHooks(new Hooks(List.of(), List.of(hook), List.of(hook), List.of(), List.of(), List.of())))
                .process(process -> process.withRlimits(List.of()));
        mounts(bundle, mounts.toArray(Mount[]::new)).script("ls /m | wc -l; cat /m/998/sub/file /m/999/file; ulimit -Sn");
        assertEquals("1600\nbelowbelow1024", carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                "ulimit -Sn 1024; exec \"$0\" \"$@\"").run(bundle).succeeds().out().strip());
        assertEquals("1024\n1024\n", Files.readString(hooks));
    }

    @Test
    void what_is_not_there_is_told_in_one_line_also_where_only_the_host_may_look() throws Exception {
        String error = carafe.run(mounts(bundle(Users.FRESH), Mount.of("/v", "none", closed + "/absent", "bind")).args("/bin/true")).fails();
        assertTrue(error.contains("bind " + closed + "/absent on /v: open " + closed + "/absent: ENOENT"), error);
        assertEquals("", carafe.call("list", "-q").out());
    }

    /** The maps that an ordinary user may have. */
    enum UsersMaps {
        /** The container's root is a subordinate id, and the caller none of the container's. */
        WITHOUT_THE_CALLER(new IdMapping(0, SubordinateIds.FIRST, 65536)),
        /** As podman's --userns=keep-id has it. */
        CALLER_KEEPS_ITS_ID(new IdMapping(0, SubordinateIds.FIRST, 1000), new IdMapping(1000, SubordinateIds.USER, 1)),
        CALLER_IS_ROOT(new IdMapping(0, SubordinateIds.USER, 1), new IdMapping(1, SubordinateIds.FIRST, 1000));

        private final List<IdMapping> ids;

        UsersMaps(IdMapping... ids) {
            this.ids = List.of(ids);
        }
    }

    @ParameterizedTest
    @EnumSource(UsersMaps.class)
    void what_an_ordinary_user_may_enter_and_its_containers_root_may_not_is_mounted(UsersMaps maps) throws Exception {
        int group = 12345;
        Carafe users = SubordinateIds.carafe(directory, "--groups=" + group);
        Bundle bundle = Bundle.rootless(directory.resolve("users"), SubordinateIds.USER, SubordinateIds.USER)
                .linux(linux -> linux.withMappings(maps.ids, maps.ids)).script("cat /own/sub/file /groups/file");
        SubordinateIds.chown(SubordinateIds.USER, closed);
        Path groups = Files.createDirectory(directory.resolve("groups"));
        Files.writeString(Files.createDirectory(groups.resolve("v")).resolve("file"), "groups");
        assertEquals(0, new ProcessBuilder("chown", "-R", "0:" + group, groups.toString()).start().waitFor());
        Files.setPosixFilePermissions(groups, PosixFilePermissions.fromString("rwxr-x---"));
        mounts(bundle, Mount.of("/own", "none", closed + "/v", "rbind"), Mount.of("/groups", "none", groups + "/v", "bind"));
        SubordinateIds.chown(maps.ids.get(0).hostID(), bundle.rootfs());
        assertEquals("belowgroups", users.run(bundle).succeeds().out());

        Path moved = Files.move(bundle.rootfs(), closed.resolve("rootfs"));
        assertEquals("belowgroups", users.run(bundle.config(config -> config.withRoot(new Root(moved.toString(), false)))).succeeds().out());

        Files.setPosixFilePermissions(groups, PosixFilePermissions.fromString("rwx------"));
        String error = users.run(bundle).fails();
        assertTrue(error.contains("open " + groups + "/v: EACCES"), error);
    }
}
