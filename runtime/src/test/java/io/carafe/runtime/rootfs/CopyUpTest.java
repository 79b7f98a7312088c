package io.carafe.runtime.rootfs;

import static io.carafe.runtime.rootfs.path.InMountNamespace.mountOn;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.linux.door.Door;
import io.carafe.spec.Mount;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The option tmpcopyup: what a tmpfs holds when the container begins. */
class CopyUpTest extends PerformedPlan {

    private final Linux host = Linux.over(Door.open());

    private void own(Path path, int uid, int gid) {
        host.paths.fchownat(Fd.CWD, path.toString(), uid, gid, FileFlags.AT_SYMLINK_NOFOLLOW);
    }

    private void mode(Path path, int mode) {
        host.paths.fchmodat(Fd.CWD, path.toString(), mode);
    }

    @ParameterizedTest
    @EnumSource(Generation.class)
    void a_tree_is_copied_with_types_modes_owners_and_links(Generation generation) throws Exception {
        Path top = Files.createDirectory(root.resolve("t"));
        Path sub = Files.createDirectories(top.resolve("a/sub"));
        Path file = Files.writeString(sub.resolve("file"), "content");
        Files.createLink(top.resolve("again"), file);
        Files.createSymbolicLink(top.resolve("link"), Path.of("/etc/passwd"));
        host.paths.mknodat(Fd.CWD, top.resolve("null").toString(), FileFlags.S_IFCHR | 0604, 1, 3);
        host.paths.mknodat(Fd.CWD, top.resolve("fifo").toString(), FileFlags.S_IFIFO | 0622, 0, 0);
        own(top, 3, 4);
        own(sub, 5, 6);
        own(file, 7, 8);
        own(top.resolve("link"), 9, 10);
        mode(top, 02751);
        mode(top.resolve("fifo"), 0622);
        mode(sub, 01700);
        mode(file, 04711);

        run(generation, with(Mount.of("/t", "tmpfs", "x", "tmpcopyup", "nosuid"), Mount.of("/new", "tmpfs", "x", "tmpcopyup")), linux -> {
            assertEquals("tmpfs", mountOn(linux, "/t").type());
            assertEquals(FileFlags.S_IFDIR | 02751, status(linux, "/t").mode());
            assertEquals(List.of(3, 4), List.of(status(linux, "/t").uid(), status(linux, "/t").gid()));
            assertEquals(new TreeSet<>(List.of("a", "again", "fifo", "link", "null")), new TreeSet<>(linux.files.list(Fd.CWD, "/t")));
            assertEquals(FileFlags.S_IFDIR | 01700, status(linux, "/t/a/sub").mode());
            assertEquals(5, status(linux, "/t/a/sub").uid());
            FileStatus copy = status(linux, "/t/a/sub/file");
            assertEquals(List.of(FileFlags.S_IFREG | 04711, 7, 8), List.of(copy.mode(), copy.uid(), copy.gid()));
            assertEquals("content", linux.files.readText(Fd.CWD, "/t/a/sub/file"));
            assertTrue(copy.isSameFile(status(linux, "/t/again")), "one file with two names");
            assertEquals("/etc/passwd", linux.paths.readlinkat(Fd.CWD, "/t/link"));
            assertEquals(9, status(linux, "/t/link").uid());
            assertTrue(status(linux, "/t/null").isCharacterDevice(1, 3));
            assertEquals(0604, status(linux, "/t/null").permissions());
            assertEquals(FileFlags.S_IFIFO | 0622, status(linux, "/t/fifo").mode());
            assertEquals(List.of(), linux.files.list(Fd.CWD, "/new"));
            linux.paths.unlinkat(Fd.CWD, "/t/a/sub/file", 0);
        });
        assertEquals("content", Files.readString(file), "what lies below is only read");
    }

    @Test
    void a_read_only_tmpfs_and_one_with_a_mode_are_filled_too() throws Exception {
        Files.writeString(Files.createDirectory(root.resolve("t")).resolve("file"), "content");
        run(with(Mount.of("/t", "tmpfs", "x", "tmpcopyup", "ro", "mode=700")), linux -> {
            assertEquals("content", linux.files.readText(Fd.CWD, "/t/file"));
            assertEquals(0700, status(linux, "/t").permissions());
            assertEquals(Errno.EROFS, failure(() -> linux.paths.mkdirat(Fd.CWD, "/t/x", 0755)));
        });
    }

    @Test
    void a_tmpfs_that_is_too_small_says_which_file_did_not_fit() throws Exception {
        Files.write(Files.createDirectory(root.resolve("t")).resolve("big"), new byte[1 << 20]);
        String message = failsWith(Errno.ENOSPC, with(Mount.of("/t", "tmpfs", "x", "tmpcopyup", "size=64k"))).getMessage();
        assertTrue(message.startsWith("mount tmpfs on /t: copy up big: ENOSPC: "), message);
        assertTrue(message.endsWith("(the tmpfs is too small for what lies below it; see its size option)"), message);
    }

    @Test
    void a_link_in_the_tree_gives_no_file_of_the_host() throws Exception {
        Path secret = Files.writeString(bundle.resolve("secret"), "of the host");
        Files.createSymbolicLink(Files.createDirectory(root.resolve("t")).resolve("link"), secret);
        run(with(Mount.of("/t", "tmpfs", "x", "tmpcopyup")), linux -> {
            assertEquals(secret.toString(), linux.paths.readlinkat(Fd.CWD, "/t/link"));
            assertFalse(linux.paths.statxIfPresent(Fd.CWD, "/t/link", 0).isPresent(), "it leads nowhere inside");
        });
    }
}
