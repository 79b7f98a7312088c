package io.carafe.benchmarks.process;

import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.OciVersion;
import io.carafe.spec.Root;
import io.carafe.spec.codec.ConfigJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * The folders that the benchmarks of one run work in; a forked JVM is told where they are and finds the rest.
 *
 * <pre>
 * folder/bundle    config.json, rootfs with busybox
 * folder/…         further bundles on the same rootfs, which a benchmark makes
 * folder/runtimes  a line each: name, tab, path
 * states/NAME      the state directory of a runtime: on tmpfs, as in production
 * states/NAME.pid  its container's process
 * </pre>
 */
public record WorkDirectory(Path folder, Path states) {

    private static final String FOLDER = "carafe.benchmarks.folder";
    private static final String STATES = "carafe.benchmarks.states";

    /** Makes the folders. @param config for the bundle; absent: what {@code carafe spec} writes, with /bin/true and no terminal */
    public static WorkDirectory make(Optional<Path> config) {
        try {
            Path folder = Files.createTempDirectory("carafe-benchmarks-");
            Path run = Path.of("/run");
            Path states = Files.createTempDirectory(Files.isWritable(run) ? run : folder, "carafe-benchmarks-");
            WorkDirectory work = new WorkDirectory(folder, states);
            work.makeBundle(config);
            return work;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void makeBundle(Optional<Path> config) throws IOException {
        Path rootfs = bundle().resolve("rootfs");
        for (String directory : List.of("bin", "dev", "proc", "sys", "tmp")) {
            Files.createDirectories(rootfs.resolve(directory));
        }
        Files.copy(Path.of("/bin/busybox"), rootfs.resolve("bin/busybox"), StandardCopyOption.COPY_ATTRIBUTES);
        Files.createSymbolicLink(rootfs.resolve("bin/true"), Path.of("busybox"));
        byte[] json = config.isPresent() ? Files.readAllBytes(config.get()) : ConfigJson.write(runTrue());
        Files.write(bundle().resolve("config.json"), json);
    }

    private static Config runTrue() throws IOException {
        Path self = Path.of("/proc/self");
        Config config = isRoot() ? DefaultConfig.rootful() : DefaultConfig.rootless(
                (int) Files.getAttribute(self, "unix:uid"), (int) Files.getAttribute(self, "unix:gid"));
        // crun before 1.9 refuses later versions of the specification than 1.0.
        return Config.of(OciVersion.parse("1.0.2"))
                .withProcess(config.process().orElseThrow().withTerminal(false).withArgs(List.of("/bin/true")))
                .withRoot(config.root().orElseThrow())
                .withHostname(config.hostname().orElseThrow())
                .withMounts(config.mounts())
                .withLinux(config.linux().orElseThrow());
    }

    public static boolean isRoot() {
        try {
            return Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The place that {@link #properties} named to this process. */
    public static WorkDirectory ofThisProcess() {
        return new WorkDirectory(Path.of(System.getProperty(FOLDER)), Path.of(System.getProperty(STATES)));
    }

    /** Options of a JVM that shall work here. */
    public List<String> properties() {
        return List.of("-D" + FOLDER + "=" + folder, "-D" + STATES + "=" + states);
    }

    public Launcher launcher() {
        return new Launcher(states);
    }

    public Path bundle() {
        return folder.resolve("bundle");
    }

    /** That of the bundle. */
    public Config config() {
        try {
            return ConfigJson.read(Files.readAllBytes(bundle().resolve("config.json")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Another bundle on the same root, with a configuration that is the first bundle's, changed. */
    public Path bundle(String name, UnaryOperator<Config> change) {
        try {
            Path other = Files.createDirectories(folder.resolve(name));
            Config config = config();
            Root root = new Root(bundle().resolve("rootfs").toString(), config.root().orElseThrow().readonly());
            Files.write(other.resolve("config.json"), ConfigJson.write(change.apply(config.withRoot(root))));
            return other;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public OciRuntime runtime(String name, Path binary) {
        return new OciRuntime(name, binary, states.resolve(name));
    }

    /** What the names of all containers of this run begin with. */
    public String idPrefix() {
        return folder.getFileName() + "-";
    }

    /** The container of a runtime. Its cgroup has that name too, so each runtime needs its own. */
    public String id(OciRuntime runtime) {
        return idPrefix() + runtime.name();
    }

    /** Says which runtimes take part. */
    public void admit(List<OciRuntime> runtimes) {
        StringBuilder lines = new StringBuilder();
        for (OciRuntime runtime : runtimes) {
            lines.append(runtime.name()).append('\t').append(runtime.binary()).append('\n');
        }
        try {
            Files.writeString(folder.resolve("runtimes"), lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<OciRuntime> runtimes() {
        List<OciRuntime> runtimes = new ArrayList<>();
        for (String line : read(folder.resolve("runtimes")).split("\n")) {
            String[] fields = line.split("\t");
            runtimes.add(runtime(fields[0], Path.of(fields[1])));
        }
        return runtimes;
    }

    public Path pidFile(OciRuntime runtime) {
        return states.resolve(runtime.name() + ".pid");
    }

    /** What {@code create} wrote into the {@link #pidFile}. */
    public int pid(OciRuntime runtime) {
        return Integer.parseInt(read(pidFile(runtime)).trim());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Deletes containers that an interrupted or failed benchmark has left, then the folders. */
    public void clear(List<OciRuntime> runtimes) throws IOException {
        for (OciRuntime runtime : runtimes) {
            // crun keeps a folder of its own among them: .empty-directory.
            for (Path container : children(runtime.states()).stream().filter(path -> !path.getFileName().toString().startsWith(".")).toList()) {
                launcher().time(runtime.deleteByForce(container.getFileName().toString()));
            }
        }
        remove(states);
        remove(folder);
    }

    /** Not through a symbolic link. What is still a mount point fails. */
    private static void remove(Path path) throws IOException {
        for (Path child : children(path)) {
            remove(child);
        }
        Files.deleteIfExists(path);
    }

    private static List<Path> children(Path path) throws IOException {
        if (!Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(path)) {
            return children.toList();
        }
    }
}
