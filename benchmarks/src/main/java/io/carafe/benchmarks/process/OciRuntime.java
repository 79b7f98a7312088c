package io.carafe.benchmarks.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A runtime to be measured, and the commands that every runtime understands.
 *
 * @param name shown in the results; no two are the same
 * @param states its state directory, {@code --root}
 */
public record OciRuntime(String name, Path binary, Path states) {

    /** Carafe's name among the runtimes. */
    public static final String CARAFE = "carafe";

    /** The least that a run can be: floor.c. */
    public static final String FLOOR = "floor";

    public boolean isFloor() {
        return name.equals(FLOOR);
    }

    public boolean isCarafe() {
        return name.equals(CARAFE);
    }

    public List<String> version() {
        return List.of(binary.toString(), "--version");
    }

    public List<String> run(Path bundle, String id) {
        return command("run", "--bundle", bundle.toString(), id);
    }

    /** @param pidFile gets the number of the container's process */
    public List<String> runDetached(Path bundle, Path pidFile, String id) {
        return command("run", "--detach", "--bundle", bundle.toString(), "--pid-file", pidFile.toString(), id);
    }

    public List<String> exec(String id, String program) {
        return command("exec", id, program);
    }

    /** @param pidFile gets the number of the container's process */
    public List<String> create(Path bundle, Path pidFile, String id) {
        return command("create", "--bundle", bundle.toString(), "--pid-file", pidFile.toString(), id);
    }

    /** On a terminal, whose master goes to a socket. @param pidFile gets the number of the new process */
    public List<String> execOnTerminal(Path socket, Path pidFile, String id, String... program) {
        List<String> command = command("exec", "--tty", "--detach", "--console-socket", socket.toString(), "--pid-file", pidFile.toString(), id);
        command.addAll(List.of(program));
        return command;
    }

    /** @param signal by its name */
    public List<String> kill(String id, String signal) {
        return command("kill", id, signal);
    }

    public List<String> start(String id) {
        return command("start", id);
    }

    /** The same with a trace of its system calls: carafe's only. */
    public List<String> traced(Path trace, List<String> command) {
        List<String> traced = new ArrayList<>(command);
        traced.addAll(1, List.of("--trace", trace.toString()));
        return traced;
    }

    public List<String> state(String id) {
        return command("state", id);
    }

    public List<String> delete(String id) {
        return command("delete", id);
    }

    public List<String> deleteByForce(String id) {
        return command("delete", "--force", id);
    }

    public List<String> pause(String id) {
        return command("pause", id);
    }

    public List<String> resume(String id) {
        return command("resume", id);
    }

    /** Pids alone: what their table looks like, ps(1) decides for one and the runtime for another. */
    public List<String> ps(String id) {
        return command("ps", "--format", "json", id);
    }

    public List<String> update(String id, int pids) {
        return command("update", "--pids-limit", Integer.toString(pids), id);
    }

    public List<String> statistics(String id) {
        return command("events", "--stats", id);
    }

    private List<String> command(String... words) {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--root", states.toString()));
        command.addAll(List.of(words));
        return command;
    }
}
