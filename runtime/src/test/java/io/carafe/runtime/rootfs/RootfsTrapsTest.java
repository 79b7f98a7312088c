package io.carafe.runtime.rootfs;

import static io.carafe.runtime.rootfs.path.InMountNamespace.mountOn;
import static io.carafe.runtime.rootfs.path.InMountNamespace.mounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.Device;
import io.carafe.spec.linux.RootfsPropagation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an image, a neighbour or a configuration lays for the runtime; the numbers are of the CVE lists. */
class RootfsTrapsTest extends PerformedPlan {

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_proc_is_mounted_on_an_ordinary_directory_only(Generation generation) throws Exception {
        Files.createDirectory(root.resolve("evil"));
        Files.createSymbolicLink(root.resolve("proc"), Path.of("/evil"));
        KernelException refused = assertThrows(KernelException.class, () -> run(generation, with(), linux -> { }));
        assertEquals(Errno.ELOOP, refused.errno(), "CVE-2019-19921: " + refused.getMessage());
        assertTrue(refused.getMessage().contains("ordinary directory"), refused.getMessage());

        Files.delete(root.resolve("proc"));
        Files.createFile(root.resolve("proc"));
        assertThrows(KernelException.class, () -> run(generation, with(), linux -> { }));
        Files.delete(root.resolve("proc"));
        Files.createSymbolicLink(root.resolve("proc"), Path.of("/dangling"));
        assertThrows(KernelException.class, () -> run(generation, with(), linux -> { }));
        assertFalse(Files.exists(root.resolve("dangling")));
    }

    @Test
    void a_sysfs_is_mounted_on_an_ordinary_directory_only() throws Exception {
        Files.createDirectories(root.resolve("evil/sys"));
        Files.createSymbolicLink(root.resolve("up"), Path.of("evil"));
        failsWith(Errno.ELOOP, with(Mount.of("/up/sys", "sysfs", "sysfs")));
    }

    @Test
    void a_link_is_followed_inside_the_root_and_never_into_proc() throws Exception {
        Files.createDirectory(bundle.resolve("volume"));
        Files.createSymbolicLink(root.resolve("out"), Path.of("../../../../made"));
        Files.createSymbolicLink(root.resolve("attr"), Path.of("/proc/self/attr"));
        run(with(Mount.of("/out", "none", "volume", "bind")), linux -> assertTrue(mountOn(linux, "/made").has("rw")));
        assertTrue(Files.isDirectory(root.resolve("made")));
        failsWith(Errno.ELOOP, with(Mount.of("/attr", "none", "volume", "bind")));
    }

    @Test
    void only_a_proc_is_bound_on_proc() throws Exception {
        Files.createDirectory(bundle.resolve("volume"));
        failsWith(Errno.EINVAL, with(Mount.of("/proc", "none", "volume", "bind")));
        run(with(Mount.of("/proc", "none", "/proc", "rbind")), linux -> assertEquals("proc", mountOn(linux, "/proc").type()));
    }

    @Test
    void a_dev_that_is_a_link_leads_nowhere_else() throws Exception {
        Path outside = Files.createDirectory(bundle.resolve("outside"));
        Files.createSymbolicLink(root.resolve("dev"), Path.of("../outside"));
        Config config = with().withMounts(List.of());
        run(config, linux -> assertTrue(status(linux, "/outside/null").isCharacterDevice(1, 3), "CVE-2026-41579"));
        try (var made = Files.list(outside)) {
            assertEquals(0, made.count());
        }
    }

    @Test
    void a_device_that_is_there_must_be_the_same() throws Exception {
        Device fifo = device("/fifo", Device.Type.FIFO, 0, 0, 0622);
        run(withDevices(fifo), linux -> { });
        run(withDevices(fifo), linux -> { });
        failsWith(Errno.EEXIST, withDevices(device("/fifo", Device.Type.CHARACTER, 1, 3, 0666)));
    }

    private Config withSysctl(String name, String value) {
        io.carafe.spec.linux.Linux section = with().linux().orElseThrow();
        return with().withLinux(new io.carafe.spec.linux.Linux(List.of(), List.of(), Map.of(name, value), Optional.empty(),
                Optional.empty(), section.namespaces(), List.of(), Map.of(), Optional.empty(), section.rootfsPropagation(), List.of(),
                List.of(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of()));
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_kernel_parameter_is_set_whatever_lies_over_proc(Generation generation) throws Exception {
        InMountNamespace.run(generation.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(withSysctl("net.ipv4.ip_forward", "1")))) {
                rootfs.mount();
                rootfs.pivot();
                if (generation != Generation.OF_2018) {
                    linux.mounts.mount("tmpfs", "/proc/sys", "tmpfs", 0, "");
                }
                rootfs.finish();
                if (generation != Generation.OF_2018) {
                    linux.mounts.umount2("/proc/sys", 0);
                }
            }
            assertEquals("1\n", linux.files.readText(Fd.CWD, "/proc/sys/net/ipv4/ip_forward"));
        });
    }

    @Test
    void a_kernel_parameter_is_not_written_to_what_is_no_procfs() throws Exception {
        InMountNamespace.run(Generation.OF_2018.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            try (Rootfs rootfs = Rootfs.of(linux, plan(withSysctl("kernel.shmmni", "1")))) {
                rootfs.mount();
                rootfs.pivot();
                linux.mounts.mount("tmpfs", "/proc/sys", "tmpfs", 0, "");
                linux.paths.mkdirat(Fd.CWD, "/proc/sys/kernel", 0755);
                linux.paths.mknodat(Fd.CWD, "/proc/sys/kernel/shmmni", FileFlags.S_IFREG | 0644, 0, 0);
                assertEquals(Errno.EXDEV, failure(rootfs::finish), "CVE-2025-52881");
                assertEquals("", linux.files.readText(Fd.CWD, "/proc/sys/kernel/shmmni"));
            }
        });
    }

    @Test
    void files_are_not_masked_by_what_is_no_null_device() throws Exception {
        Path dev = Files.createDirectory(bundle.resolve("dev"));
        Files.writeString(dev.resolve("null"), "trap");
        Files.writeString(root.resolve("file"), "x");
        Config config = with(Mount.of("/dev", "none", "dev", "bind"));
        failsWith(Errno.EINVAL, config.withLinux(config.linux().orElseThrow().withPaths(List.of("/file"), List.of())));
        Files.delete(dev.resolve("null"));
        Files.createSymbolicLink(dev.resolve("null"), Path.of("/proc/sys/kernel/core_pattern"));
        failsWith(Errno.EINVAL, config.withLinux(config.linux().orElseThrow().withPaths(List.of("/file"), List.of())));
    }

    /** mount_namespaces(7): the caller's mounts are in peer groups, as systemd makes them. */
    @ParameterizedTest
    @EnumSource(Generation.class)
    void nothing_reaches_the_callers_mount_namespace(Generation generation) throws Exception {
        Path volume = Files.createDirectory(bundle.resolve("volume"));
        for (String word : new String[] {"", "shared", "rslave", "private", "unbindable"}) {
            Config config = with(Mount.of("/v", "none", "volume", "rbind"));
            io.carafe.spec.linux.Linux section = config.linux().orElseThrow();
            Optional<RootfsPropagation> propagation = word.isEmpty() ? Optional.empty()
                    : Optional.of(RootfsPropagation.valueOf(word.toUpperCase(Locale.ROOT)));
            Config all = config.withLinux(new io.carafe.spec.linux.Linux(List.of(), List.of(), Map.of(), Optional.empty(),
                    Optional.empty(), section.namespaces(), List.of(), Map.of(), Optional.empty(), propagation, List.of(), List.of(),
                    Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Map.of()));
            InMountNamespace.run(generation.linux(), 0, linux -> {
                linux.mounts.mount("tmpfs", volume.toString(), "tmpfs", 0, "");
                linux.mounts.mount("", "/", "", MountFlags.MS_SHARED | MountFlags.MS_REC, "");
                int before = mounts(linux).size();
                try (Fd outside = linux.files.open("/proc/thread-self/ns/mnt", FileFlags.O_RDONLY)) {
                    linux.namespaces.unshare(0x20000);
                    try (Rootfs rootfs = Rootfs.of(linux, plan(all))) {
                        rootfs.mount();
                        rootfs.pivot();
                        rootfs.finish();
                    }
                    List<String> tags = mountOn(linux, "/").tags();
                    if (word.equals("unbindable")) {
                        assertEquals(List.of("unbindable"), tags);
                    } else {
                        String tag = word.equals("shared") ? "shared:" : word.equals("rslave") ? "master:" : "";
                        assertTrue(tag.isEmpty() ? tags.isEmpty() : tags.size() == 1 && tags.get(0).startsWith(tag), word + tags);
                    }
                    boolean peers = mountOn(linux, "/v").tags().toString().contains("shared:");
                    assertEquals(word.equals("shared"), peers, "a volume can only be shared in a shared root: " + word);
                    linux.namespaces.setns(outside, 0x20000);
                }
                assertEquals(before, mounts(linux).size(), word);
            });
        }
    }
}
