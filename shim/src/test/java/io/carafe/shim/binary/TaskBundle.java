package io.carafe.shim.binary;

import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.process.Process;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A bundle with a busybox in it. */
public record TaskBundle(Path path, String id) {

    private static final List<String> APPLETS = List.of("sh", "cat", "true", "false", "sleep", "echo", "stty", "usleep", "seq", "kill", "dd");

    public static TaskBundle make(Path directory, String id, Map<String, String> annotations, UnaryOperator<Process> process) throws IOException {
        Path path = Files.createDirectories(directory.resolve(id));
        for (String dir : List.of("bin", "proc", "sys", "dev", "tmp", "root")) {
            Files.createDirectories(path.resolve("rootfs").resolve(dir));
        }
        Files.copy(Path.of("/bin/busybox"), path.resolve("rootfs/bin/busybox"));
        for (String applet : APPLETS) {
            Files.createSymbolicLink(path.resolve("rootfs/bin").resolve(applet), Path.of("busybox"));
        }
        Config config = DefaultConfig.rootful();
        config = config.withProcess(process.apply(config.process().orElseThrow())).withAnnotations(annotations);
        config = config.withRoot(new io.carafe.spec.Root("rootfs", false));
        TaskBundle bundle = new TaskBundle(path, id);
        config = config.withLinux(config.linux().orElseThrow().withCgroupsPath("/" + bundle.cgroup()));
        Files.write(path.resolve("config.json"), ConfigJson.write(config));
        return bundle;
    }

    /** Another run of the same tests on this host has others. */
    String cgroup() {
        return "carafe-test-" + ProcessHandle.current().pid() + "-" + id;
    }

    /** The same with another configuration. */
    public TaskBundle config(UnaryOperator<Config> change) throws IOException {
        Path file = path.resolve("config.json");
        Files.write(file, ConfigJson.write(change.apply(ConfigJson.read(Files.readAllBytes(file)))));
        return this;
    }
}
