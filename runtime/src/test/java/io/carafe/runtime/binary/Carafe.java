package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The binary under test, with a root of its own for state directories. */
public final class Carafe {

    private static final long PATIENCE_SECONDS = 180;
    private static final int ORDINARY_USER = 65534;
    /** Words before every verb: {@code --systemd-cgroup}, where the tests are run with that driver. */
    private static final List<String> FLAGS = List.of(System.getProperty("carafe.flags", "").split(" "));

    private final Path binary;
    private final Path root;
    private final List<String> prefix;
    private final Map<String, String> environment;

    private Carafe(Path binary, Path root, List<String> prefix, Map<String, String> environment) {
        this.binary = binary;
        this.root = root;
        this.prefix = prefix;
        this.environment = environment;
    }

    /** The shipped binary. */
    public static Carafe in(Path root) {
        return new Carafe(named("carafe.binary"), root, List.of("unshare", "--mount", "--propagation", "private"), Map.of());
    }

    /** The binary of the tests, whose door can fail: see FaultyCarafe. */
    public static Carafe faulty(Path root, String fault, Path calls) {
        return faulty(root, Map.of("CARAFE_FAULT", fault, "CARAFE_CALLS", calls.toString()));
    }

    /** The same, with other variables for it. */
    public static Carafe faulty(Path root, Map<String, String> variables) {
        return new Carafe(named("carafe.faulty"), root, List.of("unshare", "--mount", "--propagation", "private"), variables);
    }

    private static Path named(String property) {
        String path = System.getProperty(property, "");
        if (path.isEmpty() || !Files.isExecutable(Path.of(path))) {
            fail("-D" + property + " names no binary: build it with make build");
        }
        return Path.of(path);
    }

    /** The same as uid and gid 65534 without capabilities. */
    public Carafe asOrdinaryUser() {
        return new Carafe(binary, root, List.of("setpriv", "--reuid=" + ORDINARY_USER, "--regid=" + ORDINARY_USER, "--clear-groups",
                "--inh-caps=-all", "--bounding-set=-all"), environment);
    }

    /** The same, started by another command in the place of all prefixes. */
    public Carafe behind(String... prefix) {
        return new Carafe(binary, root, List.of(prefix), environment);
    }

    /** Whether every call of the tests asks for systemd's driver. */
    public static boolean isSystemdDriver() {
        return FLAGS.contains("--systemd-cgroup");
    }

    /** What a call came to. */
    public record Result(List<String> command, int code, String out, String err) {

        public Result succeeds() {
            assertEquals(0, code, this::toString);
            return this;
        }

        /** Exit 1 and one line on stderr. @return the line */
        public String fails() {
            return failsWith(1);
        }

        /** As {@link #fails} with another exit code: 255 is an exec that did not come to run its program. */
        public String failsWith(int expected) {
            assertEquals(expected, code, this::toString);
            assertEquals(1, err.lines().filter(line -> !line.startsWith("carafe: warning: ")).count(), this::toString);
            return err.strip();
        }

        @Override
        public String toString() {
            return String.join(" ", command) + "\nexit " + code + "\nstdout: " + out + "\nstderr: " + err;
        }
    }

    public Path binary() {
        return binary;
    }

    public Path root() {
        return root;
    }

    public Result call(String... words) {
        return finish(start(words), words);
    }

    /** A call that is not waited for. Its output goes to files below the root. */
    public Process start(String... words) {
        try {
            Files.createDirectories(root.getParent());
            ProcessBuilder builder = new ProcessBuilder(command(words));
            builder.environment().putAll(environment);
            builder.redirectInput(Path.of("/dev/null").toFile());
            // Files, not pipes: a container that outlives the call would hold a pipe open.
            builder.redirectOutput(Files.createTempFile(root.getParent(), "out", "").toFile());
            builder.redirectError(Files.createTempFile(root.getParent(), "err", "").toFile());
            Process process = builder.start();
            outputs.put(process, List.of(builder.redirectOutput().file().toPath(), builder.redirectError().file().toPath()));
            return process;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private final Map<Process, List<Path>> outputs = new java.util.concurrent.ConcurrentHashMap<>();

    public Result finish(Process process, String... words) {
        try {
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail(String.join(" ", command(words)) + " still runs after " + PATIENCE_SECONDS + " s");
            }
            List<Path> files = outputs.remove(process);
            Result result = new Result(command(words), process.exitValue(), text(files.get(0)), text(files.get(1)));
            for (Path file : files) {
                Files.delete(file);
            }
            return result;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The command line of a call, for a test that runs it in its own way. @param before words that go in front, as {@code setsid} */
    public ProcessBuilder builder(List<String> before, String... words) {
        List<String> command = new ArrayList<>(before);
        command.addAll(command(words));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().putAll(environment);
        return builder;
    }

    private static String text(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(prefix);
        command.add(binary.toString());
        command.add("--root");
        command.add(root.toString());
        FLAGS.stream().filter(flag -> !flag.isEmpty()).forEach(command::add);
        command.addAll(List.of(words));
        return command;
    }

    /** Runs a container attached. */
    public Result run(Bundle bundle) {
        return call("run", "--bundle", bundle.path().toString(), bundle.id());
    }
}
