package io.carafe.conmon.binary;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A monitor as its callers start it: pipes by numbers in the environment, a bundle, a folder for exit files; and a runtime that is a script.
 *
 * <p>What came of it is one text, in which times and numbers of processes are words, so that two monitors' can be compared.
 */
final class Monitored {

    static final String ID = "0123456789abcdef";
    private static final long PATIENCE_SECONDS = 180;
    private static final String TIME = "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{9}[+-]\\d\\d:\\d\\d";

    final Path directory;
    final Path bundle;
    private final Path binary;
    private final Map<String, String> environment = new TreeMap<>();

    Monitored(Path binary, Path directory) throws IOException {
        this.binary = binary;
        this.directory = Files.createDirectories(directory);
        this.bundle = Files.createDirectory(directory.resolve("bundle"));
        for (String name : List.of("exits", "persist", "sockets")) {
            Files.createDirectory(directory.resolve(name));
        }
        Files.writeString(directory.resolve("start"), "go\n");
    }

    static Path ours() {
        Path path = Path.of(System.getProperty("carafe.conmon", ""));
        assertTrue(Files.isExecutable(path), "-Dcarafe.conmon names no binary: build it with make build");
        return path;
    }

    /** The peer. */
    static Optional<Path> conmon() {
        return Optional.of(Path.of("/usr/bin/conmon")).filter(Files::isExecutable);
    }

    /** @param script what the runtime does after it has written its words to {@code words}; {@code runs BODY} makes a process, which waits until its pid is told */
    Monitored runtime(String script) {
        write("runtime", """
                #!/bin/sh
                export D=%s
                printf '%%s\\n' "$@" >$D/words
                while [ $# -gt 0 ]; do [ "$1" = --pid-file ] && pid=$2; shift; done
                exec 9<&0 # a job in the background would have /dev/null
                runs() { setsid sh -c "until grep -q data $D/sync; do sleep 0.02; done; $1" <&9 9<&- & printf %%s $! >$pid; }
                %s
                """.formatted(directory, script));
        assertTrue(directory.resolve("runtime").toFile().setExecutable(true));
        return this;
    }

    Monitored env(String name, String value) {
        environment.put(name, value);
        return this;
    }

    private Path write(String name, String text) {
        try {
            return Files.writeString(directory.resolve(name), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The words of a create as podman says them. */
    List<String> create(String... further) {
        List<String> words = new ArrayList<>(List.of("--api-version", "1", "-c", ID, "-u", ID, "-r", directory + "/runtime", "-b", bundle.toString(),
                "-p", directory + "/pid", "-n", "name", "--exit-dir", directory + "/exits", "--persist-dir", directory + "/persist",
                "--full-attach", "-l", "k8s-file:" + directory + "/log", "--log-level", "error", "--sync"));
        words.addAll(List.of(further));
        return words;
    }

    List<String> exec(String... further) {
        List<String> words = create("-e", "--exec-process-spec", directory + "/process.json");
        words.addAll(List.of(further));
        return words;
    }

    Process start(List<String> words) throws IOException {
        List<String> command = new ArrayList<>(List.of("sh", "-c",
                "exec 3>>sync 4<start 5>>attached; _OCI_SYNCPIPE=3 _OCI_STARTPIPE=4 _OCI_ATTACHPIPE=5 exec \"$@\"", "sh", binary.toString()));
        words.forEach(word -> command.add(word.replace("DIR", directory.toString())));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(directory.resolve("out").toFile()).redirectError(directory.resolve("err").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    /** Until it has ended. */
    int run(List<String> words) throws Exception {
        Process process = start(words);
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            fail("the monitor does not end: " + words);
        }
        return process.exitValue();
    }

    String text(String name) throws IOException {
        Path file = directory.resolve(name);
        return Files.isRegularFile(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
    }

    /** Times and pids as words. */
    String plain(String text) throws IOException {
        String pid = text("pid").strip();
        return (pid.isEmpty() ? text : text.replaceAll("\\b" + pid + "\\b", "PID")).replaceAll(TIME, "TIME").replace(directory.toString(), "DIR");
    }

    /** What is in a log, the lines of stdout first. */
    String log() throws IOException {
        return plain(text("log")).lines().sorted((one, other) -> Boolean.compare(one.contains(" stderr "), other.contains(" stderr ")))
                .map(line -> line.replaceFirst("^TIME (stdout|stderr) ", "$1 ")).collect(Collectors.joining("|"));
    }

    /** All that a caller may look at. */
    String outcome(int code) throws IOException {
        StringBuilder outcome = new StringBuilder("code " + code);
        append(outcome, "sync", text("sync"));
        append(outcome, "attached", text("attached"));
        append(outcome, "log", log());
        append(outcome, "exit", text("exits/" + ID));
        append(outcome, "persist", text("persist/exit"));
        append(outcome, "told", text("told"));
        append(outcome, "out", text("out"));
        append(outcome, "files", files());
        return outcome.toString();
    }

    private void append(StringBuilder outcome, String name, String text) throws IOException {
        if (!text.isEmpty()) {
            outcome.append("; ").append(name).append(' ').append(plain(text).strip().replace("\n", "|"));
        }
    }

    /** What is left in the bundle and in the folders beside it, with its type and mode. */
    private String files() throws IOException {
        List<String> names = new ArrayList<>();
        for (String folder : List.of("bundle", "exits", "persist", "sockets")) {
            try (Stream<Path> files = Files.list(directory.resolve(folder))) {
                files.sorted().forEach(file -> names.add(folder + "/" + file.getFileName() + mode(file)));
            }
        }
        return String.join(" ", names);
    }

    private static String mode(Path file) {
        try {
            return (Files.isSymbolicLink(file) ? "@" : Files.isRegularFile(file) ? "" : "=")
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(file, LinkOption.NOFOLLOW_LINKS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
