package io.carafe.runtime.binary.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A container whose cgroups are no longer where carafe made them, or were never made. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class ElsewhereIT {

    /** Calls something as root of a user namespace that is no user of the host's: it may make no cgroup. */
    private static final String ROOT_OF_A_USER_NAMESPACE = """
            use POSIX ();
            pipe(my $r, my $w); pipe(my $r2, my $w2);
            my $pid = fork;
            if (!$pid) {
                syscall(UNSHARE, 0x10000000) == 0 or POSIX::_exit(99);
                syswrite $w, 'x'; sysread $r2, my $x, 1;
                POSIX::setgid(0); POSIX::setuid(0);
                exec @ARGV; POSIX::_exit(98);
            }
            sysread $r, my $x, 1;
            for my $f ('uid_map', 'gid_map') { open my $m, '>', "/proc/$pid/$f" or die; syswrite $m, '0 100000 65536' or die; }
            syswrite $w2, 'x';
            waitpid $pid, 0;
            exit($? >> 8);
            """.replace("UNSHARE", Integer.toString(io.carafe.linux.abi.Sys.UNSHARE.nr));

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;
    private final List<Path> made = new ArrayList<>();

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
    }

    @AfterEach
    void deleted() throws IOException {
        carafe.call("delete", "--force", bundle.id());
        for (Path cgroup : made) {
            long start = System.nanoTime();
            while (Files.exists(cgroup) && System.nanoTime() - start < 60_000_000_000L && !cgroup.toFile().delete()) {
                Thread.onSpinWait();
            }
        }
    }

    /** @return the init's pid */
    private int started() throws IOException {
        Path pidFile = directory.resolve("init.pid");
        carafe.call("run", "--detach", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        return Integer.parseInt(Files.readString(pidFile));
    }

    private static boolean isV2() {
        return Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file).strip();
    }

    /** Each cgroup of a process that has the container's name, on the host. */
    private List<Path> cgroups(int pid) throws IOException {
        List<Path> cgroups = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/cgroup"))) {
            String[] parts = line.split(":", 3);
            String hierarchy = parts[1].isEmpty() ? isV2() ? "" : "/unified" : "/" + parts[1].replace("name=", "");
            Path cgroup = Path.of("/sys/fs/cgroup" + hierarchy + parts[2]);
            if (parts[2].contains(bundle.id()) && Files.exists(cgroup)) {
                cgroups.add(cgroup);
            }
        }
        return cgroups;
    }

    private static void write(Path file, String text) throws IOException {
        Files.writeString(file, text);
    }

    /** Moves the init to a cgroup beside its own. @param remove whether its own goes */
    private void move(int pid, boolean remove) throws IOException {
        List<Path> before = cgroups(pid);
        assertFalse(before.isEmpty());
        for (Path cgroup : before) {
            Path other = Files.createDirectory(cgroup.resolveSibling(cgroup.getFileName() + "-moved"));
            made.add(other);
            for (String file : List.of("cpuset.cpus", "cpuset.mems")) {
                if (Files.exists(other.resolve(file)) && !isV2()) {
                    write(other.resolve(file), Files.readString(cgroup.resolve(file)).strip());
                }
            }
            write(other.resolve("cgroup.procs"), Integer.toString(pid));
            if (remove) {
                long start = System.nanoTime();
                while (!cgroup.toFile().delete() && Files.exists(cgroup)) {
                    assertTrue(System.nanoTime() - start < 60_000_000_000L, cgroup + " is not removed");
                }
            }
        }
    }

    @Test
    void an_exec_follows_an_init_that_was_moved_and_whose_cgroup_was_removed() throws IOException {
        int pid = started();
        move(pid, true);
        Path inside = Path.of("/proc/" + pid + "/cgroup");
        Path pidFile = directory.resolve("pid");
        carafe.call("exec", "--detach", "--pid-file", pidFile.toString(), bundle.id(), "sleep", "1000").succeeds();
        String joined = text(Path.of("/proc/" + Files.readString(pidFile) + "/cgroup"));
        assertEquals(text(inside), joined);
        assertTrue(joined.contains(bundle.id() + "-moved"), joined);
        assertEquals("7", carafe.call("exec", bundle.id(), "sh", "-c", "echo 7").succeeds().out().strip());
        assertTrue(carafe.call("pause", bundle.id()).fails().contains("the cgroup is not there"));
        carafe.call("kill", bundle.id(), "KILL").succeeds();
    }

    @Test
    void an_exec_stays_in_the_containers_own_cgroup_where_that_is_there() throws IOException {
        int pid = started();
        move(pid, false);
        assertEquals("7", carafe.call("exec", bundle.id(), "sh", "-c", "echo 7").succeeds().out().strip());
    }

    /** podman as an ordinary user calls a runtime as this root; so does a docker in a docker. @param flag what it says of cgroups */
    @ParameterizedTest
    @ValueSource(strings = {"auto", "true"})
    void root_of_a_user_namespace_runs_and_enters_a_container_without_cgroups(String flag) throws Exception {
        bundle = Bundle.rootless(directory, 0, 0).args("/bin/sleep", "1000");
        assertEquals(0, new ProcessBuilder("sh", "-c", "chmod 755 " + directory + "; chown -R 100000:100000 " + directory).start().waitFor());
        // All in one: another call would be in another user namespace.
        String calls = "c=\"$1 $2 $3\"; $c --rootless=" + flag + " run --detach --bundle " + bundle.path() + " ID && $c exec ID sh -c 'echo 7' "
                + "&& { ! $c pause ID; } && $c delete --force ID";
        Carafe.Result result = carafe.behind("perl", "-e", ROOT_OF_A_USER_NAMESPACE, "unshare", "--mount", "sh", "-c",
                calls.replace("ID", bundle.id()), "sh").call().succeeds();
        assertEquals("7", result.out().strip());
    }
}
