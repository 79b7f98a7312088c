package io.carafe.runtime.binary.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.runtime.binary.stdio.HostTerminal;
import io.carafe.spec.seccomp.Action;
import io.carafe.spec.seccomp.Seccomp;
import io.carafe.spec.seccomp.Syscall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is to work on every kernel and every layout of cgroups: the guests of other kernels run it. */
@Tag("kernel")
@ExtendWith(HostUnchanged.class)
class KernelIT {

    private static final long EPERM = 1;

    @TempDir
    private Path directory;

    private Carafe carafe() {
        return Carafe.in(directory.resolve("root"));
    }

    @Test
    void a_plain_life() {
        Life.live(carafe(), Bundle.in(directory));
    }

    @Test
    void a_life_with_a_volume_and_hooks() throws IOException {
        Life.live(carafe(), Life.richer(Bundle.in(directory), directory));
    }

    @Test
    void a_life_in_a_user_namespace() {
        Life.live(carafe(), Life.inUserNamespace(Bundle.in(directory)));
    }

    @Test
    void a_terminal() {
        HostTerminal terminal = HostTerminal.open();
        try {
            Bundle bundle = Bundle.in(directory).process(process -> process.withTerminal(true)).script("test -t 0 && echo one; exit 5");
            Process process = terminal.start(carafe(), "run", "--bundle", bundle.path().toString(), bundle.id());
            assertEquals("one\r\n", terminal.textToTheEnd());
            assertEquals(5, HostTerminal.exitCode(process));
        } finally {
            terminal.close();
        }
    }

    @Test
    void a_limit_is_changed() {
        Bundle bundle = Bundle.in(directory).args("sleep", "1000");
        carafe().call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            carafe().call("update", "--pids-limit", "77", bundle.id()).succeeds();
            assertTrue(carafe().call("events", "--stats", bundle.id()).succeeds().out().contains("\"limit\":77"));
        } finally {
            carafe().call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @Test
    void a_profile_refuses_a_call() {
        Bundle bundle = Bundle.in(directory).writable().args("chmod", "700", "/tmp").linux(linux -> linux.withSeccomp(new Seccomp(
                Action.SCMP_ACT_ALLOW, OptionalLong.empty(), List.of(), Optional.empty(), Optional.empty(), Optional.empty(),
                List.of(new Syscall(List.of("chmod", "fchmodat", "fchmodat2"), Action.SCMP_ACT_ERRNO, OptionalLong.of(EPERM), List.of())))));
        assertTrue(carafe().run(bundle).err().contains("Operation not permitted"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, 60})
    void a_root_of_layers(int count) throws IOException {
        Bundle bundle = Bundle.in(directory).args("cat", "/tmp/top");
        StringBuilder lower = new StringBuilder("lower=");
        for (int i = 0; i < count; i++) {
            Path layer = Files.createDirectories(directory.resolve("snapshots/" + i + "/fs/tmp"));
            Files.writeString(layer.resolve("top"), "layer " + i);
            lower.append(layer.getParent()).append(':');
        }
        lower.append(Files.move(bundle.rootfs(), directory.resolve("base")));
        Files.createDirectory(bundle.rootfs());
        assertEquals("layer 0", carafe().call("run", "--overlay", lower.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds().out());
    }

    @Test
    void an_ordinary_user_runs_one() throws IOException {
        assumeFalse(Carafe.isSystemdDriver(), "the user of this test has no session and so no systemd of its own; UsersSystemdIT tests a user that has one");
        Path of = Files.createDirectories(directory.resolve("user"));
        for (Path path = of; path.startsWith(directory); path = path.getParent()) {
            path.toFile().setExecutable(true, false);
            path.toFile().setReadable(true, false);
            path.toFile().setWritable(true, false);
        }
        Bundle bundle = Bundle.rootless(of, 65534, 65534).args("id", "-u");
        Carafe user = Carafe.in(of.resolve("root")).asOrdinaryUser();
        assertEquals("0", user.run(bundle).succeeds().out().strip());
    }
}
