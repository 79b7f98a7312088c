package io.carafe.benchmarks.host;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * {@code /run/containerd}, where shims have their sockets: a tmpfs of our own in our mount namespace, so that nothing is shared with a
 * containerd of the host.
 *
 * @param made whether there was no such folder
 */
public record RunContainerd(boolean made) {

    private static final Path PATH = Path.of("/run/containerd");

    public static RunContainerd mount() throws IOException {
        boolean made = !Files.exists(PATH);
        Files.createDirectories(PATH);
        linux().mounts.mount("tmpfs", PATH.toString(), "tmpfs", 0, "mode=711");
        return new RunContainerd(made);
    }

    public void unmount() throws IOException {
        linux().mounts.umount2(PATH.toString(), 0);
        if (made) {
            Files.delete(PATH);
        }
    }

    private static Linux linux() {
        return Linux.over(Door.open());
    }
}
