package io.carafe.runtime.rootfs.path;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Paths in a root with traps, resolved by openat2(2) and by the walk of older kernels. Outside lies a file named secret. */
class RootTest {

    enum By {
        OPENAT2, WALK
    }

    private static final int RENAME_EXCHANGE = 2;

    @TempDir
    Path top;
    private Path inside;

    @BeforeEach
    void layTraps() throws Exception {
        inside = Files.createDirectory(top.resolve("root"));
        Files.writeString(top.resolve("secret"), "outside");
        Files.createDirectories(inside.resolve("a/b"));
        Files.writeString(inside.resolve("a/file"), "a/file");
        Files.writeString(inside.resolve("secret"), "inside");
        link("up", "../../../../secret");
        link("absolute", top + "/secret");
        link("to-file", "/a/file");
        link("to-b", "a/b");
        link("to-root", "/");
        link("to-parent", "..");
        link("loop", "loop");
        link("dangling", "/made/by/nobody");
        link("dangling-up", "../../made");
        link("a/relative", "../secret");
        link("chain", "to-b/../relative");
    }

    private void link(String name, String target) throws Exception {
        Files.createSymbolicLink(inside.resolve(name), Path.of(target));
    }

    private Root root(By by) {
        Kernel kernel = Door.open();
        Linux linux = Linux.over(by == By.OPENAT2 ? kernel : new WithoutCalls(kernel, Sys.OPENAT2));
        return Root.of(linux, linux.files.open(inside.toString(), O_PATH | O_DIRECTORY));
    }

    private static String read(Fd fd) throws Exception {
        return new String(Linux.over(Door.open()).files.readAll(fd, 100), StandardCharsets.UTF_8);
    }

    private void reads(By by, String path, String expected) throws Exception {
        try (Root root = root(by); Fd fd = root.open(ContainerPath.of(path), O_RDONLY)) {
            assertEquals(expected, read(fd), path);
        }
    }

    private static Errno errno(Runnable call) {
        return assertThrows(KernelException.class, call::run).errno();
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void every_link_is_followed_inside_the_root(By by) throws Exception {
        reads(by, "/a/file", "a/file");
        reads(by, "a//./file", "a/file");
        reads(by, "/to-file", "a/file");
        reads(by, "/up", "inside");
        reads(by, "/a/relative", "inside");
        reads(by, "/chain", "inside");
        reads(by, "/to-root/to-parent/secret", "inside");
        reads(by, "/../../secret", "inside");
        try (Root root = root(by)) {
            assertEquals(Errno.ENOENT, errno(() -> root.open(ContainerPath.of("/absolute"), O_RDONLY)));
            assertEquals(Errno.ELOOP, errno(() -> root.open(ContainerPath.of("/loop"), O_RDONLY)));
            assertEquals(Errno.ENOTDIR, errno(() -> root.open(ContainerPath.of("/a/file/x"), O_RDONLY)));
            assertEquals(Errno.ENOTDIR, errno(() -> root.open(ContainerPath.of("/a/file"), O_PATH | O_DIRECTORY)));
            assertTrue(root.openIfPresent(ContainerPath.of("/dangling"), O_PATH).isEmpty());
            assertTrue(root.openIfPresent(ContainerPath.of("/a/none/x"), O_PATH).isEmpty());
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void a_way_without_links_is_required_where_asked(By by) throws Exception {
        try (Root root = root(by)) {
            assertTrue(root.openWithoutLinks(ContainerPath.of("/none"), O_PATH).isEmpty());
            root.openWithoutLinks(ContainerPath.of("/a/b"), O_PATH | O_DIRECTORY).orElseThrow().close();
            for (String path : new String[] {"/to-b", "/to-root/a", "/dangling", "/to-b/x"}) {
                assertEquals(Errno.ELOOP, errno(() -> root.openWithoutLinks(ContainerPath.of(path), O_PATH)), path);
            }
        }
    }

    /** O_NOFOLLOW is about the last component: the way there may have links. */
    @ParameterizedTest
    @EnumSource(By.class)
    void a_link_is_opened_itself_or_refused_where_it_is_not_to_be_followed(By by) throws Exception {
        Linux linux = Linux.over(Door.open());
        try (Root root = root(by)) {
            for (String path : new String[] {"/to-file", "/dangling", "/to-root/to-file", "/loop"}) {
                try (Fd link = root.open(ContainerPath.of(path), O_PATH | O_NOFOLLOW)) {
                    assertEquals(S_IFLNK, linux.files.fstat(link).type(), path);
                }
                assertEquals(Errno.ELOOP, errno(() -> root.open(ContainerPath.of(path), O_RDONLY | O_NOFOLLOW)), path);
            }
            try (Fd file = root.open(ContainerPath.of("/to-root/a/file"), O_RDONLY | O_NOFOLLOW)) {
                assertEquals("a/file", read(file));
            }
        }
    }

    /** openat2(2): a rename anywhere may make a scoped resolution give up. */
    @ParameterizedTest
    @CsvSource({"0, true", "1, true", "200, true", "1000000, false"})
    void a_path_that_moves_while_it_is_looked_up_is_looked_up_again_but_not_for_ever(int moves, boolean found) {
        AtomicInteger left = new AtomicInteger(moves);
        Kernel moving = new WrappedKernel(Door.open()) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                return nr == Sys.OPENAT2.nr && left.getAndDecrement() > 0 ? -Errno.EAGAIN.number : kernel.call(nr, a, b, c, d, e, f);
            }
        };
        Linux linux = Linux.over(moving);
        try (Root root = Root.of(linux, linux.files.open(inside.toString(), O_PATH | O_DIRECTORY))) {
            if (found) {
                root.open(ContainerPath.of("/a/file"), O_RDONLY).close();
            } else {
                assertEquals(Errno.EAGAIN, errno(() -> root.open(ContainerPath.of("/a/file"), O_RDONLY)));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"OPENAT2, /new", "OPENAT2, /a/b/c/d/e", "OPENAT2, /to-b/x/y", "OPENAT2, /a/b", "WALK, /new", "WALK, /a/b/c/d/e",
            "WALK, /to-b/x/y", "WALK, /a/b"})
    void a_directory_is_made_with_all_above_it(By by, String path) throws Exception {
        try (Root root = root(by); Fd fd = root.makeDirectory(ContainerPath.of(path), 0755)) {
            Path real = inside.resolve(path.substring(1)).toRealPath();
            assertEquals(Files.getAttribute(real, "unix:ino"), Linux.over(Door.open()).files.fstat(fd).inode());
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void a_dangling_link_has_its_target_made_inside_the_root(By by) throws Exception {
        try (Root root = root(by)) {
            root.makeDirectory(ContainerPath.of("/dangling"), 0700).close();
            assertTrue(Files.isDirectory(inside.resolve("made/by/nobody")));
            root.makeFile(ContainerPath.of("/dangling-up/x"), 0600).close();
            assertTrue(Files.isRegularFile(inside.resolve("made/x")));
            root.makeFile(ContainerPath.of("/absolute"), 0600).close();
            assertTrue(Files.isRegularFile(inside.resolve(top.toString().substring(1)).resolve("secret")));
        }
        assertFalse(Files.exists(top.resolve("made")));
        assertEquals("outside", Files.readString(top.resolve("secret")));
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void what_stands_there_is_kept(By by) throws Exception {
        try (Root root = root(by)) {
            root.makeFile(ContainerPath.of("/to-file"), 0600).close();
            assertEquals("a/file", Files.readString(inside.resolve("a/file")));
            assertEquals(Errno.ENOTDIR, errno(() -> root.makeDirectory(ContainerPath.of("/to-file"), 0755)));
            assertEquals(Errno.ENOTDIR, errno(() -> root.makeFile(ContainerPath.of("/a/file/x"), 0600)));
            assertEquals(Errno.ELOOP, errno(() -> root.makeDirectory(ContainerPath.of("/loop/x"), 0755)));
        }
    }

    @ParameterizedTest
    @EnumSource(By.class)
    void links_of_proc_lead_nowhere_else(By by) throws Exception {
        Linux linux = Linux.over(by == By.OPENAT2 ? Door.open() : new WithoutCalls(Door.open(), Sys.OPENAT2));
        try (Root root = Root.of(linux, linux.files.open("/proc", O_PATH | O_DIRECTORY))) {
            // openat2 refuses it; the walk reads the link's text, which means nothing below /proc.
            Errno errno = errno(() -> root.open(ContainerPath.of("/self/cwd"), O_PATH | O_DIRECTORY));
            assertEquals(by == By.OPENAT2 ? Errno.EXDEV : Errno.ENOENT, errno);
        }
    }

    /**
     * CVE-2021-30465 and CVE-2024-45310: a neighbour who shares the tree swaps a directory for a link that leads out, without
     * pause, while paths through it are opened and made.
     */
    @ParameterizedTest
    @EnumSource(By.class)
    void a_swapped_link_never_leads_out(By by) throws Exception {
        Path outside = Files.createDirectory(top.resolve("outside"));
        Files.createDirectory(outside.resolve("sub"));
        Path place = Files.createDirectory(inside.resolve("place"));
        Files.createDirectory(inside.resolve("place/sub"));
        Path aside = inside.resolve("aside");
        Files.createSymbolicLink(aside, outside);
        Object insideIno = Files.getAttribute(place.resolve("sub"), "unix:ino");
        AtomicBoolean done = new AtomicBoolean();
        Thread swapper = new Thread(() -> {
            Linux linux = Linux.over(Door.open());
            while (!done.get()) {
                linux.paths.rename(Fd.CWD, place.toString(), Fd.CWD, aside.toString(), RENAME_EXCHANGE);
            }
        });
        swapper.start();
        int opened = 0;
        try (Root root = root(by)) {
            Linux linux = Linux.over(Door.open());
            for (int i = 0; i < 400; i++) {
                try (Fd fd = root.open(ContainerPath.of("/place/sub"), O_PATH | O_DIRECTORY)) {
                    assertEquals(insideIno, linux.files.fstat(fd).inode());
                    opened++;
                } catch (KernelException e) {
                    // Inside the root there is no such path while the link stands.
                    assertTrue(e.is(Errno.ENOENT) || e.is(Errno.EAGAIN), e.getMessage());
                }
                try {
                    root.makeDirectory(ContainerPath.of("/place/made" + i), 0755).close();
                    root.makeFile(ContainerPath.of("/place/file" + i), 0644).close();
                } catch (KernelException e) {
                    assertTrue(e.is(Errno.EAGAIN), e.getMessage());
                }
            }
        } finally {
            done.set(true);
            swapper.join();
        }
        assertTrue(opened > 0, "the place was never there");
        try (var left = Files.list(outside)) {
            assertEquals(1, left.count(), "something was made outside");
        }
    }

    /** The same at the worst moment: what was made is swapped before it is opened. */
    @ParameterizedTest
    @EnumSource(By.class)
    void what_was_just_made_is_not_opened_through_a_link(By by) throws Exception {
        Kernel real = by == By.OPENAT2 ? Door.open() : new WithoutCalls(Door.open(), Sys.OPENAT2);
        Kernel swapping = new WrappedKernel(real) {
            @Override
            public long call(int nr, long a, long b, long c, long d, long e, long f) {
                long result = kernel.call(nr, a, b, c, d, e, f);
                if (result == 0 && (nr == Sys.MKDIRAT.nr || nr == Sys.MKNODAT.nr) && !Files.isSymbolicLink(inside.resolve("new"))) {
                    try {
                        Files.delete(inside.resolve("new"));
                        link("new", nr == Sys.MKDIRAT.nr ? top.toString() : top + "/secret");
                    } catch (Exception failed) {
                        throw new IllegalStateException(failed);
                    }
                }
                return result;
            }
        };
        Linux linux = Linux.over(swapping);
        for (boolean file : new boolean[] {false, true}) {
            try (Root root = Root.of(linux, linux.files.open(inside.toString(), O_PATH | O_DIRECTORY));
                    Fd fd = file ? root.makeFile(ContainerPath.of("/new"), 0600) : root.makeDirectory(ContainerPath.of("/new"), 0755)) {
                Path outside = file ? top.resolve("secret") : top;
                assertFalse(linux.files.fstat(fd).isSameFile(linux.paths.statx(Fd.CWD, outside.toString(), 0)));
            }
            Files.delete(inside.resolve("new"));
        }
    }

    private Fd mount(Linux linux, String name) throws Exception {
        Files.createDirectories(top.resolve(name + "/b"));
        Files.writeString(top.resolve(name + "/x"), name);
        Files.writeString(top.resolve(name + "/b/x"), name + "/b");
        return linux.files.open(top.resolve(name).toString(), O_PATH | O_DIRECTORY);
    }

    @Test
    void a_path_begins_at_the_deepest_mount_that_is_not_covered() throws Exception {
        Linux linux = Linux.over(Door.open());
        try (Root root = root(By.OPENAT2)) {
            root.mounted(ContainerPath.of("/a"), mount(linux, "m1"));
            root.mounted(ContainerPath.of("/a/b"), mount(linux, "m2"));
            root.mounted(ContainerPath.of("/a-b"), mount(linux, "m3"));
            root.mounted(ContainerPath.of("/a0"), mount(linux, "m4"));
            assertEquals("m1", text(root, "/a/x"));
            assertEquals("m2", text(root, "/a/b/x"));
            assertEquals("m2/b", text(root, "/a/b/b/x"));
            root.covered(ContainerPath.of("/a/b"));
            assertEquals("m1/b", text(root, "/a/b/x"));
            root.mounted(ContainerPath.of("/a/b"), mount(linux, "m5"));
            root.mounted(ContainerPath.of("/a"), mount(linux, "m6"));
            assertEquals("m6/b", text(root, "/a/b/x"));
            assertFalse(root.hasMounted(ContainerPath.of("/a/b")));
            assertEquals("m3", text(root, "/a-b/x"));
            assertEquals("m4", text(root, "/a0/x"));
        }
    }

    private static String text(Root root, String path) throws Exception {
        try (Fd fd = root.open(ContainerPath.of(path), O_RDONLY)) {
            return read(fd);
        }
    }
}
