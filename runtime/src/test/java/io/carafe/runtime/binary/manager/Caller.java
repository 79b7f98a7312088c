package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Calls the binary as a manager does: with its environment and nothing else, in the bundle, killed when its caller dies, as the
 * subreaper to which the container's init falls.
 */
final class Caller implements AutoCloseable {

    private static final int PR_SET_CHILD_SUBREAPER = 36;

    private final Linux linux = Linux.over(Door.open());
    private final Path binary;
    private final Path bundle;
    private final Map<String, String> environment;
    private final List<String> global;

    /** @param global words in front of the verb */
    Caller(Path binary, Path bundle, Map<String, String> environment, String... global) {
        this.binary = binary;
        this.bundle = bundle;
        this.environment = environment;
        this.global = List.of(global);
        linux.processes.prctl(PR_SET_CHILD_SUBREAPER, 1, 0);
    }

    /** @param code the exit status; @param output stdout; @param errors stderr */
    record Answer(int code, String output, String errors) {

        Answer succeeds() {
            assertEquals(0, code, this::toString);
            return this;
        }

        Answer fails(String part) {
            return failsWith(1, part);
        }

        Answer failsWith(int expected, String part) {
            assertEquals(expected, code, this::toString);
            assertTrue(errors.contains(part), this::toString);
            return this;
        }
    }

    ProcessBuilder command(String... words) {
        List<String> command = new ArrayList<>(List.of("/usr/bin/setpriv", "--pdeathsig", "KILL", binary.toString()));
        command.addAll(global);
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(bundle.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }

    Answer call(String... words) {
        return send("", words);
    }

    /** Output goes to files, not to pipes, which a container's init would hold open. @param input for stdin */
    Answer send(String input, String... words) {
        try {
            Path in = Files.writeString(Files.createTempFile(bundle.getParent(), "in", ""), input);
            Path out = Files.createTempFile(bundle.getParent(), "out", "");
            Path err = Files.createTempFile(bundle.getParent(), "err", "");
            Process process = command(words).redirectInput(in.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
            assertTrue(process.waitFor(180, TimeUnit.SECONDS), String.join(" ", words) + " still runs");
            return new Answer(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err, StandardCharsets.UTF_8));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    String status(String id) {
        String state = call("state", id).succeeds().output();
        return state.lines().filter(line -> line.contains("\"status\"")).findFirst().orElseThrow().split("\"")[3];
    }

    /** As a shim reads it: a bare decimal. */
    static int pid(Path file) throws IOException {
        String text = Files.readString(file);
        assertTrue(text.matches("[1-9][0-9]*"), "a bare decimal: " + text);
        return Integer.parseInt(text);
    }

    /** waitid(2) on what fell to us. @return the exit code; 128 and the signal's number for one that a signal ended */
    int waitFor(int pid) {
        try (Fd pidfd = linux.processes.pidfdOpen(pid)) {
            return linux.processes.waitFor(pidfd).code();
        }
    }

    static long parent(int pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1]);
    }

    @Override
    public void close() {
        linux.processes.prctl(PR_SET_CHILD_SUBREAPER, 0, 0);
    }
}
