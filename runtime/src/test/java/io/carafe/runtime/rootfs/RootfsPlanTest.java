package io.carafe.runtime.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.source.Source;
import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Mount;
import io.carafe.spec.OciVersion;
import io.carafe.spec.Root;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.RootfsPropagation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RootfsPlanTest {

    private static final HostPath BUNDLE = new HostPath("/bundle");
    private static final CgroupHierarchy UNIFIED = hierarchy("", "/sys/fs/cgroup", "/sys/fs/cgroup/web");
    private static final List<CgroupHierarchy> VERSION_2 = List.of(UNIFIED);
    private static final List<CgroupHierarchy> HYBRID = List.of(
            hierarchy("cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/web"),
            hierarchy("memory", "/sys/fs/cgroup/memory", "/sys/fs/cgroup/memory/web"),
            hierarchy("name=systemd", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/systemd/web"),
            hierarchy("", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/unified/web"));

    private static CgroupHierarchy hierarchy(String controllers, String mountPoint, String path) {
        return new CgroupHierarchy(controllers, new HostPath(mountPoint), new HostPath(path), new HostPath(mountPoint + "/callers"));
    }

    private static RootfsPlan plan(Config config) {
        return plan(config, VERSION_2);
    }

    private static RootfsPlan plan(Config config, List<CgroupHierarchy> cgroups) {
        return RootfsPlan.of(config, new RootfsPlan.Host(BUNDLE, cgroups, false, "context"));
    }

    private static final Linux NAMESPACES = linux(NamespaceType.MOUNT, NamespaceType.IPC, NamespaceType.NETWORK, NamespaceType.CGROUP);

    private static Linux linux(NamespaceType... types) {
        List<Namespace> namespaces = new ArrayList<>();
        for (NamespaceType type : types) {
            namespaces.add(Namespace.of(type));
        }
        return Linux.EMPTY.withNamespaces(namespaces);
    }

    private static Config config(Mount... mounts) {
        return Config.of(OciVersion.CURRENT).withRoot(new Root("rootfs", false)).withMounts(List.of(mounts)).withLinux(NAMESPACES);
    }

    @ParameterizedTest
    @CsvSource({"tmpfs, true", "devpts, true", "ext4, true", "proc, false", "sysfs, false", "mqueue, false"})
    void a_new_file_system_that_takes_a_label_has_it(String type, boolean labelled) {
        Mount mount = new Mount(type.equals("proc") ? "/proc" : "/there", Optional.of(type), Optional.of(type), List.of("size=1m"), List.of(), List.of());
        RootfsPlan plan = plan(config(mount).withLinux(NAMESPACES.withMountLabel("u:object_r:t:s0:c1,c2")));
        Step.NewFileSystem step = (Step.NewFileSystem) plan.mount().stream().filter(one -> one instanceof Step.NewFileSystem).findFirst().orElseThrow();
        assertEquals(labelled ? List.of("size=1m", "context=u:object_r:t:s0:c1,c2") : List.of("size=1m"), step.options().data());
    }

    @Test
    void a_label_of_the_mount_s_own_and_a_bind_stay_as_they_are() {
        Mount own = new Mount("/own", Optional.of("tmpfs"), Optional.of("tmpfs"), List.of("context=mine"), List.of(), List.of());
        Mount bind = new Mount("/bind", Optional.empty(), Optional.of("/srv"), List.of("bind"), List.of(), List.of());
        RootfsPlan with = plan(config(own, bind).withLinux(NAMESPACES.withMountLabel("u:object_r:t:s0")));
        assertEquals(plan(config(own, bind)), with);
    }

    @Test
    void the_option_that_takes_the_label_may_be_another_of_selinux() {
        Mount mount = new Mount("/there", Optional.of("tmpfs"), Optional.of("tmpfs"), List.of(), List.of(), List.of());
        RootfsPlan plan = RootfsPlan.of(config(mount).withLinux(NAMESPACES.withMountLabel("u:object_r:t:s0")),
                new RootfsPlan.Host(BUNDLE, List.of(), false, "fscontext"));
        Step.NewFileSystem step = (Step.NewFileSystem) plan.mount().stream().filter(one -> one instanceof Step.NewFileSystem).findFirst().orElseThrow();
        assertEquals(List.of("fscontext=u:object_r:t:s0"), step.options().data());
    }

    private static List<String> texts(List<? extends Step> steps) {
        return steps.stream().map(Step::text).toList();
    }

    private static String complaint(Config config) {
        return assertThrows(SpecException.class, () -> plan(config)).getMessage();
    }

    private static <T extends Step> List<T> only(Class<T> kind, List<Step> steps) {
        return steps.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    @Test
    void the_default_configuration_is_done_in_this_order() {
        assertEquals(List.of(
                "make the host's mounts rslave",
                "bind root.path /bundle/rootfs onto itself",
                "mount proc on /proc",
                "mount tmpfs on /dev",
                "mount devpts on /dev/pts",
                "mount tmpfs on /dev/shm",
                "mount mqueue on /dev/mqueue",
                "mount sysfs on /sys",
                "mount cgroup2 on /sys/fs/cgroup",
                "make the device /dev/null",
                "make the device /dev/zero",
                "make the device /dev/full",
                "make the device /dev/random",
                "make the device /dev/urandom",
                "make the device /dev/tty",
                "link /dev/fd to /proc/self/fd",
                "link /dev/stdin to /proc/self/fd/0",
                "link /dev/stdout to /proc/self/fd/1",
                "link /dev/stderr to /proc/self/fd/2",
                "link /dev/core to /proc/kcore",
                "link /dev/ptmx to pts/ptmx",
                "pivot_root",
                "make the root read-only"), texts(plan(DefaultConfig.rootful()).steps()).subList(0, 23));
        assertEquals("mask /proc/scsi", texts(plan(DefaultConfig.rootful()).finish()).get(15));
    }

    @Test
    void version_1_is_a_tmpfs_of_binds_and_links() {
        List<Step> steps = plan(DefaultConfig.rootful(), HYBRID).mount();
        assertEquals(List.of(
                "mount tmpfs on /sys/fs/cgroup",
                "bind /sys/fs/cgroup/cpu,cpuacct/web on /sys/fs/cgroup/cpu,cpuacct",
                "bind /sys/fs/cgroup/memory/web on /sys/fs/cgroup/memory",
                "bind /sys/fs/cgroup/systemd/web on /sys/fs/cgroup/systemd",
                "link /sys/fs/cgroup/cpu to cpu,cpuacct",
                "link /sys/fs/cgroup/cpuacct to cpu,cpuacct",
                "make /sys/fs/cgroup read-only"), texts(steps).subList(8, 15));
        for (Step.Bind bind : only(Step.Bind.class, steps)) {
            assertTrue(bind.options().attributes().isReadOnly(), bind.text());
        }
        assertFalse(only(Step.NewFileSystem.class, steps).get(6).options().attributes().isReadOnly(), "links are still to be made");
    }

    /** A systemd inside would take the tree of all for its own. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void a_hybrids_unified_tree_is_the_containers_own_part_of_it(boolean namespace) {
        Linux linux = namespace ? NAMESPACES : linux(NamespaceType.MOUNT);
        Step step = plan(config(Mount.of("/c", "cgroup2", "x", "rw", "nsdelegate")).withLinux(linux), HYBRID).mount().get(2);
        Step.Bind own = namespace ? ((Step.NewFileSystem) step).otherwise().orElseThrow() : (Step.Bind) step;
        assertEquals("bind /sys/fs/cgroup/unified/web on /c", own.text());
        assertFalse(own.options().isReadOnly());
    }

    @Test
    void where_a_container_has_no_cgroup_its_callers_is_shown() {
        for (List<CgroupHierarchy> host : List.of(HYBRID, VERSION_2)) {
            Config config = config(Mount.of("/c", host == HYBRID ? "cgroup" : "cgroup2", "x"));
            List<Step.Bind> binds = plan(config, host).mount().stream().flatMap(step -> step instanceof Step.NewFileSystem
                    ? ((Step.NewFileSystem) step).otherwise().stream() : step instanceof Step.Bind ? Stream.of((Step.Bind) step) : Stream.empty()).toList();
            assertEquals(host == HYBRID ? 3 : 1, binds.size());
            binds.forEach(bind -> assertEquals(bind.source().text().replace("/web", "/callers"), bind.orElse().orElseThrow().text()));
        }
    }

    /** The last id that there is, and words that are a file system's own. */
    @ParameterizedTest
    @ValueSource(strings = {"uid=4294967294", "gid=0", "uid=forget", "gid=", "gid", "uid=%u"})
    void other_words_for_ids_are_left_to_the_file_system(String word) {
        assertEquals(List.of(word), ((Step.NewFileSystem) plan(config(Mount.of("/x", "tmpfs", "x", word))).mount().get(2)).options().data());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ro", "rro", "rw,rro", "rro,rw"})
    void the_tmpfs_that_holds_the_hierarchies_is_as_read_only_as_they_are(String options) {
        List<Step> steps = plan(config(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", options.split(","))), HYBRID).mount();
        assertTrue(texts(steps).contains("make /sys/fs/cgroup read-only"), texts(steps).toString());
    }

    @Test
    void version_2_without_a_namespace_is_the_hosts_tree_bound() {
        Mount mount = Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "nsdelegate", "nosuid");
        Config config = config(mount).withLinux(linux(NamespaceType.MOUNT));
        assertEquals("bind /sys/fs/cgroup on /sys/fs/cgroup", plan(config).mount().get(2).text());
        assertFalse(((Step.Bind) plan(config).mount().get(2)).options().attributes().isReadOnly());
        Config rootless = config(mount).withLinux(linux(NamespaceType.MOUNT, NamespaceType.USER));
        assertTrue(((Step.Bind) plan(rootless).mount().get(2)).options().attributes().isReadOnly(), "CVE-2023-25809");
    }

    /** As runc and crun: what means nothing is no error. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "none  | rbind,mode=755,size=64k  | a bind has no options of a file system; passed over: \"mode=755\", \"size=64k\"",
        "none  | bind,X-mount.mkdir,ro    | a bind has no options of a file system; passed over: \"X-mount.mkdir\"",
        "bind  | z                        | a bind has no options of a file system; passed over: \"z\"",
        "bind  | uid=4294967295,copy      | a bind has no options of a file system; passed over: \"uid=4294967295\", \"copy\"",
        "none  | remount,bind,mode=755    | a bind has no options of a file system; passed over: \"mode=755\"",
        "tmpfs | X-mount.mkdir,x-systemd.automount | words that begin with x- are for other programs; passed over",
        "tmpfs | copy-symlink             | copy-symlink is for a bind; passed over",
        "tmpfs | dest-nofollow,size=1m    | dest-nofollow is for a bind; passed over",
        "none  | rbind,,ro,               | ",
        "tmpfs | ''                       | ",
    })
    void a_word_that_means_nothing_there_is_passed_over(String type, String options, String warning) {
        RootfsPlan plan = plan(config(Mount.of("/x", type, "/y", options.split(",", -1))));
        assertEquals(warning == null ? List.of() : List.of("mounts[0].options: " + warning), plan.warnings());
        Step step = plan.mount().get(2);
        MountOptions taken = step instanceof Step.Bind ? ((Step.Bind) step).options()
                : step instanceof Step.Remount ? ((Step.Remount) step).options() : ((Step.NewFileSystem) step).options();
        assertEquals(type.equals("tmpfs") && options.contains("size=1m") ? List.of("size=1m") : List.of(), taken.data());
        assertEquals(options.contains("ro"), taken.isReadOnly());
        assertEquals(Set.of(), taken.links());
    }

    @Test
    void a_host_without_cgroups_gives_an_empty_place_for_them() {
        List<Step> steps = plan(config(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "ro")), List.of()).steps();
        assertTrue(steps.stream().anyMatch(step -> step instanceof Step.NewFileSystem && ((Step.NewFileSystem) step).type().equals("tmpfs")), steps::toString);
        assertTrue(steps.stream().noneMatch(step -> step instanceof Step.Bind), steps::toString);
        SpecException refused = assertThrows(SpecException.class,
                () -> plan(config(Mount.of("/sys/fs/cgroup", "cgroup2", "cgroup")), List.of()));
        assertEquals("mounts[0].type: this host has no cgroup2 file system mounted on /sys/fs/cgroup or below", refused.getMessage());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/       | tmpfs   | tmpfs |          | mounts[0].destination: the root is what root.path says; nothing can be mounted over it",
        "''      | tmpfs   | tmpfs |          | mounts[0].destination: expected a path, found \"\"",
        "/x      | ''      | tmpfs |          | mounts[0].type: a mount that is no bind needs a type",
        "/x      | none    | ''    | rbind    | mounts[0].source: a bind needs a source",
        "/x      | none    | /y    | bind,copy-symlink,dest-nofollow | mounts[0].options: copy-symlink goes with neither src-nofollow nor dest-nofollow",
        "/x      | none    | /y    | bind,src-nofollow,copy-symlink | mounts[0].options: copy-symlink goes with neither src-nofollow nor dest-nofollow",
        "/x      | none    | /y    | idmap    | mounts[0].options: idmap needs uidMappings and gidMappings, as the container has no user namespace whose maps it could take",
        "/x      | ramfs   | x     | tmpcopyup | mounts[0].options: tmpcopyup is for a new tmpfs alone",
        "/x      | tmpfs   | /y    | bind,tmpcopyup | mounts[0].options: tmpcopyup is for a new tmpfs alone",
        "/x      | tmpfs   | x     | remount,tmpcopyup | mounts[0].options: tmpcopyup is for a new tmpfs alone",
        "/x      | tmpfs   | x     | mode=1,uid=4294967295 | mounts[0].options: expected an id from 0 to 4294967294, found \"uid=4294967295\"",
        "/x      | tmpfs   | x     | gid=0xffffffff  | mounts[0].options: expected an id from 0 to 4294967294, found \"gid=0xffffffff\"",
        "/x      | devpts  | x     | gid=037777777777 | mounts[0].options: expected an id from 0 to 4294967294, found \"gid=037777777777\"",
        "/x      | devpts  | x     | uid=-1           | mounts[0].options: expected an id from 0 to 4294967294, found \"uid=-1\"",
        "/x      | tmpfs   | x     | remount,gid=4294967296 | mounts[0].options: expected an id from 0 to 4294967294, found \"gid=4294967296\"",
        "/x      | fuse    | x     | fd=3,user_id=4294967295 | mounts[0].options: expected an id from 0 to 4294967294, found \"user_id=4294967295\"",
        "/proc   | tmpfs   | tmpfs |          | mounts[0].type: only a proc may be mounted on /proc, found \"tmpfs\"",
        "/proc/self | none | /y    | bind     | mounts[0].destination: /proc/self is inside /proc, where only a few files may be covered",
        "proc/x/../self | none | /y | bind    | mounts[0].destination: /proc/self is inside /proc, where only a few files may be covered",
    })
    void a_mount_is_refused_in_one_line(String at, String type, String source, String options, String complaint) {
        String[] words = options == null ? new String[0] : options.split(",");
        assertEquals(complaint, complaint(config(Mount.of(at, type, source, words))));
    }

    private static final List<IdMapping> IDS = List.of(new IdMapping(0, 1000, 1));
    private static final List<IdMapping> OTHERS = List.of(new IdMapping(0, 2000, 65536));

    private static Mount mapped(String type, List<IdMapping> uids, List<IdMapping> gids, String... options) {
        return new Mount("/x", Optional.of(type), Optional.of("/y"), List.of(options), uids, gids);
    }

    private static Config inUserNamespace(Mount mount) {
        Linux linux = new Linux(OTHERS, IDS, Map.of(), Optional.empty(), Optional.empty(),
                linux(NamespaceType.MOUNT, NamespaceType.USER).namespaces(), List.of(), Map.of(), Optional.empty(), Optional.empty(),
                List.of(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of());
        return config(mount).withLinux(linux);
    }

    @Test
    void a_mount_has_its_own_maps_or_those_of_the_container() {
        HostPath source = new HostPath("/y");
        assertEquals(new Source(source, true, true, true, Optional.of(new MountIds(IDS, OTHERS, true))),
                onlyMapped(inUserNamespace(mapped("none", IDS, OTHERS, "rbind", "ridmap"))));
        assertEquals(new Source(source, true, false, true, Optional.of(new MountIds(IDS, OTHERS, false))),
                onlyMapped(config(mapped("none", IDS, OTHERS, "bind"))));
        assertEquals(new Source(source, true, false, true, Optional.of(new MountIds(OTHERS, IDS, false))),
                onlyMapped(inUserNamespace(mapped("none", List.of(), List.of(), "bind", "idmap"))));
        PreparedMounts.FileSystem made = (PreparedMounts.FileSystem) plan(inUserNamespace(mapped("tmpfs", IDS, IDS))).prepared().get(0);
        assertEquals(Optional.of(new MountIds(IDS, IDS, false)), made.options().ids());
        assertEquals("tmpfs", made.type());
        RootfsPlan plain = plan(inUserNamespace(mapped("none", List.of(), List.of(), "bind")));
        assertEquals(List.of(), plain.prepared());
        assertEquals(Set.of(), plain.maps());
    }

    /** A mount that is opened when its turn comes, and not before the container is there. */
    private static Source onlyMapped(Config config) {
        RootfsPlan plan = plan(config);
        assertEquals(List.of(), plan.prepared());
        List<Source> mapped = plan.sources().stream().filter(source -> source.ids().isPresent()).toList();
        assertEquals(1, mapped.size());
        assertEquals(Set.of(mapped.get(0).ids().orElseThrow()), plan.maps());
        return mapped.get(0);
    }

    @Test
    void maps_that_cannot_be_are_refused_in_one_line() {
        assertEquals("mounts[0].uidMappings: needs gidMappings beside it", complaint(config(mapped("none", IDS, List.of(), "bind"))));
        assertEquals("mounts[0].gidMappings: needs uidMappings beside it", complaint(config(mapped("none", List.of(), IDS, "bind"))));
        assertEquals("mounts[0].options: a remount changes no id maps", complaint(config(mapped("none", IDS, IDS, "bind", "remount"))));
        assertEquals("mounts[0].type: the ids of a cgroup2 cannot be mapped", complaint(config(mapped("cgroup2", IDS, IDS))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/proc/meminfo", "/proc/net/dev", "/proc/sys/kernel/ns_last_pid"})
    void a_file_of_proc_that_lxcfs_covers_may_be_covered(String path) {
        plan(config(Mount.of(path, "none", "/y", "bind")));
    }

    @Test
    void a_relative_destination_counts_from_the_root_and_warns() {
        RootfsPlan plan = plan(config(Mount.of("data", "tmpfs", "tmpfs")));
        assertEquals("mount tmpfs on /data", plan.mount().get(2).text());
        assertEquals(List.of("mounts[0].destination: \"data\" is relative, which is deprecated; it means /data"), plan.warnings());
    }

    @Test
    void a_relative_source_counts_from_the_bundle() {
        assertEquals("bind /bundle/data on /x", plan(config(Mount.of("/x", "none", "data", "bind"))).mount().get(2).text());
        assertEquals("bind /data on /x", plan(config(Mount.of("/x", "bind", "/data"))).mount().get(2).text());
    }

    @Test
    void a_tmpfs_and_dev_become_read_only_in_the_end() {
        RootfsPlan plan = plan(config(Mount.of("/dev", "devtmpfs", "x", "ro"), Mount.of("/t", "tmpfs", "x", "ro"),
                Mount.of("/s", "sysfs", "x", "ro")));
        assertEquals(List.of("make /dev read-only", "make /t read-only"), texts(plan.finish()));
        assertEquals(List.of(false, false, true), only(Step.NewFileSystem.class, plan.mount()).stream()
                .map(step -> step.options().attributes().isReadOnly()).toList());
    }

    @Test
    void only_proc_and_sysfs_want_an_ordinary_directory() {
        RootfsPlan plan = plan(config(Mount.of("/proc", "proc", "x"), Mount.of("/s", "sysfs", "x"), Mount.of("/t", "tmpfs", "x")));
        assertEquals(List.of(true, true, false), only(Step.NewFileSystem.class, plan.mount()).stream()
                .map(Step.NewFileSystem::ordinaryDirectory).toList());
    }

    @Test
    void the_hosts_sysfs_and_mqueue_are_bound_where_none_may_be_mounted() {
        RootfsPlan plan = plan(config(Mount.of("/sys", "sysfs", "x", "ro", "nosuid", "x=y"), Mount.of("/q", "mqueue", "x"),
                Mount.of("/t", "tmpfs", "x")));
        List<Step.NewFileSystem> mounts = only(Step.NewFileSystem.class, plan.mount());
        Step.Bind sys = mounts.get(0).otherwise().orElseThrow();
        assertEquals("bind /sys on /sys", sys.text());
        assertTrue(sys.options().recursive() && sys.options().data().isEmpty());
        assertTrue(sys.options().below().isReadOnly(), "CVE-2023-25809: the host's cgroups are below");
        assertEquals("bind /dev/mqueue on /q", mounts.get(1).otherwise().orElseThrow().text());
        assertFalse(mounts.get(1).otherwise().orElseThrow().options().recursive());
        assertEquals(Optional.empty(), mounts.get(2).otherwise());
    }

    @ParameterizedTest
    @EnumSource(RootfsPropagation.class)
    void nothing_is_shared_with_the_host_while_the_root_changes(RootfsPropagation word) {
        Linux linux = new Linux(List.of(), List.of(), Map.of(), Optional.empty(), Optional.empty(), NAMESPACES.namespaces(), List.of(),
                Map.of(), Optional.empty(), Optional.of(word), List.of(), List.of(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Map.of());
        RootfsPlan plan = plan(config().withLinux(linux));
        String text = word.text();
        boolean shared = text.contains("shared");
        assertEquals(shared ? "make the mount of /bundle/rootfs private" : text.contains("slave") ? "make the host's mounts rslave"
                : "make the host's mounts rprivate", plan.mount().get(0).text());
        assertEquals(shared, ((Step.Pivot) plan.pivot().orElseThrow()).shared());
        assertEquals(shared || text.contains("unbindable") ? List.of("make the root " + text) : List.of(), texts(plan.finish()));
    }

    @Test
    void in_a_mount_namespace_of_others_nothing_is_mounted_and_the_root_is_a_chroot() {
        List<String> inherited = texts(plan(config().withLinux(linux(NamespaceType.PID))).steps());
        assertEquals(List.of("open root.path /bundle/rootfs", "make the device /dev/null"), inherited.subList(0, 2));
        assertEquals("chroot", inherited.get(inherited.size() - 1));
        Namespace joined = new Namespace(NamespaceType.MOUNT, Optional.of("/proc/1/ns/mnt"));
        assertEquals(List.of("open root.path /bundle/rootfs", "chroot"),
                texts(plan(config().withLinux(Linux.EMPTY.withNamespaces(List.of(joined)))).steps()), "who made it has furnished it");
        String needed = ": needs a mount namespace of the container's own: in another it would be made for everyone, and stay; ";
        assertEquals("mounts" + needed + "leave it away, and let who made the namespace mount there",
                complaint(config(Mount.of("/proc", "proc", "proc")).withLinux(Linux.EMPTY.withNamespaces(List.of(joined)))));
        needed += "add {\"type\": \"mount\"} to linux.namespaces, or leave it away";
        assertEquals("mounts" + needed, complaint(config(Mount.of("/proc", "proc", "proc")).withLinux(linux(NamespaceType.PID))));
        assertEquals("root.readonly" + needed, complaint(config().withRoot(new Root("rootfs", true)).withLinux(linux())));
        assertEquals("linux.readonlyPaths" + needed, complaint(config().withLinux(linux().withPaths(List.of(), List.of("/proc/sys")))));
        assertEquals("linux.namespaces: expected a mount namespace beside the user namespace: it may make no devices, and they would have"
                + " to be bound", complaint(config().withLinux(linux(NamespaceType.USER))));
    }

    @Test
    void a_host_that_cannot_pivot_has_its_root_moved() {
        RootfsPlan plan = RootfsPlan.of(config(), new RootfsPlan.Host(BUNDLE, VERSION_2, true, "context"));
        assertEquals("move the root to /", plan.pivot().orElseThrow().text());
    }

    @Test
    void queues_of_a_joined_ipc_namespace_are_never_the_hosts() {
        Linux joins = NAMESPACES.withNamespaces(List.of(Namespace.of(NamespaceType.MOUNT),
                new Namespace(NamespaceType.IPC, Optional.of("/proc/1/ns/ipc"))));
        RootfsPlan plan = plan(config(Mount.of("/q", "mqueue", "x")).withLinux(joins));
        assertEquals(Optional.empty(), only(Step.NewFileSystem.class, plan.mount()).get(0).otherwise());
    }

    /** crun's form of the option, which podman writes. */
    @Test
    void an_option_may_have_the_maps_of_a_mount() {
        Source absolute = onlyMapped(config(Mount.of("/x", "none", "/y", "rbind", "ridmap=uids=0-5-10#20-7-1;gids=0-6-10")));
        assertEquals(new MountIds(List.of(new IdMapping(0, 5, 10), new IdMapping(20, 7, 1)), List.of(new IdMapping(0, 6, 10)), true),
                absolute.ids().orElseThrow());
        Source relative = onlyMapped(inUserNamespace(Mount.of("/x", "none", "/y", "bind", "idmap=uids=@0-3-1;gids=@0-0-1")));
        assertEquals(new MountIds(List.of(new IdMapping(0, 2003, 1)), List.of(new IdMapping(0, 1000, 1)), false), relative.ids().orElseThrow());
    }

    @ParameterizedTest
    @ValueSource(strings = {"idmap=", "idmap=uids=0-1-1", "idmap=uids=0-1;gids=0-1-1", "idmap=uids=a-1-1;gids=0-1-1", "ridmap=uids=@0-1-1;gids=0-1-1",
        "idmap=names=0-1-1;gids=0-1-1", "idmap=uids=0-1-1;gids=0-4294967296-1"})
    void an_option_whose_maps_cannot_be_read_is_refused(String option) {
        assertEquals("mounts[0].options: expected idmap=uids=0-1000-1;gids=0-1000-1, found \"" + option + '"',
                complaint(config(Mount.of("/x", "none", "/y", "bind", option))));
    }

    @Test
    void a_mount_may_take_the_maps_of_a_joined_user_namespace() {
        Linux joins = NAMESPACES.withNamespaces(List.of(Namespace.of(NamespaceType.MOUNT),
                new Namespace(NamespaceType.USER, Optional.of("/proc/1/ns/user"))));
        RootfsPlan plan = plan(config(Mount.of("/v", "none", "/y", "bind", "idmap")).withLinux(joins));
        assertTrue(plan.maps().iterator().next().isOfJoinedNamespace());
    }

    @Test
    void what_is_added_to_a_container_has_its_binds_prepared_and_no_change_of_the_root() {
        List<RootfsPlan> plans = RootfsPlan.additions(List.of(Mount.of("/v", "none", "y", "rbind", "ro"), Mount.of("/t", "tmpfs", "tmpfs", "ro")),
                BUNDLE, NAMESPACES);
        assertEquals(List.of(new PreparedMounts.Tree(BUNDLE.resolve("y"), true, true, Optional.empty())), plans.get(0).prepared());
        assertEquals(List.of("open root.path /", "bind " + BUNDLE + "/y on /v"), texts(plans.get(0).steps()));
        assertEquals(List.of(), plans.get(1).prepared());
        assertEquals(List.of("open root.path /", "mount tmpfs on /t", "make /t read-only"), texts(plans.get(1).steps()));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "/v | none | remount | mounts[1].options: a remount changes a mount, it adds none",
        "/c | cgroup2 | ro | mounts[1].type: a cgroup2 can be mounted in a new container only",
        "/proc/sys | none | bind | mounts[1].destination: /proc/sys is inside /proc, where only a few files may be covered"})
    void what_cannot_be_added_is_named(String at, String type, String option, String complaint) {
        List<Mount> mounts = List.of(Mount.of("/v", "none", "y", "bind"), Mount.of(at, type, "x", option));
        assertEquals(complaint, assertThrows(SpecException.class, () -> RootfsPlan.additions(mounts, BUNDLE, NAMESPACES)).getMessage());
    }

    private static Device device(String path, Device.Type type, long major, long minor) {
        return new Device(path, type, major, minor, OptionalInt.of(0640), OptionalLong.of(5), OptionalLong.of(6));
    }

    @Test
    void configured_devices_replace_default_ones_of_the_same_path() {
        Linux linux = NAMESPACES.withDevices(List.of(device("/dev/null", Device.Type.UNBUFFERED, 1, 5),
                device("/dev/ptmx", Device.Type.CHARACTER, 5, 2), device("/x/fifo", Device.Type.FIFO, 0, 0),
                device("/dev/sda", Device.Type.BLOCK, 8, 0)));
        List<Step.Node> nodes = only(Step.Node.class, plan(config().withLinux(linux)).mount());
        assertEquals(List.of("/dev/null", "/x/fifo", "/dev/sda", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty"),
                nodes.stream().map(node -> node.at().text()).toList());
        assertEquals(new Step.Node(ContainerPath.of("/dev/null"), 020640, 1, 5, 5, 6, false), nodes.get(0));
        assertEquals(010640, nodes.get(1).mode());
        assertEquals(060640, nodes.get(2).mode());
    }

    @Test
    void nothing_is_made_in_a_dev_that_is_bound() {
        Linux linux = NAMESPACES.withDevices(List.of(device("/dev/x", Device.Type.CHARACTER, 1, 5),
                device("/y", Device.Type.CHARACTER, 1, 5)));
        RootfsPlan plan = plan(config(Mount.of("/dev/", "none", "/dev", "rbind")).withLinux(linux));
        assertEquals(List.of("bind /dev on /dev", "make the device /y"), texts(plan.mount().subList(2, plan.mount().size())));
    }

    @Test
    void a_user_namespace_binds_its_devices() {
        Config config = config().withLinux(linux(NamespaceType.MOUNT, NamespaceType.USER));
        for (Step.Node node : only(Step.Node.class, plan(config).mount())) {
            assertTrue(node.bind(), node.text());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "dev/x  | 1    | 1       | linux.devices[0].path: expected an absolute path, found \"dev/x\"",
        "/dev/x | 4096 | 1       | linux.devices[0].major: expected 0 to 4095, found 4096",
        "/dev/x | 1    | -1      | linux.devices[0].minor: expected 0 to 1048575, found -1",
    })
    void a_device_is_refused_in_one_line(String path, long major, long minor, String complaint) {
        Linux linux = NAMESPACES.withDevices(List.of(device(path, Device.Type.CHARACTER, major, minor)));
        assertEquals(complaint, complaint(config().withLinux(linux)));
    }

    private static Linux sysctl(Linux linux, String name) {
        return new Linux(List.of(), List.of(), Map.of(name, "1"), Optional.empty(), Optional.empty(), linux.namespaces(), List.of(),
                Map.of(), Optional.empty(), Optional.empty(), List.of(), List.of(), Optional.empty(), Optional.empty(),
                Optional.empty(), Optional.empty(), Map.of());
    }

    @ParameterizedTest
    @CsvSource({"net.ipv4.ip_forward, net/ipv4/ip_forward", "net/ipv4/ip_forward, net/ipv4/ip_forward",
        "net.ipv4.conf.eth0/1.mtu, net/ipv4/conf/eth0.1/mtu", "net/ipv4/conf/eth0.1/mtu, net/ipv4/conf/eth0.1/mtu",
        "kernel.shmmax, kernel/shmmax", "fs.mqueue.msg_max, fs/mqueue/msg_max"})
    void a_kernel_parameter_of_a_namespace_is_set(String name, String file) {
        assertEquals(List.of(new Step.Sysctl(file, "1")), plan(config().withLinux(sysctl(NAMESPACES, name))).finish());
    }

    @Test
    void limits_of_a_user_namespace_are_set_in_its_own() {
        Config config = config().withLinux(sysctl(inUserNamespace(mapped("tmpfs", IDS, IDS)).linux().orElseThrow(), "user.max_user_namespaces"));
        assertEquals(List.of(new Step.Sysctl("user/max_user_namespaces", "1")), plan(config).finish());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "kernel.panic       | the host's would be changed: no namespace holds this parameter",
        "kernel.hostname    | the host name is set by the property hostname",
        "kernel.domainname  | the host's would be changed: the container has no uts namespace",
        "net/../kernel/panic| expected a name as net.ipv4.ip_forward",
        "net..ipv4          | expected a name as net.ipv4.ip_forward",
        "vm.swappiness      | the host's would be changed: no namespace holds this parameter",
        "user.max_user_namespaces | the host's would be changed: the container has no user namespace",
        "user/max_mnt_namespaces  | the host's would be changed: the container has no user namespace",
        "users.x            | the host's would be changed: no namespace holds this parameter",
    })
    void a_kernel_parameter_of_the_host_is_refused(String name, String complaint) {
        assertEquals("linux.sysctl[\"" + name + "\"]: " + complaint, complaint(config().withLinux(sysctl(NAMESPACES, name))));
    }

    /** podman hands the annotations of an image on; the root that it makes is outside the bundle. */
    @ParameterizedTest
    @CsvSource({"rootfs, true", "/bundle/rootfs, true", "./a/../rootfs, true", "/var/lib/storage/merged, false", "../elsewhere, false",
            "/bundle/../x, false", "/bundles/x, false"})
    void layers_are_for_a_root_inside_the_bundle(String root, boolean inside) {
        Config layered = config().withRoot(new Root(root, false)).withAnnotations(Map.of("io.carafe.rootfs.lower", "/"));
        if (inside) {
            plan(layered);
        } else {
            assertTrue(complaint(layered).startsWith("annotations[\"io.carafe.rootfs.lower\"]: layers are for a root.path inside the bundle"));
        }
    }

    @Test
    void a_mount_takes_the_place_of_a_device_unless_another_lies_over_it() {
        Mount dev = Mount.of("/dev", "tmpfs", "tmpfs");
        Mount random = Mount.of("/dev/random", "bind", "/dev/urandom", "bind");
        assertFalse(random(plan(config(dev, random))));
        assertTrue(random(plan(config(random, dev))));
        assertTrue(random(plan(config(dev, Mount.of("/dev/randoms", "tmpfs", "tmpfs")))));
    }

    private static boolean random(RootfsPlan plan) {
        return only(Step.Node.class, plan.mount()).stream().anyMatch(node -> node.at().equals(ContainerPath.of("/dev/random")));
    }

    @Test
    void masked_and_readonly_paths_that_are_not_absolute_are_taken_from_the_root_and_empty_ones_passed_over() {
        RootfsPlan plan = plan(config().withLinux(NAMESPACES.withPaths(List.of("/x", "", "proc/kcore"), List.of("", "proc/../sys", "/"))));
        List<Step> guards = plan.finish().stream().filter(step -> step instanceof Step.Mask || step instanceof Step.ReadOnlyPath
                || step instanceof Step.ReadOnlyRoot).toList();
        assertEquals(List.of(new Step.ReadOnlyPath(ContainerPath.of("/sys")), new Step.ReadOnlyRoot(), new Step.Mask(ContainerPath.of("/x")),
                new Step.Mask(ContainerPath.of("/proc/kcore"))), guards);
        assertEquals(List.of("linux.readonlyPaths[0]: is empty; passed over",
                "linux.readonlyPaths[1]: expected an absolute path, found \"proc/../sys\"; taken for /sys",
                "linux.maskedPaths[1]: is empty; passed over",
                "linux.maskedPaths[2]: expected an absolute path, found \"proc/kcore\"; taken for /proc/kcore"), plan.warnings());
    }
}
