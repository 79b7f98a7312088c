package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** CVE-2019-5736: a container gets a handle on the runtime's executable. The one that is attacked here is a copy. */
@ExtendWith(HostUnchanged.class)
class SealedExecutableIT {

    private static final int USER = 65534;
    /** Who executes it becomes the runtime itself, as a process of the container. */
    private static final String TRAP = "#!/proc/self/exe\n";
    private static final int PIPE = 64 * 1024;

    @TempDir
    private Path directory;
    private Path binary;
    private byte[] content;

    @BeforeEach
    void copy() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        binary = Files.copy(Carafe.in(directory).binary(), directory.resolve("carafe"), StandardCopyOption.COPY_ATTRIBUTES);
        content = Files.readAllBytes(binary);
    }

    private Process start(List<String> before, Carafe carafe, String... words) throws IOException {
        ProcessBuilder builder = carafe.builder(before, words);
        builder.command().replaceAll(word -> word.equals(carafe.binary().toString()) ? binary.toString() : word);
        Path out = Files.createTempFile(directory, "out", "");
        return builder.redirectInput(Path.of("/dev/null").toFile()).redirectErrorStream(true).redirectOutput(out.toFile()).start();
    }

    private void call(Carafe carafe, String... words) throws Exception {
        assertEquals(0, start(List.of(), carafe, words).waitFor(), () -> String.join(" ", words));
    }

    /**
     * The attack: pid 1 opens the executable of the process that fell into the trap, waits for its end, since a running program
     * cannot be opened for writing, and writes through what it holds.
     */
    private void attack(Carafe carafe, Bundle bundle) throws Exception {
        Path trap = Files.writeString(bundle.rootfs().resolve("trap"), TRAP);
        assertTrue(trap.toFile().setExecutable(true));
        bundle.writable().script("""
                echo > /ready
                while :; do for p in /proc/[0-9]*; do case $(cat $p/cmdline 2> /dev/null) in /proc/self/exe*)
                    exec 5< $p/exe; echo > /held
                    while test -e $p/exe; do usleep 1000; done
                    n=0 # the caller of exec runs it, too, for another moment
                    while test $n -lt 100; do
                        (echo overwritten > /proc/self/fd/5) 2> /refused && echo > /written; n=$((n + 1)); usleep 5000
                    done; echo > /done; exec sleep 1000;;
                esac; done; done""");
        call(carafe, "run", "--detach", "--bundle", bundle.path().toString(), bundle.id());
        try {
            await(bundle.rootfs().resolve("ready"));
            // Its stderr is a full pipe: inside, it stops while it says what it thinks of the words that it was called with.
            Path pipe = directory.resolve("pipe");
            assertEquals(0, new ProcessBuilder("mkfifo", "-m", "666", pipe.toString()).start().waitFor());
            Process victim = start(List.of("sh", "-c", "exec 2<> \"$0\" && head -c " + PIPE + " /dev/zero >&2 && exec \"$@\"", pipe.toString()),
                    carafe, "exec", bundle.id(), "/trap");
            await(bundle.rootfs().resolve("held"));
            try (InputStream said = Files.newInputStream(pipe)) {
                said.readNBytes(PIPE);
                victim.waitFor();
                assertEquals("carafe: unknown command", new String(said.readNBytes(23), StandardCharsets.UTF_8), "it did not run inside");
            }
            await(bundle.rootfs().resolve("done"));
            assertArrayEquals(content, Files.readAllBytes(binary), "the runtime was overwritten");
            assertFalse(Files.exists(bundle.rootfs().resolve("written")), "something was written");
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds(); // not by the copy, which may be spoilt
        }
    }

    private static void await(Path file) throws InterruptedException {
        for (int i = 0; i < 18_000; i++) {
            if (Files.exists(file)) {
                return;
            }
            Thread.sleep(10);
        }
        throw new AssertionError("waited in vain for " + file);
    }

    @Test
    void a_process_inside_cannot_overwrite_the_runtime_that_it_made_run_as_proc_self_exe() throws Exception {
        attack(Carafe.in(directory.resolve("root")), Bundle.in(directory));
    }

    @Test
    void the_executable_of_an_init_that_waits_is_on_a_read_only_mount() throws Exception {
        created(Carafe.in(directory.resolve("root")), Bundle.in(directory), (linux, exe) -> {
            assertTrue((linux.paths.statfs(exe).flags() & FileFlags.ST_RDONLY) != 0, "not read-only");
            KernelException refused = assertThrows(KernelException.class,
                    () -> linux.files.open(exe, FileFlags.O_WRONLY | FileFlags.O_TRUNC).close());
            assertEquals(Errno.EROFS, refused.errno());
        });
    }

    /** The user may make no mount, and owns the file. */
    @Test
    void an_ordinary_users_own_executable_runs_from_a_sealed_memfd() throws Exception {
        Bundle bundle = Bundle.rootless(directory, USER, USER);
        assertEquals(0, new ProcessBuilder("chown", "-R", USER + ":" + USER, directory.toString()).start().waitFor());
        created(Carafe.in(directory.resolve("root")).asOrdinaryUser(), bundle, (linux, exe) -> {
            try (Fd memfd = linux.files.open(exe, FileFlags.O_RDONLY)) {
                assertTrue((linux.files.fcntl(memfd, FileFlags.F_GET_SEALS, 0) & FileFlags.F_SEAL_WRITE) != 0, "not sealed");
            }
        });
    }

    private interface Look {
        void at(Linux linux, String exe);
    }

    private void created(Carafe carafe, Bundle bundle, Look look) throws Exception {
        Path pidFile = directory.resolve("pid");
        call(carafe, "create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id());
        try {
            look.at(Linux.over(Door.open()), "/proc/" + Files.readString(pidFile) + "/exe");
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds(); // not by the copy, which may be spoilt
        }
    }
}
