package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.User;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Annotations that change what carafe does. */
@ExtendWith(HostUnchanged.class)
class AnnotationsIT {

    private static final String KEEP_GROUPS = "run.oci.keep_original_groups";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root")).behind("unshare", "--mount", "--propagation", "private", "setpriv", "--groups=7,8");
        bundle = Bundle.in(directory).process(process -> process.withUser(new User(1000, 1000, OptionalInt.empty(), List.of(9L), Optional.empty())));
    }

    private void annotate(String name, String value) {
        bundle.config(config -> config.withAnnotations(Map.of(name, value)));
    }

    @Test
    void the_callers_groups_are_kept_where_it_is_asked_for_and_else_are_not() {
        bundle.script("id -G; grep Groups /proc/self/status");
        assertTrue(carafe.run(bundle).succeeds().out().contains("Groups:\t9"));
        annotate(KEEP_GROUPS, "1");
        assertTrue(carafe.call("--trust-annotations", "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds().out().contains("Groups:\t7 8"));
    }

    /** Who is root has groups that are rights to the host's files, and podman hands an image's annotations on. */
    @Test
    void an_image_that_asks_for_the_callers_groups_does_not_get_roots() throws IOException {
        bundle.script("grep Groups /proc/self/status; cat /v/file; [ -z \"$WAIT\" ] || sleep 1000");
        Path volume = Files.createDirectory(directory.resolve("volume"));
        Path file = Files.writeString(volume.resolve("file"), "for group 7");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
        Files.setAttribute(file, "unix:gid", 7);
        bundle.config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/v", "none", volume.toString(), "bind"));
            return config.withMounts(mounts);
        });
        annotate(KEEP_GROUPS, "1");
        Carafe.Result result = carafe.run(bundle);
        assertTrue(result.out().contains("Groups:\t9") && !result.out().contains("for group 7"), result::toString);
        assertTrue(result.err().contains("annotations[\"" + KEEP_GROUPS + "\"]: is not followed: an image may have brought it"), result::toString);
        bundle.process(process -> process.withEnv(List.of("PATH=/bin", "WAIT=1")));
        carafe.call("--trust-annotations", "run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            assertEquals("Groups:\t9", carafe.call("exec", bundle.id(), "grep", "Groups", "/proc/self/status").succeeds().out().strip());
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** As podman calls a runtime for an ordinary user: root of a user namespace. Its groups are the user's own. */
    @Test
    void an_ordinary_users_groups_are_kept() {
        bundle.script("grep Groups /proc/self/status").process(process -> process.withUser(User.ROOT)).config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.removeIf(mount -> mount.type().equals(Optional.of("devpts"))); // its gid=5 is no group there
            return config.withMounts(mounts);
        });
        annotate(KEEP_GROUPS, "1");
        Carafe user = carafe.behind("setpriv", "--groups=7,8", "unshare", "--user", "--map-root-user", "--mount", "--propagation", "private");
        Carafe.Result result = user.run(bundle).succeeds();
        assertTrue(result.out().contains("Groups:\t65534 65534") && !result.err().contains("is not followed"), result::toString);
    }

    @Test
    void in_a_user_namespace_too_and_in_a_further_process() {
        bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(new Namespace(NamespaceType.USER, Optional.empty()));
            return linux.withNamespaces(namespaces).withMappings(List.of(new IdMapping(0, 0, 65536)), List.of(new IdMapping(0, 0, 65536)));
        }).args("/bin/sleep", "1000");
        annotate(KEEP_GROUPS, "1");
        carafe.call("--trust-annotations", "run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String grep = carafe.call("--trust-annotations", "exec", bundle.id(), "/bin/grep", "-h", "Groups", "/proc/1/status", "/proc/self/status").succeeds().out();
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals(2, grep.lines().filter(line -> line.startsWith("Groups:\t7 8")).count(), grep);
    }

    @Test
    void a_call_that_nobody_knows_is_an_error_where_it_is_asked_for() {
        bundle.script("true").linux(linux -> linux.withSeccomp(new Seccomp(Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of(),
                Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(new Syscall(List.of("fly"), Action.SCMP_ACT_ERRNO, OptionalLong.empty(), List.of())))));
        carafe.run(bundle).succeeds();
        annotate("run.oci.seccomp_fail_unknown_syscall", "1");
        assertTrue(carafe.run(bundle).fails().contains("linux.seccomp.syscalls[0].names: expected names of system calls, found \"fly\""));
    }

    @Test
    void what_an_image_could_ask_of_the_host_is_told_and_not_done() {
        bundle.script("true");
        annotate("run.oci.hooks.stdout", directory.resolve("out").toString());
        Path log = directory.resolve("log");
        carafe.call("--log-level", "warning", "--log", log.toString(), "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertTrue(text(log).contains("run.oci.hooks.stdout"));
        assertTrue(Files.notExists(directory.resolve("out")));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
