package io.carafe.runtime.rootfs;

import static io.carafe.runtime.rootfs.path.InMountNamespace.mountOn;
import static io.carafe.runtime.rootfs.path.InMountNamespace.mounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.linux.Kernel;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.Sys;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a container's tree looks like from inside. */
class RootfsTest extends PerformedPlan {

    @ParameterizedTest
    @EnumSource(Generation.class)
    void the_default_configuration_becomes_a_tree(Generation generation) throws Exception {
        run(generation, config(), linux -> {
            assertEquals("/", linux.paths.getcwd());
            assertTrue(mountOn(linux, "/").has("ro"), "root");
            assertEquals("proc", mountOn(linux, "/proc").type());
            assertEquals("tmpfs", mountOn(linux, "/dev").type());
            assertTrue(mountOn(linux, "/dev").has("nosuid") && !mountOn(linux, "/dev").has("relatime"), "strictatime");
            assertEquals("devpts", mountOn(linux, "/dev/pts").type());
            assertTrue(mountOn(linux, "/dev/pts").superOptions().contains("mode=620"));
            assertEquals("shm", mountOn(linux, "/dev/shm").source());
            assertEquals(01777, status(linux, "/dev/shm").permissions());
            assertEquals("mqueue", mountOn(linux, "/dev/mqueue").type());
            assertTrue(mountOn(linux, "/sys").has("ro") && mountOn(linux, "/sys").has("noexec"));
            for (MountInfo mount : mounts(linux)) {
                assertFalse(mount.mountPoint().startsWith(bundle.toString()), "the host is still there: " + mount);
                assertEquals(List.of(), mount.tags(), mount.mountPoint());
            }

            assertTrue(status(linux, "/dev/null").isCharacterDevice(1, 3));
            assertTrue(status(linux, "/dev/tty").isCharacterDevice(5, 0));
            assertEquals(0666, status(linux, "/dev/urandom").permissions());
            assertEquals("pts/ptmx", linux.paths.readlinkat(Fd.CWD, "/dev/ptmx"));
            assertEquals("/proc/self/fd/2", linux.paths.readlinkat(Fd.CWD, "/dev/stderr"));

            assertTrue(mountOn(linux, "/proc/sys").has("ro"));
            assertEquals("/null", mountOn(linux, "/proc/timer_list").root());
            assertTrue(linux.files.list(Fd.CWD, "/sys/firmware").isEmpty());
            assertEquals(Errno.EROFS, failure(() -> linux.paths.mkdirat(Fd.CWD, "/x", 0755)));
        });
        try (var left = Files.list(root)) {
            assertEquals(List.of("dev", "proc", "sys"), left.map(path -> path.getFileName().toString()).sorted().toList());
        }
    }

    @Test
    void directories_that_are_masked_share_one_file_system() throws Exception {
        Config config = config();
        config = config.withLinux(config.linux().orElseThrow().withPaths(List.of("/sys/firmware", "/proc/irq", "/proc/fs"), List.of()));
        run(config, linux -> {
            assertEquals(mountOn(linux, "/sys/firmware").device(), mountOn(linux, "/proc/irq").device());
            assertEquals(mountOn(linux, "/sys/firmware").device(), mountOn(linux, "/proc/fs").device());
            assertTrue(mountOn(linux, "/proc/fs").has("ro") && mountOn(linux, "/proc/irq").has("noexec"));
        });
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void binds_make_what_is_missing_and_keep_what_flags_they_have(Generation generation) throws Exception {
        Path volume = Files.createDirectory(bundle.resolve("volume"));
        Path file = Files.writeString(bundle.resolve("file"), "content");
        run(generation, with(Mount.of("/a/b", "none", "volume", "rbind", "rprivate", "ro", "nosuid"),
                Mount.of("/a/file", "none", file.toString(), "bind", "noexec"),
                Mount.of("/again", "none", volume.toString(), "bind"),
                Mount.of("/again", "none", "none", "bind", "remount", "nodev")), linux -> {
            assertTrue(mountOn(linux, "/a/b").has("ro") && mountOn(linux, "/a/b").has("nosuid"));
            assertEquals("content", linux.files.readText(Fd.CWD, "/a/file"));
            assertTrue(mountOn(linux, "/a/file").has("noexec") && mountOn(linux, "/a/file").has("rw"));
            assertTrue(mountOn(linux, "/again").has("nodev") && mountOn(linux, "/again").has("rw"));
            assertEquals(0755, status(linux, "/a").permissions());
        });
        assertTrue(Files.isRegularFile(root.resolve("a/file")) && Files.isDirectory(root.resolve("a/b")));
        assertEquals("content", Files.readString(file));
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_link_at_the_end_of_a_bind_is_what_the_options_say(Generation generation) throws Exception {
        Files.writeString(bundle.resolve("file"), "content");
        Files.createSymbolicLink(bundle.resolve("link"), Path.of("file"));
        Files.writeString(root.resolve("target"), "the image's");
        for (String name : List.of("followed", "covered", "covered-by-link")) {
            Files.createSymbolicLink(root.resolve(name), Path.of(name.equals("followed") ? "target2" : "target"));
        }
        Files.writeString(root.resolve("target2"), "the image's");
        Files.createSymbolicLink(root.resolve("same"), Path.of("file"));
        run(generation, with(Mount.of("/plain", "none", "link", "bind"),
                Mount.of("/itself", "none", "link", "bind", "src-nofollow"),
                Mount.of("/followed", "none", "file", "bind"),
                Mount.of("/covered", "none", "file", "bind", "ro", "dest-nofollow"),
                Mount.of("/covered-by-link", "none", "link", "bind", "src-nofollow", "dest-nofollow"),
                Mount.of("/a/made", "none", "link", "bind", "copy-symlink"),
                Mount.of("/same", "none", "link", "bind", "copy-symlink"),
                Mount.of("/no-link", "none", "file", "bind", "copy-symlink", "ro"),
                Mount.of("/new", "none", "file", "bind", "dest-nofollow")), linux -> {
            for (String name : List.of("/plain", "/followed", "/target2", "/covered", "/no-link", "/new")) {
                assertEquals("content", linux.files.readText(Fd.CWD, name), name);
            }
            assertEquals("the image's", linux.files.readText(Fd.CWD, "/target"));
            assertTrue(mountOn(linux, "/covered").has("ro") && mountOn(linux, "/no-link").has("ro"));
            for (String name : List.of("/itself", "/covered-by-link", "/a/made", "/same")) {
                assertEquals("file", linux.paths.readlinkat(Fd.CWD, name), name);
            }
        });
        assertEquals(Path.of("file"), Files.readSymbolicLink(root.resolve("a/made")), "it is in the image from now on, as with crun");
        assertEquals(Errno.EEXIST, failsWith(Errno.EEXIST, with(Mount.of("/target", "none", "link", "bind", "copy-symlink"))).errno());
        assertEquals("the image's", Files.readString(root.resolve("target")));
        failsWith(Errno.EEXIST, with(Mount.of("/covered", "none", "link", "bind", "copy-symlink")));
    }

    /** /proc stays the kernel's own where a link is covered, too. */
    @Test
    void a_bind_through_a_link_into_proc_is_refused_with_every_option() throws Exception {
        Files.createSymbolicLink(root.resolve("way"), Path.of("/proc"));
        Files.writeString(bundle.resolve("file"), "content");
        for (String option : List.of("dest-nofollow", "src-nofollow", "copy-symlink")) {
            failsWith(Errno.ELOOP, with(Mount.of("/way/uptime", "none", "file", "bind", option)));
        }
    }

    @Test
    void what_is_mounted_below_a_volume_becomes_read_only_with_rro_alone() throws Exception {
        Files.createDirectories(bundle.resolve("volume/sub"));
        Config config = with(Mount.of("/v", "tmpfs", "tmpfs"), Mount.of("/one", "none", "volume", "rbind", "ro"),
                Mount.of("/all", "none", "volume", "rbind", "rro"));
        InMountNamespace.run(linux -> {
            linux.mounts.mount("tmpfs", bundle.resolve("volume/sub").toString(), "tmpfs", 0, "");
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                rootfs.pivot();
            }
            assertTrue(mountOn(linux, "/one").has("ro") && mountOn(linux, "/one/sub").has("rw"));
            assertTrue(mountOn(linux, "/all").has("ro") && mountOn(linux, "/all/sub").has("ro"));
        });
    }

    /** Every recursive flag beside its opposite, which would leave the top of the mount weaker than all below it. */
    @Test
    void a_recursive_flag_holds_at_the_top_whatever_stands_beside_it() throws Exception {
        Files.createDirectories(bundle.resolve("volume/sub"));
        String[][] pairs = {{"rw", "rro", "ro"}, {"suid", "rnosuid", "nosuid"}, {"dev", "rnodev", "nodev"}, {"exec", "rnoexec", "noexec"},
            {"symfollow", "rnosymfollow", "nosymfollow"}, {"relatime", "rnoatime", "noatime"}};
        List<Mount> mounts = new ArrayList<>();
        for (String[] pair : pairs) {
            mounts.add(Mount.of("/first/" + pair[2], "none", "volume", "rbind", pair[1], pair[0]));
            mounts.add(Mount.of("/last/" + pair[2], "none", "volume", "rbind", pair[0], pair[1]));
            mounts.add(Mount.of("/fs/" + pair[2], "tmpfs", "x", pair[1], pair[0]));
            mounts.add(Mount.of("/old/" + pair[2], "tmpfs", "x", "silent", pair[0], pair[1]));
            mounts.add(Mount.of("/again/" + pair[2], "none", "volume", "rbind"));
            mounts.add(Mount.of("/again/" + pair[2], "none", "none", "bind", "remount", pair[0], pair[1]));
            mounts.add(Mount.of("/changed/" + pair[2], "tmpfs", "x"));
            mounts.add(Mount.of("/changed/" + pair[2], "none", "none", "remount", pair[0], pair[1]));
        }
        Config config = with(mounts.toArray(new Mount[0]));
        InMountNamespace.run(linux -> {
            linux.mounts.mount("tmpfs", bundle.resolve("volume/sub").toString(), "tmpfs", 0, "");
            try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                rootfs.mount();
                rootfs.pivot();
            }
            for (String[] pair : pairs) {
                for (String place : List.of("/first/", "/first/%s/sub", "/last/", "/last/%s/sub", "/fs/", "/old/", "/again/", "/again/%s/sub",
                        "/changed/")) {
                    String path = place.contains("%s") ? place.formatted(pair[2]) : place + pair[2];
                    assertTrue(mountOn(linux, path).has(pair[2]), path + ": " + mountOn(linux, path));
                }
            }
        });
    }

    @ParameterizedTest
    @EnumSource(value = Generation.class, names = "NOW", mode = EnumSource.Mode.EXCLUDE)
    void before_mount_setattr_a_recursive_flag_is_refused_and_not_left_away(Generation generation) throws Exception {
        Files.createDirectory(bundle.resolve("volume"));
        for (Mount mount : List.of(Mount.of("/v", "none", "volume", "rbind", "rw", "rro"), Mount.of("/t", "tmpfs", "x", "rnosuid", "suid"))) {
            KernelException refused = assertThrows(KernelException.class, () -> run(generation, with(mount), linux -> { }));
            assertTrue(refused.getMessage().contains("recursive options such as rro need Linux 5.12"), refused.getMessage());
        }
    }

    /** Only a user namespace may not mount its own: else EPERM is a filter's or for want of CAP_SYS_ADMIN, and the host's would show more. */
    @ParameterizedTest
    @EnumSource(value = Errno.class, names = {"EPERM", "EBUSY"})
    void the_hosts_sysfs_and_mqueue_are_bound_in_a_user_namespace_alone(Errno errno) {
        for (Mount mount : List.of(Mount.of("/sys", "sysfs", "sysfs", "ro"), Mount.of("/q", "mqueue", "mqueue"))) {
            Kernel refusing = new WrappedKernel(Door.open()) {
                @Override
                public long call(int nr, long a, long b, long c, long d, long e, long f) {
                    long type = nr == Sys.FSOPEN.nr ? a : nr == Sys.MOUNT.nr ? c : 0; // by both ways, as the kernel refuses
                    return type != 0 && new Memory(kernel).text(type).equals(mount.type().orElseThrow()) ? -errno.number
                            : kernel.call(nr, a, b, c, d, e, f);
                }
            };
            Config config = with(mount);
            KernelException refused = assertThrows(KernelException.class, () -> InMountNamespace.run(Linux.over(refusing), CLONE_NEWIPC | CLONE_NEWNET,
                    linux -> {
                        try (Rootfs rootfs = Rootfs.of(linux, plan(config))) {
                            rootfs.mount();
                        }
                    }));
            assertEquals(errno, refused.errno(), refused.getMessage());
        }
    }

    @Test
    void a_bind_that_cannot_be_says_why() throws Exception {
        assertEquals("bind /none/such on /x: open /none/such: ENOENT: no such file or directory",
                failsWith(Errno.ENOENT, with(Mount.of("/x", "none", "/none/such", "bind"))).getMessage());
        assertFalse(Files.exists(root.resolve("x")), "nothing is made for it");
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_directory_is_not_bound_on_a_file(Generation generation) throws Exception {
        Files.createDirectory(bundle.resolve("volume"));
        Files.createFile(root.resolve("file"));
        KernelException mixed = assertThrows(KernelException.class,
                () -> run(generation, with(Mount.of("/file", "none", "volume", "bind")), linux -> { }));
        assertTrue(mixed.getMessage().endsWith("(a directory goes on a directory, a file on a file: one of the two is not a directory)"), mixed.getMessage());
    }

    /** net is a link of procfs itself. */
    @Test
    void a_file_of_proc_is_covered() throws Exception {
        Files.writeString(bundle.resolve("file"), "covered");
        run(with(Mount.of("/proc/uptime", "none", "file", "bind"), Mount.of("/proc/net/dev", "none", "file", "bind")),
                linux -> assertEquals("covered", linux.files.readText(Fd.CWD, "/proc/uptime")));
    }

    @Test
    void devices_are_made_as_configured() throws Exception {
        run(withDevices(device("/dev/sub/disk", Device.Type.BLOCK, 8, 300, 0640), device("/fifo", Device.Type.FIFO, 0, 0, 0622)),
                linux -> {
                    FileStatus disk = status(linux, "/dev/sub/disk");
                    assertEquals(FileFlags.S_IFBLK | 0640, disk.mode());
                    assertEquals(List.of(8, 300, 7, 8), List.of(disk.rdevMajor(), disk.rdevMinor(), disk.uid(), disk.gid()));
                    assertEquals(FileFlags.S_IFIFO | 0622, status(linux, "/fifo").mode());
                });
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_user_namespace_is_given_the_hosts_devices(Generation generation) throws Exception {
        Config config = with();
        List<Namespace> namespaces = new ArrayList<>(config.linux().orElseThrow().namespaces());
        namespaces.add(Namespace.of(NamespaceType.USER));
        run(generation, config.withLinux(config.linux().orElseThrow().withNamespaces(namespaces)), linux -> {
            assertTrue(status(linux, "/dev/urandom").isCharacterDevice(1, 9));
            assertEquals("devtmpfs", mountOn(linux, "/dev/urandom").type());
        });
    }

    /** Only a tmpfs takes the mode of the place: crun 1.29 gave it to the others as well. */
    @ParameterizedTest
    @EnumSource(Generation.class)
    void what_the_kernel_gives_its_own_file_systems_is_left_alone(Generation generation) throws Exception {
        for (String name : new String[] {"proc", "sys", "dev", "dev/shm", "dev/mqueue"}) {
            Files.createDirectory(root.resolve(name));
            Files.setPosixFilePermissions(root.resolve(name), PosixFilePermissions.fromString("rwx------"));
        }
        run(generation, config(), linux -> {
            assertEquals(0555, status(linux, "/proc").permissions());
            assertEquals(0555, status(linux, "/sys").permissions());
            assertEquals(01777, status(linux, "/dev/mqueue").permissions());
            assertEquals(01777, status(linux, "/dev/shm").permissions());
            assertEquals(0755, status(linux, "/dev").permissions());
        });
    }

    @Test
    void a_tmpfs_has_the_mode_of_what_it_covers_unless_told() throws Exception {
        Files.createDirectory(root.resolve("t"));
        Files.setPosixFilePermissions(root.resolve("t"), PosixFilePermissions.fromString("rwx-w--w-"));
        run(with(Mount.of("/t", "tmpfs", "x"), Mount.of("/new", "tmpfs", "x"), Mount.of("/told", "tmpfs", "x", "mode=700")), linux -> {
            assertEquals(0722, status(linux, "/t").permissions());
            assertEquals(01777, status(linux, "/new").permissions());
            assertEquals(0700, status(linux, "/told").permissions());
        });
    }

    @Test
    void a_read_only_tmpfs_takes_mounts_and_then_no_writes() throws Exception {
        run(with(Mount.of("/t", "tmpfs", "x", "ro"), Mount.of("/t/sub", "tmpfs", "x")), linux -> {
            assertEquals(Errno.EROFS, failure(() -> linux.paths.mkdirat(Fd.CWD, "/t/x", 0755)));
            linux.paths.mkdirat(Fd.CWD, "/t/sub/x", 0755);
        });
    }

    @Test
    void a_wrong_option_is_named_with_what_the_kernel_says_of_it() {
        KernelException size = failsWith(Errno.EINVAL, with(Mount.of("/t", "tmpfs", "x", "size=many")));
        assertTrue(size.getMessage().startsWith("mount tmpfs on /t: option size=many: EINVAL: invalid argument (tmpfs: "), size.getMessage());
        assertTrue(failsWith(Errno.ENODEV, with(Mount.of("/t", "nofs", "x"))).getMessage().startsWith("mount nofs on /t: ENODEV: "));
    }

    @Test
    void what_fsconfig_cannot_say_goes_by_mount_2() throws Exception {
        run(with(Mount.of("/t", "tmpfs", "x", "silent", "mode=711", "noexec")), linux -> {
            assertEquals(0711, status(linux, "/t").permissions());
            assertTrue(mountOn(linux, "/t").has("noexec"));
        });
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void version_1_cgroups_are_seen_below_one_tmpfs(Generation generation) throws Exception {
        List<CgroupHierarchy> hierarchies = new ArrayList<>();
        for (MountInfo mount : MountInfo.parse(Linux.over(Door.open()).files.readText(Fd.CWD, "/proc/self/mountinfo"))) {
            if (mount.type().equals("cgroup")) {
                HostPath path = new HostPath(mount.mountPoint());
                hierarchies.add(new CgroupHierarchy(path.name(), path, path, path));
            }
        }
        assumeFalse(hierarchies.isEmpty(), "no hierarchy of version 1 on this machine");
        String first = hierarchies.get(0).mountPoint().name();
        hierarchies.set(0, new CgroupHierarchy(first + ",linked", hierarchies.get(0).mountPoint(), hierarchies.get(0).path(), hierarchies.get(0).path()));
        Config config = with(Mount.of("/sys/fs/cgroup", "cgroup", "cgroup", "ro", "nosuid"));
        InMountNamespace.run(generation.linux(), 0, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.toString()), hierarchies, false, "context")))) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            }
            assertTrue(mountOn(linux, "/sys/fs/cgroup").has("ro"));
            assertTrue(mountOn(linux, "/sys/fs/cgroup/" + first).has("ro"));
            assertEquals("cgroup", mountOn(linux, "/sys/fs/cgroup/" + first).type());
            assertEquals(first, linux.paths.readlinkat(Fd.CWD, "/sys/fs/cgroup/linked"));
        });
    }
}
