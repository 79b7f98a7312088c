package io.carafe.shim.cri;

import static io.carafe.shim.cri.ContainerConfig.container;
import static io.carafe.shim.cri.PodConfig.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the kubelet does with a container between its start and its removal. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerLifecycleIT {

    private static final int SIGKILL = 128 + 9;

    @TempDir
    static Path directory;
    private final PodConfig config = pod();
    private Node node;
    private Cri cri;
    private String sandbox;

    @BeforeAll
    void open() throws IOException {
        node = new Node(directory);
        cri = node.cri();
    }

    @AfterAll
    void close() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @BeforeEach
    void runPod() {
        sandbox = cri.runPod(config);
    }

    @AfterEach
    void removePod() {
        cri.removePod(sandbox);
    }

    private String run(String name, String script) {
        return cri.run(sandbox, config, container(config, name, script));
    }

    private void awaitEnd(String container) {
        Node.await(() -> cri.status(container).state() == Cri.EXITED, "the container ends");
    }

    @Test
    void a_container_joins_the_pid_namespace_of_another() {
        String one = run("one", "exec sleep 1001");
        String debug = cri.run(sandbox, config, container(config, "debug", "ps | grep '[s]leep 1001'; cat /proc/1/cmdline | tr '\\0' ' '").target(one));
        awaitEnd(debug);
        assertTrue(node.said("debug").matches(" *1 .*sleep 1001\nsleep 1001 \n"), node.said("debug"));
    }

    @Test
    void a_synchronous_exec_ends_with_its_time() {
        String id = run("slow", "exec sleep 1000");
        StatusRuntimeException late = assertThrows(StatusRuntimeException.class, () -> cri.exec(id, 1, "sleep", "1002"));
        assertEquals(Status.Code.DEADLINE_EXCEEDED, late.getStatus().getCode(), late::getMessage);
        Node.await(() -> !cri.exec(id, "ps").stdout().contains("sleep 1002"), "its process is killed");
        assertEquals(Cri.RUNNING, cri.status(id).state());
    }

    @ParameterizedTest
    @CsvSource({"obedient, exit 5, 60, 5", "deaf, :, 1, 137", "at-once, :, 0, 137"})
    void a_stop_asks_and_then_kills(String name, String atSigterm, int timeout, int code) {
        String id = run(name, "trap '" + atSigterm + "' TERM; echo ready; while :; do sleep 0.1; done");
        Node.await(() -> node.said(name).contains("ready"), "the script runs");
        cri.stop(id, timeout);
        assertEquals(code, cri.status(id).exitCode());
    }

    @Test
    void a_log_goes_on_in_a_new_file() throws IOException {
        String id = run("rotated", "while :; do echo tick; sleep 0.1; done");
        Node.await(() -> node.lines("rotated") > 2, "what a container says is in its log");
        Path logs = directory.resolve("logs");
        Files.move(logs.resolve("rotated.log"), logs.resolve("rotated.log.1"));
        cri.reopenLog(id);
        Node.await(() -> node.lines("rotated") > 2, "it is in the new file");
        assertTrue(node.log("rotated").lines().allMatch(line -> line.matches("\\S+Z stdout F tick")), () -> node.log("rotated"));
    }

    @Test
    void the_log_of_a_terminal_is_one_stream() {
        String id = cri.run(sandbox, config, container(config, "terminal", "tty; echo err >&2").terminal());
        awaitEnd(id);
        Node.await(() -> node.lines("terminal") > 1, "its lines are in the log");
        assertTrue(node.log("terminal").matches("\\S+ stdout F /dev/pts/0\r?\n\\S+ stdout F err\r?\n"), node.log("terminal"));
    }

    @Test
    void limits_change_while_it_runs() {
        String id = cri.run(sandbox, config, container(config, "updated", "exec sleep 1000").memory(64 << 20));
        cri.update(id, resources -> {
            resources.integer(1, 100_000);
            resources.integer(2, 20_000);
            resources.integer(4, 32 << 20);
        });
        assertEquals((32 << 20) + "\n", cri.exec(id, "sh", "-c",
                "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null").stdout());
        assertTrue(cri.exec(id, "sh", "-c", "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null").stdout()
                .matches("20000( 100000)?\n"));
    }

    @Test
    void memory_that_has_run_out_is_the_reason_of_an_end() {
        String id = cri.run(sandbox, config, container(config, "greedy", "exec dd if=/dev/zero of=/dev/null bs=64M").memory(16 << 20));
        awaitEnd(id);
        assertEquals(new Cri.Status(Cri.EXITED, SIGKILL, "OOMKilled"), cri.status(id));
    }

    @Test
    void a_program_that_is_not_there_is_an_error_of_the_start() {
        String id = cri.create(sandbox, config, container(config, "missing", "").words("/no/such/program"));
        StatusRuntimeException missing = assertThrows(StatusRuntimeException.class, () -> cri.start(id));
        assertTrue(missing.getMessage().contains("no such file or directory"), missing::getMessage);
        assertEquals(new Cri.Status(Cri.EXITED, 128, "StartError"), cri.status(id));
    }
}
