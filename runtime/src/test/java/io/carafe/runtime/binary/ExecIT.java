package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A further process in a running container. */
@ExtendWith(HostUnchanged.class)
class ExecIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void running() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable().args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private String exec(String... words) {
        String[] call = new String[words.length + 2];
        call[0] = "exec";
        call[1] = bundle.id();
        System.arraycopy(words, 0, call, 2, words.length);
        return carafe.call(call).succeeds().out().strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pid", "net", "mnt", "ipc", "uts", "cgroup"})
    void it_is_in_the_namespaces_of_pid_1(String namespace) {
        String link = "/proc/%s/ns/" + namespace;
        assertEquals(exec("readlink", link.formatted("1")), exec("readlink", link.formatted("self")));
    }

    @Test
    void it_is_in_the_cgroups_of_pid_1() {
        assertEquals(exec("cat", "/proc/1/cgroup"), exec("cat", "/proc/self/cgroup"));
    }

    @Test
    void the_exit_code_is_the_programs() {
        assertEquals(3, carafe.call("exec", bundle.id(), "sh", "-c", "exit 3").code());
    }

    @Test
    void flags_change_the_containers_process() {
        assertEquals("/tmp\nb\n1000:1001", carafe.call("exec", "--cwd", "/tmp", "-e", "A=a", "--env=A=b", "--user", "1000:1001", bundle.id(),
                "sh", "-c", "pwd; echo $A; echo $(id -u):$(id -g)").succeeds().out().strip());
    }

    @Test
    void a_process_file_says_everything() throws IOException {
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(Process.of("/tmp", List.of("sh", "-c", "pwd; id -u; grep CapEff /proc/self/status"),
                List.of("PATH=/bin")).withUser(User.of(7, 7))));
        assertEquals("/tmp\n7\nCapEff:\t0000000000000000",
                carafe.call("exec", "--process", file.toString(), bundle.id()).succeeds().out().strip());
    }

    @Test
    void a_detached_one_goes_on_and_its_pid_is_in_the_file() throws IOException {
        Path pidFile = directory.resolve("pid");
        carafe.call("exec", "--detach", "--pid-file", pidFile.toString(), bundle.id(), "sleep", "1000").succeeds();
        assertTrue(Files.readString(Path.of("/proc", Files.readString(pidFile), "cmdline")).startsWith("sleep"));
    }

    @Test
    void only_stdio_is_inherited() {
        assertEquals("0 1 2 3", exec("sh", "-c", "echo $(ls /proc/self/fd)"), "3 is ls reading its directory");
    }

    @Test
    void a_working_directory_that_leads_out_is_refused() {
        // CVE-2024-21626
        for (int fd = 3; fd < 16; fd++) {
            carafe.call("exec", "--cwd", "/proc/self/fd/" + fd, bundle.id(), "true").fails();
        }
    }

    @Test
    void a_program_that_is_not_there_is_told() {
        assertTrue(carafe.call("exec", bundle.id(), "nonesuch").fails().contains("executable file not found in $PATH"));
    }

    @ParameterizedTest
    @CsvSource({"01", "1:", ":1", "4294967295", "-1", "1x", "1:1:1", "99999999999"})
    void a_user_that_is_not_two_numbers_is_refused(String user) {
        // CVE-2026-30892
        assertTrue(carafe.call("exec", "--user=" + user, bundle.id(), "true").fails().contains("--user: expected UID or UID:GID"));
    }

    @Test
    void a_stopped_container_runs_nothing() throws InterruptedException {
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        for (int i = 0; i < 500 && !carafe.call("state", bundle.id()).out().contains("stopped"); i++) {
            Thread.sleep(10);
        }
        assertTrue(carafe.call("exec", bundle.id(), "true").fails().contains("container not running"));
    }
}
