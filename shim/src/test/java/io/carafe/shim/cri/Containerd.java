package io.carafe.shim.cri;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A containerd in mount, network and pid namespaces of its own, which can be killed and started anew; with it goes all that it has
 * started.
 */
final class Containerd implements AutoCloseable {

    static final String IMAGE = "docker.io/carafe/box:1";
    private static final long PATIENCE_SECONDS = 180;

    private static final String CONFIG = """
            version = 2
            root = "@/store"
            state = "/run/containerd"
            disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs",
              "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
            [grpc]
              address = "@/socket"
            [plugins."io.containerd.internal.v1.opt"]
              path = "@/opt"
            [plugins."io.containerd.grpc.v1.cri"]
              sandbox_image = "IMAGE"
              restrict_oom_score_adj = true
              disable_apparmor = true
              [plugins."io.containerd.grpc.v1.cri".cni]
                bin_dir = "@/cni"
                conf_dir = "@/cni"
              [plugins."io.containerd.grpc.v1.cri".containerd]
                default_runtime_name = "carafe"
                [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.carafe]
                  runtime_type = "io.containerd.carafe.v2"
                  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.carafe.options]
                    ConfigPath = "@/options.toml"
            """;

    /**
     * The same for 2.x; a pod's sandbox is the shim's. The image is there because 2.1 wants it, whoever makes the sandbox; options are not,
     * because it takes none but containerd.runc.v1.Options then.
     */
    private static final String CONFIG_OF_SANDBOXER = """
            version = 3
            root = "@/store"
            state = "/run/containerd"
            disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper",
              "io.containerd.nri.v1.nri"]
            [grpc]
              address = "@/socket"
            [plugins."io.containerd.internal.v1.opt"]
              path = "@/opt"
            [plugins."io.containerd.cri.v1.images".pinned_images]
              sandbox = "IMAGE"
            [plugins."io.containerd.cri.v1.runtime"]
              restrict_oom_score_adj = true
              disable_apparmor = true
              [plugins."io.containerd.cri.v1.runtime".cni]
                bin_dir = "@/cni"
                conf_dir = "@/cni"
              [plugins."io.containerd.cri.v1.runtime".containerd]
                default_runtime_name = "carafe"
                [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.carafe]
                  runtime_type = "io.containerd.carafe.v2"
                  sandboxer = "shim"
            """;

    /** A network plugin that gives a pod's namespace its loopback device and calls that eth0. */
    private static final String PLUGIN = """
            #!/bin/sh
            cat >/dev/null
            test "$CNI_COMMAND" = ADD || exit 0
            nsenter --net="$CNI_NETNS" /bin/busybox ip link set lo up
            echo '{"cniVersion": "0.4.0", "interfaces": [{"name": "'$CNI_IFNAME'", "mac": "00:00:00:00:00:00", "sandbox": "'$CNI_NETNS'"}],
              "ips": [{"version": "4", "interface": 0, "address": "127.0.0.1/8"}]}'
            """;

    /** Obeys the words start and kill, a line each; overlay needs a store that is on no overlay. */
    private static final String SHELL = """
            mount -t tmpfs run /run && mkdir @/store && mount -t tmpfs store @/store && /bin/busybox ip link set lo up
            mkdir @/shared && mount -t tmpfs shared @/shared && mount --make-shared @/shared
            while read -r word; do
              case $word in
              start) containerd --config @/config.toml >>@/containerd.log 2>&1 & daemon=$! ;;
              kill) kill -9 $daemon; wait $daemon; echo killed ;;
              esac
            done
            """;

    private final Path directory;
    private final Process shell;
    private final OutputStream words;

    Containerd(Path directory, Path shim, Path carafe) throws IOException {
        this(directory, shim, carafe, Optional.empty());
    }

    /** @param second a containerd 2.x that is to leave pods' sandboxes to the shim */
    Containerd(Path directory, Path shim, Path carafe, Optional<Path> second) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("bin"));
        Files.copy(shim, directory.resolve("bin/containerd-shim-carafe-v2"));
        Files.copy(carafe, directory.resolve("bin/carafe"));
        Path plugins = Files.createDirectories(directory.resolve("cni"));
        Files.writeString(plugins.resolve("net.conflist"), "{\"cniVersion\": \"0.4.0\", \"name\": \"pods\", \"plugins\": [{\"type\": \"net\"}]}");
        for (String plugin : List.of("loopback", "net")) {
            Files.writeString(plugins.resolve(plugin), PLUGIN);
            assertTrue(plugins.resolve(plugin).toFile().setExecutable(true));
        }
        if (second.isPresent()) {
            Files.createSymbolicLink(directory.resolve("bin/containerd"), second.get());
        }
        Files.writeString(directory.resolve("config.toml"), here(second.isPresent() ? CONFIG_OF_SANDBOXER : CONFIG));
        Files.writeString(directory.resolve("options.toml"), here("Root = \"@/states\"\n"));
        ProcessBuilder builder = new ProcessBuilder("unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "--kill-child",
                "--propagation", "private", "sh", "-c", here(SHELL));
        builder.environment().put("PATH", directory.resolve("bin") + ":" + System.getenv("PATH"));
        builder.redirectErrorStream(true).redirectOutput(directory.resolve("shell.log").toFile());
        shell = builder.start();
        words = shell.getOutputStream();
        start();
    }

    private String here(String text) {
        return text.replace("@", directory.toString()).replace("IMAGE", IMAGE);
    }

    Path socket() {
        return directory.resolve("socket");
    }

    /** A process in its mount and network namespaces. */
    long process() {
        return shell.pid();
    }

    Path log() {
        return directory.resolve("containerd.log");
    }

    private void say(String word) throws IOException {
        words.write((word + "\n").getBytes(StandardCharsets.UTF_8));
        words.flush();
    }

    private void start() throws IOException {
        say("start");
        for (int i = 0; run(List.of("ctr", "-a", socket().toString(), "version")) != 0; i++) {
            assertTrue(i < 1800 && shell.isAlive(), "containerd does not answer: see " + log());
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** kill -9 of containerd, and a new one in its place. */
    void killAndStart() throws IOException {
        say("kill");
        for (int i = 0; !Files.readString(directory.resolve("shell.log")).contains("killed"); i++) {
            assertTrue(i < 1800, "containerd is not to be killed");
            pause();
        }
        start();
    }

    /** Makes an image of busybox, in the form of docker save, and has it imported. */
    void importImage() throws IOException {
        Path root = directory.resolve("image/rootfs");
        for (String dir : List.of("bin", "dev", "etc", "proc", "sys", "tmp")) {
            Files.createDirectories(root.resolve(dir));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        for (String applet : output("/bin/busybox", "--list").split("\n")) {
            if (!"busybox".equals(applet)) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
        }
        Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/:/bin/sh\nalice:x:1001:1002:Alice:/tmp:/bin/sh\n");
        Files.writeString(root.resolve("etc/group"), "root:x:0:\nalice:x:1002:\nstaff:x:1003:alice\n");
        Path image = root.getParent();
        assertEquals(0, run(List.of("tar", "-C", root.toString(), "-cf", image.resolve("layer.tar").toString(), ".")));
        byte[] config = ("{\"architecture\":\"amd64\",\"os\":\"linux\",\"config\":{\"Cmd\":[\"sleep\",\"1000\"],\"Env\":[\"PATH=/bin\"]},"
                + "\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[\"sha256:" + sha256(Files.readAllBytes(image.resolve("layer.tar"))) + "\"]}}")
                .getBytes(StandardCharsets.UTF_8);
        String name = sha256(config) + ".json";
        Files.write(image.resolve(name), config);
        Files.writeString(image.resolve("manifest.json"),
                "[{\"Config\":\"" + name + "\",\"RepoTags\":[\"" + IMAGE + "\"],\"Layers\":[\"layer.tar\"]}]");
        assertEquals(0, run(List.of("tar", "-C", image.toString(), "-cf", directory.resolve("image.tar").toString(), name, "layer.tar",
                "manifest.json")));
        assertEquals(0, run(List.of("ctr", "-a", socket().toString(), "-n", "k8s.io", "image", "import",
                directory.resolve("image.tar").toString())), () -> "see " + log());
    }

    private static String output(String... command) throws IOException {
        return new String(new ProcessBuilder(command).start().getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    private int run(List<String> command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true)
                    .redirectOutput(directory.resolve("command.log").toFile()).start();
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> String.join(" ", command) + " still runs");
            return process.exitValue();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() throws IOException {
        words.close();
        shell.destroyForcibly();
        try {
            shell.waitFor();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
