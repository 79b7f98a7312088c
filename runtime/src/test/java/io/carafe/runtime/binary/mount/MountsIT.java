package io.carafe.runtime.binary.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.resources.Running;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Mounts that a container gets and loses while it runs. */
@ExtendWith(HostUnchanged.class)
class MountsIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void volume() throws IOException {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        Files.writeString(Files.createDirectory(bundle.path().resolve("volume")).resolve("file"), "of the host");
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private String list(String json) throws IOException {
        return Files.writeString(directory.resolve("mounts.json"), json).toString();
    }

    private String inside(String script) {
        return carafe.call("exec", bundle.id(), "/bin/sh", "-c", script).succeeds().out().strip();
    }

    private String volumeAndTmpfs() throws IOException {
        return list("[{\"destination\": \"/tmp\", \"source\": \"volume\", \"options\": [\"rbind\", \"ro\"]},"
                + " {\"destination\": \"/mnt\", \"type\": \"tmpfs\", \"source\": \"tmpfs\", \"options\": [\"mode=700\", \"nosuid\"]}]");
    }

    @Test
    void a_volume_and_a_tmpfs_come_and_go() throws IOException {
        Running running = Running.of(carafe, bundle.writable());
        running.carafe().call("mounts", "add", bundle.id(), volumeAndTmpfs()).succeeds();
        assertEquals("of the host", inside("cat /tmp/file"));
        assertFalse(inside("touch /tmp/x 2>/dev/null || echo read-only").isEmpty());
        assertEquals("700", inside("touch /mnt/x && stat -c %a /mnt"));
        running.carafe().call("mounts", "remove", bundle.id(), volumeAndTmpfs()).succeeds();
        assertEquals("", inside("ls /tmp /mnt | grep -v :"));
    }

    @Test
    void the_same_in_a_user_namespace() throws IOException {
        List<IdMapping> maps = List.of(new IdMapping(0, 100_000, 65536));
        bundle.writable().linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(maps, maps);
        });
        try (var files = Files.walk(bundle.path())) {
            for (Path file : files.toList()) {
                Files.setAttribute(file, "unix:uid", 100_000, java.nio.file.LinkOption.NOFOLLOW_LINKS);
            }
        }
        for (Path up = bundle.path(); !up.equals(Path.of("/tmp")) && up.getNameCount() > 1; up = up.getParent()) {
            Files.setPosixFilePermissions(up, java.nio.file.attribute.PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        Running running = Running.of(carafe, bundle);
        running.carafe().call("mounts", "add", bundle.id(), volumeAndTmpfs()).succeeds();
        assertEquals("of the host 0", inside("echo $(cat /tmp/file) $(stat -c %u /mnt)"));
        running.carafe().call("mounts", "remove", bundle.id(), volumeAndTmpfs()).succeeds();
        assertEquals("", inside("ls /tmp /mnt | grep -v :"));
    }

    @Test
    void more_than_a_thousand_come_at_once() throws IOException {
        Running running = Running.of(carafe, bundle.writable());
        StringBuilder mounts = new StringBuilder("[{\"destination\": \"/mnt\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}");
        for (int i = 0; i < 1100; i++) {
            mounts.append(", {\"destination\": \"/mnt/").append(i).append("\", \"source\": \"volume\", \"options\": [\"bind\"]}");
        }
        String list = list(mounts.append("]").toString());
        carafe.behind("sh", "-c", "ulimit -Sn 1024; exec \"$0\" \"$@\"").call("mounts", "add", bundle.id(), list).succeeds();
        assertEquals("1100", inside("ls /mnt | wc -l; test -e /mnt/1099/file || echo nothing there"));
        running.carafe().call("mounts", "remove", bundle.id(), list("[{\"destination\": \"/mnt\"}]")).succeeds();
    }

    @Test
    void one_that_fails_takes_back_those_before_it() throws IOException {
        Running running = Running.of(carafe, bundle.writable());
        String before = inside("cat /proc/self/mountinfo");
        String list = list("{\"mounts\": [{\"destination\": \"/tmp\", \"source\": \"volume\", \"options\": [\"bind\"]},"
                + " {\"destination\": \"/bin/sh\", \"type\": \"tmpfs\", \"source\": \"tmpfs\"}]}");
        assertTrue(running.carafe().call("mounts", "add", bundle.id(), list).fails().contains("mount tmpfs on /bin/sh"));
        assertEquals(before, inside("cat /proc/self/mountinfo"));
        String missing = list("[{\"destination\": \"/tmp\", \"source\": \"none\", \"options\": [\"bind\"]}]");
        assertTrue(running.carafe().call("mounts", "add", bundle.id(), missing).fails().contains("none: ENOENT"));
        assertTrue(running.carafe().call("mounts", "remove", bundle.id(), volumeAndTmpfs()).fails().contains("mounts[1].destination"));
    }

    @Test
    void no_link_of_the_container_leads_a_removal_to_what_protects_the_host() throws IOException {
        Running running = Running.of(carafe, bundle.writable());
        inside("rm -rf /mnt 2>/dev/null; /bin/busybox ln -s /proc/kcore /mnt");
        String error = running.carafe().call("mounts", "remove", bundle.id(), list("[{\"destination\": \"/mnt\"}]")).fails();
        assertTrue(error.contains("the path has a symbolic link"), error);
        assertEquals("0", inside("head -c 1 /proc/kcore | wc -c"));
    }

    @Test
    void words_and_states_that_make_no_sense_are_told() throws IOException {
        String list = volumeAndTmpfs();
        assertTrue(carafe.call("mounts", "add", bundle.id(), list).fails().contains("does not exist"));
        assertTrue(carafe.call("mounts", "list", bundle.id(), list).fails().contains("mounts: expected add or remove, found \"list\""));
        Running running = Running.of(carafe, bundle);
        assertTrue(running.carafe().call("mounts", "add", bundle.id(), list("[{\"destination\": 1}]")).fails().contains("mounts[0].destination"));
    }
}
