package io.carafe.runtime.binary;

import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.Root;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.process.Process;
import io.carafe.spec.resources.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** A bundle with a busybox in it, and a configuration that a test changes from the default. */
public final class Bundle {

    private static final Path BUSYBOX = Path.of("/bin/busybox");
    private static final AtomicInteger COUNT = new AtomicInteger();

    private final Path path;
    private final String id;
    private Config config;

    private Bundle(Path path, String id, Config config) {
        this.path = path;
        this.id = id;
        this.config = config;
    }

    /** A bundle of the default configuration, without a terminal, with a busybox as its root. */
    public static Bundle in(Path directory) {
        return of(directory, DefaultConfig.rootful());
    }

    /** The same for an ordinary user: DefaultConfig.rootless. */
    public static Bundle rootless(Path directory, int uid, int gid) {
        return of(directory, DefaultConfig.rootless(uid, gid));
    }

    private static Bundle of(Path directory, Config config) {
        String id = "carafe-test-" + ProcessHandle.current().pid() + "-" + COUNT.incrementAndGet();
        try {
            Path path = Files.createDirectories(directory.resolve(id));
            Path root = path.resolve("rootfs");
            for (String dir : List.of("bin", "etc", "tmp", "proc", "sys", "dev", "root")) {
                Files.createDirectories(root.resolve(dir));
            }
            Files.copy(BUSYBOX, root.resolve("bin/busybox"));
            for (String applet : List.of("sh", "ls", "cat", "id", "true", "false", "hostname", "mount", "sleep", "ps", "touch", "stat", "kill",
                    "echo", "test", "mknod", "env", "pwd", "dd", "readlink", "ip", "head", "tail", "grep", "od", "chmod", "mkdir", "wc", "usleep")) {
                Files.createSymbolicLink(root.resolve("bin").resolve(applet), Path.of("busybox"));
            }
            Files.writeString(root.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
            return new Bundle(path, id, config).process(process -> process.withTerminal(false));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public Path path() {
        return path;
    }

    public Path rootfs() {
        return path.resolve("rootfs");
    }

    public String id() {
        return id;
    }

    public Config config() {
        return config;
    }

    public Bundle config(UnaryOperator<Config> change) {
        config = change.apply(config);
        return save(new String(ConfigJson.write(config), StandardCharsets.UTF_8));
    }

    /** Writes a config.json that may be anything. */
    public Bundle save(String json) {
        try {
            Files.writeString(path.resolve("config.json"), json);
            return this;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public Bundle process(UnaryOperator<Process> change) {
        return config(was -> was.withProcess(change.apply(was.process().orElseThrow())));
    }

    public Bundle linux(UnaryOperator<Linux> change) {
        return config(was -> was.withLinux(change.apply(was.linux().orElseThrow())));
    }

    public Bundle resources(UnaryOperator<Resources> change) {
        return linux(was -> was.withResources(change.apply(was.resources().orElseThrow())));
    }

    public Bundle args(String... args) {
        return process(was -> was.withArgs(List.of(args)));
    }

    /** A script of the container's sh. */
    public Bundle script(String script) {
        return args("/bin/sh", "-c", script);
    }

    public Bundle writable() {
        return config(was -> was.withRoot(new Root(was.root().orElseThrow().path(), false)));
    }
}
