package io.carafe.shim.cri;

import static io.carafe.shim.cri.ContainerConfig.container;
import static io.carafe.shim.cri.PodConfig.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.shim.cri.PodConfig.Mode;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code kubectl exec}, {@code attach} and {@code port-forward}, as the API server speaks with containerd. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StreamingIT {

    private static final String SUCCESS = "\"status\":\"Success\"";

    @TempDir
    static Path directory;
    private Node node;
    private Cri cri;

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

    private WebSocket socket(String url) throws IOException {
        return new WebSocket(node.containerd().process(), url);
    }

    @Test
    void exec_has_three_streams_and_a_code() throws IOException {
        PodConfig config = pod();
        String sandbox = cri.runPod(config);
        String id = cri.run(sandbox, config, container(config, "exec", "exec sleep 1000"));
        try (WebSocket socket = socket(cri.urlOfExec(id, false, "sh", "-c", "read line; echo out $line; echo err >&2; exit 3"))) {
            socket.send(WebSocket.STDIN, "word\n");
            socket.awaitEnd();
            assertEquals("out word\n", socket.said(WebSocket.STDOUT));
            assertEquals("err\n", socket.said(WebSocket.STDERR));
            assertTrue(socket.said(WebSocket.ERROR).contains("\"message\":\"3\""), socket.said(WebSocket.ERROR));
        }
        cri.removePod(sandbox);
    }

    @Test
    void exec_has_a_terminal_of_the_size_that_is_told() throws IOException {
        PodConfig config = pod();
        String sandbox = cri.runPod(config);
        String id = cri.run(sandbox, config, container(config, "terminal", "exec sleep 1000"));
        String script = "trap 'stty size; exit' WINCH; stty -echo; tty; while :; do sleep 0.1; done";
        try (WebSocket socket = socket(cri.urlOfExec(id, true, "sh", "-c", script))) {
            socket.await(WebSocket.STDOUT, "/dev/pts/0\r\n");
            socket.send(WebSocket.RESIZE, "{\"Width\": 101, \"Height\": 37}");
            socket.await(WebSocket.STDOUT, "/dev/pts/0\r\n37 101\r\n");
            socket.awaitEnd();
            assertTrue(socket.said(WebSocket.ERROR).contains(SUCCESS), socket.said(WebSocket.ERROR));
        }
        cri.removePod(sandbox);
    }

    @Test
    void attach_speaks_with_the_container() throws IOException {
        PodConfig config = pod();
        String sandbox = cri.runPod(config);
        String id = cri.run(sandbox, config, container(config, "attached", "while read line; do echo got $line; done").input());
        try (WebSocket socket = socket(cri.urlOfAttach(id, false))) {
            socket.send(WebSocket.STDIN, "one\n");
            socket.await(WebSocket.STDOUT, "got one\n");
        }
        try (WebSocket socket = socket(cri.urlOfAttach(id, false))) {
            socket.send(WebSocket.STDIN, "two\n");
            socket.await(WebSocket.STDOUT, "got two\n");
        }
        assertEquals(Cri.RUNNING, cri.status(id).state(), "an attached client that leaves does not end the input");
        assertEquals("got one\ngot two\n", node.said("attached"));
        cri.removePod(sandbox);
    }

    @Test
    void attach_to_a_terminal() throws IOException {
        PodConfig config = pod();
        String sandbox = cri.runPod(config);
        String id = cri.run(sandbox, config, container(config, "tty", "stty -echo; while read line; do echo got $line; done").input().terminal());
        try (WebSocket socket = socket(cri.urlOfAttach(id, true))) {
            assertEquals("-echo", cri.exec(id, "sh", "-c", "until stty -a </proc/1/fd/0 | grep -o -e -echo'$' -e '-echo '; do sleep 0.1; done").stdout()
                    .trim());
            socket.send(WebSocket.STDIN, "one\n");
            socket.await(WebSocket.STDOUT, "got one\r\n");
        }
        cri.removePod(sandbox);
    }

    @Test
    void a_port_of_the_pod_is_forwarded() throws IOException {
        PodConfig config = pod().network(Mode.POD);
        String sandbox = cri.runPod(config);
        String id = cri.run(sandbox, config, container(config, "server", "while :; do nc -l -p 8080 -e sh -c 'read line; echo got $line'; done"));
        assertEquals(0, cri.exec(id, "sh", "-c", "until netstat -ltn | grep -q :8080; do sleep 0.1; done").exitCode());
        try (WebSocket socket = socket(cri.urlOfPortForward(sandbox, 8080))) {
            socket.send(0, "word\n");
            socket.await(0, Short.BYTES, "got word\n");
        }
        cri.removePod(sandbox);
    }
}
