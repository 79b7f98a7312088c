package io.carafe.shim.cri;

import static io.carafe.shim.cri.ContainerConfig.container;
import static io.carafe.shim.cri.PodConfig.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Pods without a pause container: a containerd 2.x with {@code sandboxer = "shim"}. */
class SandboxerIT {

    @TempDir
    Path directory;
    private Node node;
    private Cri cri;

    @BeforeEach
    void open() throws IOException {
        node = Node.withSandboxer(directory);
        cri = node.cri();
    }

    @AfterEach
    void close() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @EnumSource(value = PodConfig.Mode.class, names = {"POD", "CONTAINER"})
    void from_run_to_remove(PodConfig.Mode pids) {
        PodConfig config = pod().network(PodConfig.Mode.POD).pids(pids).hostname("podname").nameServer("10.9.8.7", "cluster.local").sysctl("kernel.shmmni", "123");
        String sandbox = cri.runPod(config);
        String one = cri.run(sandbox, config, container(config, "one", "echo shared >/dev/shm/x; exec sleep 1000"));
        String two = cri.run(sandbox, config, container(config, "two", "exec sleep 1000"));
        assertEquals(new Cri.Executed("podname\npodname\nsearch cluster.local\nnameserver 10.9.8.7\n123\n", "", 0),
                cri.exec(two, "sh", "-c", "hostname; cat /etc/hostname /etc/resolv.conf /proc/sys/kernel/shmmni"));
        Node.await(() -> cri.exec(two, "cat", "/dev/shm/x").stdout().equals("shared\n"), "the pod shares its memory");
        String processes = cri.exec(two, "ps").stdout();
        assertEquals(pids == PodConfig.Mode.POD, processes.contains("carafe-sandbox"), processes);
        cri.stop(two, 1);
        assertEquals(Cri.EXITED, cri.status(two).state());
        cri.remove(two);
        assertEquals(Cri.RUNNING, cri.status(one).state());
        assertEquals(1, holders());
        cri.removePod(sandbox);
        nothingIsLeft();
    }

    private long holders() {
        return executables().stream().filter("/carafe-sandbox"::equals).count();
    }

    /** Of all that containerd has begun. */
    private List<String> executables() {
        return ProcessHandle.of(node.containerd().process()).orElseThrow().descendants().map(process -> {
            try {
                return Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/exe")).toString();
            } catch (IOException e) {
                return "ended";
            }
        }).toList();
    }

    private void nothingIsLeft() {
        Node.await(() -> executables().stream().noneMatch(path -> path.endsWith("carafe-sandbox") || path.endsWith("containerd-shim-carafe-v2")),
                "a shim or a holder lives");
        try {
            assertFalse(Files.readString(Path.of("/proc/" + node.containerd().process() + "/mountinfo")).contains("sandbox.controller.v1.shim"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_pod_with_users_of_its_own() {
        PodConfig config = pod().network(PodConfig.Mode.POD).pids(PodConfig.Mode.POD).users(300_000);
        String sandbox = cri.runPod(config);
        String one = cri.run(sandbox, config, container(config, "one", "exec sleep 1000"));
        assertEquals("         0     300000      65536\n0\n", cri.exec(one, "sh", "-c", "cat /proc/self/uid_map; id -u").stdout());
        assertEquals("mine\n", cri.exec(one, "sh", "-c", "echo mine >/dev/shm/x && cat /dev/shm/x").stdout());
        cri.removePod(sandbox);
        nothingIsLeft();
    }

    @Test
    void containerd_is_killed_and_the_pod_goes_on() throws IOException {
        PodConfig config = pod().network(PodConfig.Mode.POD);
        String sandbox = cri.runPod(config);
        String one = cri.run(sandbox, config, container(config, "one", "echo shared >/dev/shm/x; exec sleep 1000"));
        node.containerd().killAndStart();
        assertTrue(cri.isReady(sandbox));
        assertEquals(Cri.RUNNING, cri.status(one).state());
        String two = cri.run(sandbox, config, container(config, "two", "exec sleep 1000"));
        assertEquals("shared\n", cri.exec(two, "cat", "/dev/shm/x").stdout());
        cri.removePod(sandbox);
        nothingIsLeft();
    }

    @Test
    void with_its_holder_a_pod_ends() {
        PodConfig config = pod().network(PodConfig.Mode.POD).pids(PodConfig.Mode.POD);
        String sandbox = cri.runPod(config);
        String one = cri.run(sandbox, config, container(config, "one", "exec sleep 1000"));
        assertTrue(cri.isReady(sandbox));
        ProcessHandle.of(node.containerd().process()).orElseThrow().descendants()
                .filter(process -> process.info().command().equals(Optional.of("/carafe-sandbox"))).forEach(ProcessHandle::destroyForcibly);
        Node.await(() -> !cri.isReady(sandbox), "the pod is not ready any more");
        Node.await(() -> cri.status(one).state() == Cri.EXITED, "with the first process of the pod's pid namespace its containers end");
        cri.removePod(sandbox);
        nothingIsLeft();
    }

    @Test
    void with_its_shim_a_pod_ends() {
        PodConfig config = pod().network(PodConfig.Mode.POD);
        String sandbox = cri.runPod(config);
        cri.run(sandbox, config, container(config, "one", "exec sleep 1000"));
        ProcessHandle.of(node.containerd().process()).orElseThrow().descendants()
                .filter(process -> process.info().command().orElse("").endsWith("containerd-shim-carafe-v2")).forEach(ProcessHandle::destroyForcibly);
        Node.await(() -> {
            try {
                return !cri.isReady(sandbox);
            } catch (StatusRuntimeException e) { // the connection has just ended
                return false;
            }
        }, "the pod is not ready any more");
        Node.await(() -> executables().stream().noneMatch(path -> path.endsWith("busybox")), "its containers end");
        Node.await(() -> {
            try {
                cri.removePod(sandbox);
                return true;
            } catch (StatusRuntimeException e) { // containerd takes the container for running, until it has asked a shim that is not there
                return false;
            }
        }, "the pod is removed, as a kubelet does it that tries again");
        nothingIsLeft();
    }
}
