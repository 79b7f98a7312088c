package io.carafe.benchmarks.shim;

import io.carafe.benchmarks.process.LaunchException;
import io.carafe.benchmarks.process.Launcher;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A containerd of our own, in mount and pid namespaces with which all that it has started goes; its {@code /run/containerd} is this
 * process's, on which a tmpfs was mounted.
 */
public final class Containerd implements AutoCloseable {

    private static final String CONFIG = """
            version = 2
            root = "@/store"
            state = "/run/containerd"
            disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
              "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
            [grpc]
              address = "@/containerd.sock"
            [plugins."io.containerd.internal.v1.opt"]
              path = "@/opt"
            """;
    /** Ends with whoever holds its stdin, and with it its namespace. */
    private static final String SHELL = "containerd --config \"$0\" & read -r end";
    private static final int PATIENCE = 100;
    private static final long MOMENT_MILLIS = 100;

    private final Path folder;
    private final Launcher launcher;
    private final Process shell;

    private Containerd(Path folder, Launcher launcher, Process shell) {
        this.folder = folder;
        this.launcher = launcher;
        this.shell = shell;
    }

    /** @param folder empty. @param shims which lie in one folder, each beside its runtime */
    public static Containerd start(Path folder, Launcher launcher, List<ContainerdShim> shims) {
        try {
            Files.createDirectories(folder);
            Path config = Files.writeString(folder.resolve("config.toml"), CONFIG.replace("@", folder.toString()));
            ProcessBuilder builder = new ProcessBuilder("unshare", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child",
                    "--propagation", "private", "sh", "-c", SHELL, config.toString());
            builder.environment().put("PATH", shims.get(0).binary().getParent() + ":" + System.getenv("PATH"));
            builder.redirectErrorStream(true).redirectOutput(folder.resolve("log").toFile());
            Containerd containerd = new Containerd(folder, launcher, builder.start());
            containerd.awaitAnswer();
            return containerd;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void awaitAnswer() throws IOException {
        for (int i = 0;; i++) {
            try {
                launcher.time(ctr("version"));
                return;
            } catch (LaunchException e) {
                if (i == PATIENCE || !shell.isAlive()) {
                    close();
                    throw new IllegalStateException("containerd does not answer: " + Files.readString(folder.resolve("log")));
                }
            }
            try {
                Thread.sleep(MOMENT_MILLIS);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** @param namespace of containerd: the cgroup of the container lies in one of that name */
    public List<String> run(ContainerdShim shim, String namespace, Path rootfs, String id, String program) {
        return ctr("-n", namespace, "run", "--rm", "--runtime", shim.type(), "--rootfs", rootfs.toString(), id, program);
    }

    private List<String> ctr(String... words) {
        List<String> command = new ArrayList<>(List.of("/usr/bin/ctr", "-a", folder.resolve("containerd.sock").toString()));
        command.addAll(List.of(words));
        return command;
    }

    @Override
    public void close() {
        try {
            shell.getOutputStream().write("end\n".getBytes(StandardCharsets.UTF_8));
            shell.getOutputStream().flush();
            shell.waitFor();
        } catch (IOException e) {
            shell.destroyForcibly();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
