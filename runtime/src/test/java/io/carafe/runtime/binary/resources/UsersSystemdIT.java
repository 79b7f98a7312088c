package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ResourcesJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary user's containers under limits: by the user's own systemd, and in a delegated tree by carafe alone. */
@Tag("systemd")
@Tag("short")
@ExtendWith(HostUnchanged.class)
class UsersSystemdIT {

    private static final int USER = 65534;
    private static final String TREE = "/user.slice/user-65534.slice/user@65534.service/";
    private static final List<String> AS_USER = List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups", "--inh-caps=-all", "env",
            "XDG_RUNTIME_DIR=/run/user/" + USER, "DBUS_SESSION_BUS_ADDRESS=unix:path=/run/user/" + USER + "/bus", "HOME=/nonexistent");
    /** Started by the user's systemd, in a cgroup that is delegated to it. */
    private static final List<String> DELEGATED = List.of("systemd-run", "--user", "--quiet", "--scope", "--property=Delegate=yes");

    @TempDir
    private Path directory;
    private Bundle bundle;

    @BeforeEach
    void bundle() throws Exception {
        assumeTrue(Files.exists(Path.of("/run/systemd/system")), "no systemd runs here");
        assertEquals(0, new ProcessBuilder("systemctl", "start", "user@" + USER + ".service").start().waitFor());
        assumeTrue(Files.exists(Path.of("/run/user/" + USER + "/bus")), "the user's systemd has no bus (Debian: dbus-user-session)");
        byte[] limits = "{\"memory\":{\"limit\":33554432},\"pids\":{\"limit\":9}}".getBytes(StandardCharsets.UTF_8);
        bundle = Bundle.rootless(directory, USER, USER).args("/bin/sleep", "1000")
                .linux(linux -> linux.withResources(ResourcesJson.read(limits, 0, limits.length)));
        assertEquals(0, new ProcessBuilder("chown", "-R", USER + ":" + USER, directory.toString()).start().waitFor());
    }

    /** With its /run/user directory, which is a mount. */
    @AfterAll
    static void usersSystemdEnded() throws Exception {
        if (!Files.exists(Path.of("/run/systemd/system"))) {
            return;
        }
        new ProcessBuilder("systemctl", "stop", "user@" + USER + ".service", "user-runtime-dir@" + USER + ".service").start().waitFor();
    }

    private Carafe carafe(List<String> more) {
        List<String> prefix = new ArrayList<>(AS_USER);
        prefix.addAll(more);
        return Carafe.in(directory.resolve("root")).behind(prefix.toArray(String[]::new));
    }

    private void lives(Carafe carafe, String unit, String... flags) throws IOException {
        List<String> words = new ArrayList<>(List.of(flags));
        words.addAll(List.of("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()));
        carafe.call(words.toArray(String[]::new)).succeeds();
        Running container = new Running(carafe, bundle);
        Path cgroup = container.cgroup("pids");
        assertTrue(cgroup.toString().startsWith("/sys/fs/cgroup" + TREE), cgroup.toString());
        assertTrue(cgroup.toString().endsWith(unit), cgroup.toString());
        assertEquals("33554432", Running.text(cgroup.resolve("memory.max")));
        assertEquals("9", Running.text(cgroup.resolve("pids.max")));
        assertTrue(carafe.call("exec", bundle.id(), "/bin/cat", "/proc/self/cgroup").succeeds().out().startsWith("0::/"));
        assertTrue(carafe.call("exec", bundle.id(), "/bin/sh", "-c", "for i in 1 2 3 4 5 6 7 8 9 10; do sleep 5 & done").err().contains("fork"));
        carafe.call("update", "--pids-limit", "20", bundle.id()).succeeds();
        assertEquals("20", Running.text(cgroup.resolve("pids.max")));
        container.call("pause").succeeds();
        assertEquals("paused", container.status());
        container.call("resume").succeeds();
        container.delete();
        assertFalse(Files.exists(cgroup));
    }

    @Test
    void the_users_systemd_makes_a_scope_for_a_caller_in_its_tree() throws Exception {
        lives(carafe(DELEGATED), "/user.slice/carafe-" + bundle.id() + ".scope", "--systemd-cgroup");
    }

    @Test
    void and_for_one_that_is_elsewhere_as_a_login_session_is() throws Exception {
        lives(carafe(List.of()), "/user.slice/carafe-" + bundle.id() + ".scope", "--systemd-cgroup");
    }

    @Test
    void in_a_delegated_tree_carafe_needs_no_systemd() throws Exception {
        bundle.linux(linux -> linux.withCgroupsPath(TREE + "app.slice/" + bundle.id()));
        lives(carafe(DELEGATED), "/app.slice/" + bundle.id());
    }

    @Test
    void without_a_bus_it_is_told_where_one_was_looked_for() {
        Carafe carafe = Carafe.in(directory.resolve("root")).behind("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups",
                "--inh-caps=-all", "env", "-u", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR=" + directory);
        String line = carafe.call("--systemd-cgroup", "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertTrue(line.contains("cannot reach D-Bus: connect " + directory + "/bus: ENOENT"), line);
    }
}
