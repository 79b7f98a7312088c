package io.carafe.shim.cri;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** A containerd with an image, and its kubelet. */
final class Node implements AutoCloseable {

    static final String SECOND = "CARAFE_CONTAINERD_2";

    private final Path directory;
    private final Containerd containerd;
    private final Cri cri;

    Node(Path directory) throws IOException {
        this(directory, Optional.empty());
    }

    /** One whose sandboxes are the shim's, which wants a containerd 2.x: {@link #SECOND} names it. */
    static Node withSandboxer(Path directory) throws IOException {
        String second = System.getenv(SECOND);
        assumeTrue(second != null && Files.isExecutable(Path.of(second)), SECOND + " names no containerd 2.x");
        return new Node(directory, Optional.of(Path.of(second)));
    }

    private Node(Path directory, Optional<Path> second) throws IOException {
        this.directory = directory;
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/containerd")), "containerd is not installed");
        containerd = new Containerd(directory, Path.of(System.getProperty("carafe.shim")), Path.of(System.getProperty("carafe.binary")), second);
        containerd.importImage();
        cri = new Cri(containerd.socket(), directory.resolve("logs"));
    }

    Containerd containerd() {
        return containerd;
    }

    Cri cri() {
        return cri;
    }

    static void await(BooleanSupplier condition, String what) {
        for (int i = 0; !condition.getAsBoolean(); i++) {
            assertTrue(i < 1800, what);
            try {
                Thread.sleep(100);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    /** What is in the log of a container of this name: a line begins with its time and its stream. */
    String log(String container) {
        try {
            Path log = directory.resolve("logs").resolve(container + ".log");
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** What a container of this name has written, without the times. */
    String said(String container) {
        return log(container).replaceAll("(?m)^\\S+ (stdout|stderr) [FP] ", "");
    }

    long lines(String container) {
        return log(container).lines().count();
    }

    @Override
    public void close() throws IOException {
        cri.close();
        containerd.close();
    }
}
