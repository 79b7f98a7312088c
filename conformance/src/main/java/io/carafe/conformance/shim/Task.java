package io.carafe.conformance.shim;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Evidence;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.json.Json;
import io.carafe.conformance.ttrpc.Client;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * A task of the shim under test: its bundle, and the actions and calls that are about it.
 *
 * <p>Operations give the answer and judge nothing; those named by a participle ({@link #created}) fail the test when the shim does.
 */
public final class Task extends TaskBundle {

    private static final String SPEC = "types.containerd.io/opencontainers/runtime-spec/1/";
    private static final int SIGKILL = 9;

    private final Shim shim;
    private final Sandbox sandbox;
    private final String namespace;

    Task(Shim shim, Sandbox sandbox, Evidence evidence, String namespace, String id) {
        super(sandbox, evidence, namespace, id);
        this.shim = shim;
        this.sandbox = sandbox;
        this.namespace = namespace;
        args("sleep", "1000");
    }

    @Override
    protected Task self() {
        return this;
    }

    // ---- actions

    /** {@code start}, with config.json and the FIFO of its log, which is read from. */
    public CommandResult startAction(String... further) {
        return startActionWith("/dev/null", further);
    }

    /** The same with a file as stdin. */
    public CommandResult startActionWith(String stdin, String... further) {
        write();
        Path log = bundle().resolve("log");
        if (!Files.exists(log)) {
            fifo(log);
            sandbox.start(List.of("/bin/sh", "-c", "exec cat <>\"$0\"", log.toString()), Map.of(), "/dev/null");
        }
        return shim.run(bundle(), stdin, words("start", further));
    }

    /** {@code delete}, as containerd calls it when a shim has gone. */
    public Message deleteAction() {
        Sandbox.Running running = shim.start(bundle(), "/dev/null", words("delete", "-bundle", bundle().toString()));
        CommandResult answer = sandbox.await(running);
        Expect.that(answer.succeeded(), "delete: " + answer.outcome() + ": " + answer.message());
        Message response = Message.parse("DeleteResponse", sandbox.bytes(running.number()));
        shim.observed("the action delete", response.toString());
        return response;
    }

    private String[] words(String action, String... further) {
        List<String> words = new ArrayList<>(List.of("-namespace", namespace, "-address", shim.addressOfManager().toString(),
                "-publish-binary", "/bin/true", "-id", id()));
        words.addAll(List.of(further));
        words.add(action);
        return words.toArray(String[]::new);
    }

    /** A shim for it. The first task's is where all calls go. */
    public Task served() {
        CommandResult answer = startAction();
        Expect.that(answer.succeeded(), "start: " + answer.outcome() + ": " + answer.message());
        if (!shim.isServed()) {
            shim.use(answer.out());
        }
        return this;
    }

    // ---- calls

    public CallResult create() {
        return shim.await(Method.CREATE, beginCreate());
    }

    /** A Create that is not waited for. */
    public CompletableFuture<Reply> beginCreate() {
        return shim.begin(Method.CREATE, creation());
    }

    /** The same by a connection of the test's own. */
    public CompletableFuture<Reply> beginCreate(Client connection) {
        return shim.begin(connection, Method.CREATE, creation());
    }

    private Object[] creation() {
        write();
        return new Object[] {"id", id(), "bundle", bundle().toString(), "rootfs", mounts, "terminal", terminal, "stdin", stdin,
            "stdout", stdout, "stderr", stderr, "options", shim.options(runtimeOfShim, owner)};
    }

    /** Any method whose request says whom it means and nothing else. */
    public CallResult call(Method method) {
        return shim.call(method, "id", id());
    }

    public CallResult call(Method method, String exec) {
        return shim.call(method, "id", id(), "exec_id", exec);
    }

    public CallResult kill(int signal) {
        return shim.call(Method.KILL, "id", id(), "signal", signal);
    }

    public CallResult kill(int signal, String exec) {
        return shim.call(Method.KILL, "id", id(), "exec_id", exec, "signal", signal);
    }

    /** A further process, without streams. */
    public CallResult exec(String exec, String... args) {
        return exec(exec, false, "", args);
    }

    public CallResult exec(String exec, boolean terminal, String stdout, String... args) {
        return exec(exec, terminal, terminal, stdout, args);
    }

    /** The same. @param said what the process object says of a terminal */
    public CallResult exec(String exec, boolean terminal, boolean said, String stdout, String... args) {
        return shim.call(Method.EXEC, "id", id(), "exec_id", exec, "terminal", terminal, "stdout", stdout, "spec",
                Message.any(SPEC + "Process", process(said, args)));
    }

    /** One with both of its outputs: no manager gives one without the other. */
    public CallResult execInto(String exec, String stdout, String stderr, String... args) {
        return shim.call(Method.EXEC, "id", id(), "exec_id", exec, "stdout", stdout, "stderr", stderr, "spec",
                Message.any(SPEC + "Process", process(false, args)));
    }

    private static byte[] process(boolean terminal, String... args) {
        return Json.write(object("terminal", terminal, "user", object("uid", 0, "gid", 0), "args", List.of(args),
                "env", List.of("PATH=/bin"), "cwd", "/")).getBytes(StandardCharsets.UTF_8);
    }

    /** @param json of linux.resources */
    public CallResult update(String json) {
        return shim.call(Method.UPDATE, "id", id(), "resources",
                Message.any(SPEC + "LinuxResources", json.getBytes(StandardCharsets.UTF_8)));
    }

    public CallResult resize(int width, int height) {
        return shim.call(Method.RESIZE_PTY, "id", id(), "width", width, "height", height);
    }

    public CallResult closeStdin() {
        return shim.call(Method.CLOSE_IO, "id", id(), "stdin", true);
    }

    // ---- calls that have to work

    /** Served and created. @return the pid */
    public long created() {
        served();
        return create().response().number("pid");
    }

    /** Served, created and started. @return the pid */
    public long running() {
        created();
        return call(Method.START).response().number("pid");
    }

    /** A further process that was added and started. @return the pid */
    public long running(String exec, String... args) {
        exec(exec, args).response();
        return call(Method.START, exec).response().number("pid");
    }

    /** Waits for the end. @return the exit status */
    public long ended() {
        return call(Method.WAIT).response().number("exit_status");
    }

    public long ended(String exec) {
        return call(Method.WAIT, exec).response().number("exit_status");
    }

    public Task killed() {
        kill(SIGKILL).response();
        ended();
        return this;
    }

    public Task deleted() {
        call(Method.DELETE).response();
        return this;
    }

    public Status status() {
        return status(call(Method.STATE));
    }

    public Status status(String exec) {
        return status(call(Method.STATE, exec));
    }

    private static Status status(CallResult state) {
        return Status.values()[(int) state.response().number("status")];
    }
}
