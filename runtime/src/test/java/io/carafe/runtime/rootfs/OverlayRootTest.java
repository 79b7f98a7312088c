package io.carafe.runtime.rootfs;

import static io.carafe.runtime.rootfs.path.InMountNamespace.mountOn;
import static io.carafe.runtime.rootfs.path.InMountNamespace.mounts;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.MountFlags;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.linux.proc.MountInfo;
import io.carafe.runtime.rootfs.path.InMountNamespace;
import io.carafe.runtime.rootfs.path.WrappedKernel;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A root put together from layers, seen from inside. The bundle is on a tmpfs: a test machine may itself be on an overlay. */
class OverlayRootTest extends PerformedPlan {

    /** How old the kernel's overlayfs is. */
    enum Age {
        NOW,
        /** No lowerdir+: before 6.8. */
        OF_2023,
        /** The options of a context are not looked at: before 6.5. */
        OF_2022,
        /** No fsopen: before 5.2. */
        OF_2018;

        Linux linux() {
            Kernel real = Door.open();
            if (this == NOW || this == OF_2018) {
                return Linux.over(this == NOW ? real : Generation.OF_2018.kernel());
            }
            return Linux.over(new WrappedKernel(real) {
                @Override
                public long call(int nr, long a, long b, long c, long d, long e, long f) {
                    if (nr == Sys.FSCONFIG.nr && b == MountFlags.FSCONFIG_SET_STRING && is(c, "lowerdir+")) {
                        return -Errno.EINVAL.number;
                    }
                    if (Age.this == OF_2022 && nr == Sys.FSCONFIG.nr && b == MountFlags.FSCONFIG_SET_FLAG) {
                        return 0;
                    }
                    return kernel.call(nr, a, b, c, d, e, f);
                }

                private boolean is(long address, String text) {
                    byte[] found = new byte[text.length()];
                    kernel.get(address, found, 0, found.length);
                    return new String(found).equals(text) && kernel.getByte(address + text.length()) == 0;
                }
            });
        }
    }

    /** Makes the layers, inside the mount namespace, on the tmpfs that is the bundle there. */
    interface Prepare {
        void in(Path bundle) throws Exception;
    }

    private static Config layered(String... pairs) {
        Map<String, String> annotations = new TreeMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            annotations.put("io.carafe.rootfs." + pairs[i], pairs[i + 1]);
        }
        return config().withAnnotations(annotations).withMounts(List.of(Mount.of("/proc", "proc", "proc")));
    }

    private void run(Age age, Config config, Prepare prepare, Look look) throws Exception {
        InMountNamespace.run(age.linux(), CLONE_NEWIPC | CLONE_NEWNET, linux -> {
            linux.mounts.mount("tmpfs", bundle.toString(), "tmpfs", 0, "");
            Files.createDirectory(root);
            prepare.in(bundle);
            try (Rootfs rootfs = Rootfs.of(linux, plan(config.withRoot(new Root("rootfs", false))))) {
                rootfs.mount();
                rootfs.pivot();
            }
            look.at(linux);
        });
    }

    private static void layer(Path bundle, String name, String... files) throws Exception {
        Path layer = Files.createDirectories(bundle.resolve(name));
        for (String file : files) {
            Files.createDirectories(layer.resolve(file).getParent());
            Files.writeString(layer.resolve(file), name);
        }
    }

    private static void mark(Path directory, String attribute) {
        Linux host = Linux.over(Door.open());
        try (Memory.Frame frame = new Memory(host.kernel).frame()) {
            assertEquals(0, host.kernel.call(Sys.SETXATTR.nr, frame.string(directory.toString()), frame.string(attribute),
                    frame.string("y"), 1, 0));
        }
    }

    private static String text(Linux linux, String path) {
        return linux.files.readText(Fd.CWD, path);
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void the_first_layer_is_the_topmost(Age age) throws Exception {
        run(age, layered("lower", "top:middle:bottom"), bundle -> {
            layer(bundle, "bottom", "a", "b", "c");
            layer(bundle, "middle", "a", "b");
            layer(bundle, "top", "a");
        }, linux -> {
            assertEquals(List.of("top", "middle", "bottom"), List.of(text(linux, "/a"), text(linux, "/b"), text(linux, "/c")));
            assertEquals("overlay", mountOn(linux, "/").type());
            for (MountInfo mount : mounts(linux)) {
                assertFalse(mount.mountPoint().startsWith(bundle.toString()), "the host is still there: " + mount);
            }
        });
        try (var left = Files.list(bundle)) {
            assertEquals(List.of("rootfs"), left.map(path -> path.getFileName().toString()).toList());
        }
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void a_whiteout_and_an_opaque_directory_hide_what_lies_below(Age age) throws Exception {
        Linux host = Linux.over(Door.open());
        run(age, layered("lower", "top:bottom"), bundle -> {
            layer(bundle, "bottom", "gone", "dir/hidden", "stays");
            layer(bundle, "top", "dir/shown");
            host.paths.mknodat(Fd.CWD, bundle.resolve("top/gone").toString(), FileFlags.S_IFCHR, 0, 0);
            mark(bundle.resolve("top/dir"), "trusted.overlay.opaque");
        }, linux -> {
            assertFalse(linux.paths.statxIfPresent(Fd.CWD, "/gone", 0).isPresent());
            assertEquals(List.of("shown"), linux.files.list(Fd.CWD, "/dir"));
            assertEquals("bottom", text(linux, "/stays"));
        });
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void two_hundred_layers_become_one_tree(Age age) throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            names.add("layers/with-a-name-of-some-length-" + "x".repeat(30) + i);
        }
        run(age, layered("lower", String.join(":", names)), bundle -> {
            for (int i = 0; i < names.size(); i++) {
                layer(bundle, names.get(i), "file" + i, "common");
            }
        }, linux -> {
            assertEquals(names.get(0), text(linux, "/common"));
            assertEquals(names.get(199), text(linux, "/file199"));
            assertEquals(203, linux.files.list(Fd.CWD, "/").size(), "200 files, common, dev, proc");
        });
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void what_is_written_goes_to_the_upper_directory_and_stays(Age age) throws Exception {
        Map<String, Fd> kept = new TreeMap<>();
        run(age, layered("lower", "low", "upper", "u\\p", "work", "work", "volatile", "true"), bundle -> {
            layer(bundle, "low", "file");
            layer(bundle, "u\\p");
            layer(bundle, "work");
            kept.put("up", open(bundle.resolve("u\\p")));
            kept.put("low", open(bundle.resolve("low")));
        }, linux -> {
            linux.paths.mkdirat(Fd.CWD, "/made", 0750);
            linux.paths.unlinkat(Fd.CWD, "/file", 0);
            assertTrue(mountOn(linux, "/").superOptions().contains("volatile"));
            assertEquals(0750, linux.paths.statx(kept.get("up"), "made", 0).permissions());
            assertTrue(linux.paths.statx(kept.get("up"), "file", 0).isCharacterDevice(0, 0), "a whiteout");
            assertEquals("low", linux.files.readText(kept.get("low"), "file"));
        });
        kept.values().forEach(Fd::close);
    }

    /** root.path may be the lowest layer: then it is both what is read and where the overlay goes. */
    @ParameterizedTest
    @EnumSource(Age.class)
    void without_an_upper_directory_changes_are_in_memory(Age age) throws Exception {
        Map<String, Fd> kept = new TreeMap<>();
        run(age, layered("lower", "rootfs"), bundle -> {
            layer(bundle, "rootfs", "file");
            Linux.over(Door.open()).paths.fchmodat(Fd.CWD, bundle.resolve("rootfs").toString(), 0711);
            kept.put("low", open(bundle.resolve("rootfs")));
        }, linux -> {
            linux.paths.mkdirat(Fd.CWD, "/made", 0750);
            linux.paths.unlinkat(Fd.CWD, "/file", 0);
            assertEquals(0711, status(linux, "/").permissions());
            assertEquals(List.of("file"), linux.files.list(kept.get("low"), "."));
            assertEquals(2, mounts(linux).size(), "the root and /proc: the tmpfs went with the host");
        });
        kept.values().forEach(Fd::close);
    }

    private static Fd open(Path path) {
        return Linux.over(Door.open()).files.open(path.toString(), FileFlags.O_PATH);
    }

    @ParameterizedTest
    @EnumSource(Age.class)
    void any_name_may_be_a_layer(Age age) throws Exception {
        String odd = "a:b,c=d\\e ";
        String deep = ("n".repeat(100) + "/").repeat(4) + "end";
        run(age, layered("lower", odd.replace("\\", "\\\\").replace(":", "\\:") + ":" + deep), bundle -> {
            layer(bundle, odd, "odd");
            layer(bundle, deep, "deep");
        }, linux -> assertEquals(List.of(odd, deep), List.of(text(linux, "/odd"), text(linux, "/deep"))));
    }

    @Test
    void an_entry_of_mounts_may_be_an_overlay() throws Exception {
        Mount mount = Mount.of("/o", "overlay", "overlay", "lowerdir=" + bundle + "/top:" + bundle + "/bottom", "upperdir=" + bundle + "/up",
                "workdir=" + bundle + "/work", "nosuid");
        run(Age.NOW, config().withMounts(List.of(mount)), bundle -> {
            layer(bundle, "bottom", "a", "b");
            layer(bundle, "top", "a");
            layer(bundle, "up", "c");
            layer(bundle, "work");
        }, linux -> assertEquals(List.of("top", "bottom", "up"), List.of(text(linux, "/o/a"), text(linux, "/o/b"), text(linux, "/o/c"))));
    }

    /**
     * Linux 6.8 takes them one by one; before that an entry's options must fit the page of mount(2), in which their names begin at the
     * directory that they share.
     */
    @ParameterizedTest
    @CsvSource({"NOW, 300", "NOW, 128", "OF_2023, 128", "OF_2022, 128", "OF_2018, 128"})
    void an_entry_of_mounts_may_have_hundreds_of_layers(Age age, int count) throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(bundle + "/layers/of-some-length-" + i);
        }
        run(age, config().withMounts(List.of(Mount.of("/o", "overlay", "overlay", "lowerdir=" + String.join(":", names)))), bundle -> {
            for (int i = 0; i < names.size(); i++) {
                layer(bundle, "layers/of-some-length-" + i, "file" + i, "common");
            }
        }, linux -> {
            assertEquals("layers/of-some-length-0", text(linux, "/o/common"));
            assertEquals(count + 1, linux.files.list(Fd.CWD, "/o").size());
        });
    }

    @Test
    void a_layer_that_is_missing_is_named() {
        KernelException missing = assertThrows(KernelException.class,
                () -> run(Age.NOW, layered("lower", "low:none"), bundle -> layer(bundle, "low"), linux -> { }));
        assertEquals("mount an overlay on root.path " + root + ": open " + bundle + "/none: ENOENT: no such file or directory",
                missing.getMessage());
    }

    @Test
    void an_upper_directory_that_cannot_be_is_refused_with_the_reason() {
        KernelException refused = assertThrows(KernelException.class,
                () -> run(Age.NOW, layered("lower", "low", "upper", "low/up", "work", "low/up/work"), bundle -> {
                    layer(bundle, "low/up/work");
                }, linux -> { }));
        assertTrue(refused.is(Errno.EINVAL) && refused.getMessage().endsWith(")"), refused.getMessage());
    }
}
