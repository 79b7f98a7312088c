package io.carafe.shim.cri;

import static io.carafe.shim.cri.ContainerConfig.container;
import static io.carafe.shim.cri.PodConfig.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.shim.cri.PodConfig.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod with two containers under the runtime handler {@code carafe}. */
class PodIT {

    @TempDir
    Path directory;
    private Node node;
    private Cri cri;

    @BeforeEach
    void open() throws IOException {
        node = new Node(directory);
        cri = node.cri();
    }

    @AfterEach
    void close() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void from_run_to_remove(boolean sharedPids) {
        PodConfig config = pod().pids(sharedPids ? Mode.POD : Mode.CONTAINER);
        String pod = cri.runPod(config);
        String one = cri.run(pod, config, container(config, "one", "while :; do echo tick; sleep 0.1; done"));
        String two = cri.run(pod, config, container(config, "two", "exec sleep 1000"));
        assertTrue(Files.isDirectory(directory.resolve("states/k8s.io").resolve(two)), "the handler's options reach the shim");
        assertEquals(new Cri.Executed("inside\n", "oops\n", 3), cri.exec(two, "sh", "-c", "echo inside; echo oops >&2; exit 3"));
        assertEquals(sharedPids, cri.exec(two, "ps").stdout().contains("echo tick"));
        assertTrue(cri.workingSet(one) > 0);
        Node.await(() -> node.lines("one") > 2, "what a container says is in its log");
        cri.stop(two, 1);
        assertEquals(Cri.EXITED, cri.status(two).state());
        cri.remove(two);
        assertEquals(Cri.RUNNING, cri.status(one).state());
        cri.removePod(pod);
    }

    @Test
    void containerd_is_killed_and_nothing_is_lost() throws IOException {
        PodConfig config = pod();
        String pod = cri.runPod(config);
        String lasting = cri.run(pod, config, container(config, "lasting", "while :; do echo tick; sleep 0.1; done"));
        String ending = cri.run(pod, config, container(config, "ending", "sleep 1; exit 4"));
        node.containerd().killAndStart();
        Node.await(() -> cri.status(ending).state() == Cri.EXITED, "the end of a container is known");
        assertEquals(4, cri.status(ending).exitCode());
        assertEquals(Cri.RUNNING, cri.status(lasting).state());
        assertEquals("again\n", cri.exec(lasting, "echo", "again").stdout());
        long before = node.lines("lasting");
        Node.await(() -> node.lines("lasting") > before, "the log goes on");
        cri.removePod(pod);
    }
}
