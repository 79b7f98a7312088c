package io.carafe.shim.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
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
    private Containerd containerd;
    private Cri cri;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/containerd")), "containerd is not installed");
        containerd = new Containerd(directory, Path.of(System.getProperty("carafe.shim")), Path.of(System.getProperty("carafe.binary")));
        containerd.importImage();
        cri = new Cri(containerd.socket(), directory.resolve("logs"));
    }

    @AfterEach
    void close() throws IOException {
        if (cri != null) {
            cri.close();
        }
        if (containerd != null) {
            containerd.close();
        }
    }

    private static void await(BooleanSupplier condition, String what) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            assertTrue(i < 1800, what);
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    private long lines(String container) {
        try {
            return Files.readAllLines(directory.resolve("logs").resolve(container + ".log")).size();
        } catch (IOException e) {
            return 0;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void from_run_to_remove(boolean sharedPids) {
        String pod = cri.runPod(sharedPids);
        String one = cri.run(pod, "one", sharedPids, "while :; do echo tick; sleep 0.1; done");
        String two = cri.run(pod, "two", sharedPids, "exec sleep 1000");
        assertTrue(Files.isDirectory(directory.resolve("states/k8s.io").resolve(two)), "the handler's options reach the shim");
        assertEquals(new Cri.Executed("inside\n", "oops\n", 3), cri.exec(two, "sh", "-c", "echo inside; echo oops >&2; exit 3"));
        assertEquals(sharedPids, cri.exec(two, "ps").stdout().contains("echo tick"));
        assertTrue(cri.workingSet(one) > 0);
        await(() -> lines("one") > 2, "what a container says is in its log");
        cri.stop(two);
        assertEquals(Cri.EXITED, cri.status(two).state());
        cri.remove(two);
        assertEquals(Cri.RUNNING, cri.status(one).state());
        cri.removePod(pod);
    }

    @Test
    void containerd_is_killed_and_nothing_is_lost() throws IOException {
        String pod = cri.runPod(false);
        String lasting = cri.run(pod, "lasting", false, "while :; do echo tick; sleep 0.1; done");
        String ending = cri.run(pod, "ending", false, "sleep 1; exit 4");
        containerd.killAndStart();
        await(() -> cri.status(ending).state() == Cri.EXITED, "the end of a container is known");
        assertEquals(4, cri.status(ending).exitCode());
        assertEquals(Cri.RUNNING, cri.status(lasting).state());
        assertEquals("again\n", cri.exec(lasting, "echo", "again").stdout());
        long before = lines("lasting");
        await(() -> lines("lasting") > before, "the log goes on");
        cri.removePod(pod);
    }
}
