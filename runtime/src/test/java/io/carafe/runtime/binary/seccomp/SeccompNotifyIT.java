package io.carafe.runtime.binary.seccomp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Errno;
import io.carafe.linux.abi.Arch;
import io.carafe.linux.abi.Sys;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.OciVersion;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.state.ContainerProcessState;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** SCMP_ACT_NOTIFY with an agent that answers, and with none. */
@ExtendWith(HostUnchanged.class)
@Timeout(120)
class SeccompNotifyIT {

    private static final int NOBODY = 65534;
    private static final int MKDIR = Arch.HERE == Arch.X86_64 ? 83 : -1;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Path agentPath;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        agentPath = directory.resolve("agent.sock");
        bundle = Bundle.in(directory).writable().args("/bin/sleep", "1000").linux(linux -> linux.withSeccomp(new Seccomp(
                Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of(), Optional.empty(), Optional.of(agentPath.toString()), Optional.of("opaque"),
                List.of(ContainerProfiles.rule(Action.SCMP_ACT_NOTIFY, "mkdir mkdirat chmod fchmodat")))));
    }

    private NotifiedAgent agent() {
        return new NotifiedAgent(agentPath, Errno.EDOM, MKDIR, Sys.MKDIRAT.nr);
    }

    private State state(Status status, int pid) {
        return new State(OciVersion.CURRENT, bundle.id(), status, OptionalInt.of(pid), bundle.path().toString(), Map.of());
    }

    private ContainerProcessState process(int pid, State state) {
        return new ContainerProcessState(OciVersion.CURRENT, List.of("seccompFd"), pid, Optional.of("opaque"), state);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void the_agent_answers_for_the_container_and_for_an_exec(boolean noNewPrivileges) throws Exception {
        bundle.process(process -> process.withNoNewPrivileges(noNewPrivileges))
                .script("touch /file; mkdir /new 2> /said; chmod 600 /file; sleep 1000");
        try (NotifiedAgent agent = agent()) {
            Path pidFile = directory.resolve("pid");
            carafe.call("create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
            int pid = Integer.parseInt(Files.readString(pidFile));
            assertEquals(process(pid, state(Status.CREATING, pid)), agent.next());
            carafe.call("start", bundle.id()).succeeds();
            for (int i = 0; i < 18_000 && !mode(bundle.rootfs().resolve("file")).equals("rw-------"); i++) {
                Thread.sleep(10);
            }
            assertEquals("rw-------", mode(bundle.rootfs().resolve("file")), "chmod may go on");
            assertFalse(Files.exists(bundle.rootfs().resolve("new")));
            assertTrue(Files.readString(bundle.rootfs().resolve("said")).contains("argument out of domain"));

            Carafe.Result result = carafe.call("exec", bundle.id(), "sh", "-c", "mkdir /other || chmod 640 /file");
            assertTrue(result.succeeds().err().contains("argument out of domain"), result::toString);
            assertEquals("rw-r-----", mode(bundle.rootfs().resolve("file")));
            ContainerProcessState exec = agent.next();
            assertEquals(process(exec.pid(), state(Status.RUNNING, pid)), exec);
            assertTrue(exec.pid() != pid && exec.pid() > 0, "the exec's own pid");
            assertTrue(agent.hasNoMore());
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    private static String mode(Path file) throws Exception {
        return Files.exists(file) ? PosixFilePermissions.toString(Files.getPosixFilePermissions(file)) : "";
    }

    @Test
    void the_agent_answers_for_an_ordinary_user() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = carafe.asOrdinaryUser();
        Seccomp profile = bundle.config().linux().orElseThrow().seccomp().orElseThrow();
        bundle = Bundle.rootless(directory, NOBODY, NOBODY).writable().args("/bin/mkdir", "/new").linux(linux -> linux.withSeccomp(profile));
        try (NotifiedAgent agent = agent()) {
            assertEquals(0, new ProcessBuilder("chown", "-R", NOBODY + ":" + NOBODY, directory.toString()).start().waitFor());
            Carafe.Result result = carafe.run(bundle);
            assertTrue(result.err().contains("argument out of domain"), result::toString);
            assertEquals(Status.CREATING, agent.next().state().status());
        }
    }

    @Test
    void run_hands_over_too_and_no_descriptor_stays_with_the_container() throws Exception {
        try (NotifiedAgent agent = agent()) {
            bundle.script("echo $(ls /proc/self/fd); mkdir /new");
            Carafe.Result result = carafe.run(bundle);
            assertEquals("0 1 2 3", result.out().strip(), "3 is ls reading its directory");
            assertTrue(result.err().contains("argument out of domain"), result::toString);
            assertEquals(Status.CREATING, agent.next().state().status());
        }
    }

    @Test
    void a_created_container_that_waits_has_given_its_descriptor_away() throws Exception {
        try (NotifiedAgent agent = agent()) {
            Path pidFile = directory.resolve("pid");
            carafe.call("create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
            try (var fds = Files.list(Path.of("/proc", Files.readString(pidFile), "fd"))) {
                for (Path fd : fds.toList()) {
                    assertFalse(Files.readSymbolicLink(fd).toString().contains("seccomp"), fd::toString);
                }
            }
            assertEquals(Status.CREATING, agent.next().state().status());
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @Test
    void nothing_is_left_of_a_container_when_no_agent_is_there() {
        for (String verb : List.of("create", "run")) {
            assertTrue(carafe.call(verb, "--bundle", bundle.path().toString(), bundle.id()).fails().contains("linux.seccomp.listenerPath"));
            assertEquals("", carafe.call("list", "-q").succeeds().out());
        }
    }

    @Test
    void an_exec_fails_when_the_agent_has_gone_and_the_container_goes_on() throws Exception {
        try (NotifiedAgent agent = agent()) {
            carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
            assertEquals(Status.CREATING, agent.next().state().status());
        }
        assertTrue(carafe.call("exec", bundle.id(), "true").failsWith(255).contains("linux.seccomp.listenerPath"));
        assertTrue(carafe.call("state", bundle.id()).succeeds().out().contains("running"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }
}
