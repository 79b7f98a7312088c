package io.carafe.runtime.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.door.Door;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.runtime.rootfs.source.MountMaps;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Owners as a container sees them through the maps of a mount. The user namespaces are those of unshare(1). */
class PreparedMountsTest extends PerformedPlan {

    private static final List<IdMapping> UIDS = List.of(new IdMapping(0, 100000, 10));
    private static final List<IdMapping> GIDS = List.of(new IdMapping(0, 200000, 10));

    private Linux host = Linux.over(Door.open());

    /** As the runtime does it with a child of its own, which a JVM cannot have. */
    private Fd userNamespace(MountIds ids) {
        try {
            Process process = new ProcessBuilder("unshare", "-U", "sleep", "60").start();
            try {
                Path proc = Path.of("/proc/" + process.pid());
                Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/user"));
                while (Files.readSymbolicLink(proc.resolve("ns/user")).equals(own)) {
                    Thread.onSpinWait();
                }
                Files.writeString(proc.resolve("uid_map"), lines(ids.uids()));
                Files.writeString(proc.resolve("gid_map"), lines(ids.gids()));
                return host.files.open(proc + "/ns/user", FileFlags.O_RDONLY);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String lines(List<IdMapping> maps) {
        StringBuilder lines = new StringBuilder();
        for (IdMapping map : maps) {
            lines.append(map.containerID()).append(' ').append(map.hostID()).append(' ').append(map.size()).append('\n');
        }
        return lines.toString();
    }

    private void runMapped(Config config, Look before, Look look) throws Exception {
        InMountNamespace.run(Generation.NOW.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            before.at(linux);
            RootfsPlan plan = plan(config);
            try (MountMaps maps = MountMaps.make(linux, plan.maps(), this::userNamespace);
                    Rootfs rootfs = Rootfs.of(linux, plan, new Rootfs.Outside(PreparedMounts.prepare(linux, plan.prepared(), this::userNamespace),
                            maps, Optional.empty(), Optional.empty()))) {
                rootfs.mount();
                rootfs.pivot();
                rootfs.finish();
            }
            look.at(linux);
        });
    }

    private static Mount mapped(String at, String type, String source, String... options) {
        return new Mount(at, Optional.of(type), Optional.of(source), List.of(options), UIDS, GIDS);
    }

    private static List<Integer> owner(Linux linux, String path) {
        FileStatus status = status(linux, path);
        return List.of(status.uid(), status.gid());
    }

    @Test
    void a_bind_shows_owners_as_its_maps_say() throws Exception {
        Path file = Files.createFile(Files.createDirectory(bundle.resolve("volume")).resolve("file"));
        host.paths.fchownat(Fd.CWD, file.toString(), 5, 6, 0);
        runMapped(with(mapped("/v", "none", "volume", "bind", "idmap", "ro"), Mount.of("/plain", "none", "volume", "bind")),
                linux -> { }, linux -> {
                    assertEquals(List.of(100005, 200006), owner(linux, "/v/file"));
                    assertEquals(List.of(100000, 200000), owner(linux, "/v"));
                    assertEquals(Errno.EROFS, failure(() -> linux.paths.mkdirat(Fd.CWD, "/v/x", 0755)));
                    assertEquals(List.of(5, 6), owner(linux, "/plain/file"));
                });
    }

    @Test
    void what_is_mounted_below_is_mapped_with_ridmap_alone() throws Exception {
        Files.createDirectories(bundle.resolve("volume/sub"));
        runMapped(with(mapped("/one", "none", "volume", "rbind", "idmap"), mapped("/all", "none", "volume", "rbind", "ridmap")),
                linux -> linux.mounts.mount("tmpfs", bundle.resolve("volume/sub").toString(), "tmpfs", 0, ""), linux -> {
                    assertEquals(List.of(100000, 200000), owner(linux, "/one"));
                    assertEquals(List.of(0, 0), owner(linux, "/one/sub"));
                    assertEquals(List.of(100000, 200000), owner(linux, "/all/sub"));
                });
    }

    /** Linux 6.3 for a tmpfs. */
    @Test
    void a_new_file_system_is_mapped_as_well() throws Exception {
        runMapped(with(mapped("/t", "tmpfs", "x", "mode=755")), linux -> { },
                linux -> assertEquals(List.of(100000, 200000), owner(linux, "/t")));
    }

    @Test
    void a_file_system_that_cannot_be_mapped_says_so() {
        KernelException refused = assertThrows(KernelException.class, () -> runMapped(with(mapped("/c", "none", "/proc/self", "bind")),
                linux -> { }, linux -> { }));
        assertEquals("bind /proc/self on /c: map the ids of /proc/self: mount_setattr idmap: EINVAL: invalid argument"
                + " (this file system cannot be mounted with ids mapped)", refused.getMessage());
    }

    @Test
    void a_failure_leaves_no_descriptor() throws Exception {
        Set<Long> open = new TreeSet<>();
        Kernel counting = new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                if (nr == Sys.CLOSE.nr) {
                    assertTrue(open.remove(a), "closed twice: " + a);
                }
                long result = kernel.call(nr, a, b, c, d, e, f);
                if (result >= 0 && List.of(Sys.OPEN_TREE.nr, Sys.OPENAT.nr, Sys.FSOPEN.nr, Sys.FSMOUNT.nr).contains(nr)) {
                    open.add(result);
                }
                return result;
            }
        };
        host = Linux.over(counting);
        Files.createDirectory(bundle.resolve("volume"));
        Config config = with(mapped("/t", "tmpfs", "x"), mapped("/c", "no-such-type", "x"));
        assertThrows(KernelException.class, () -> PreparedMounts.prepare(host, plan(config).prepared(), this::userNamespace));
        assertEquals(Set.of(), open);
    }
}
