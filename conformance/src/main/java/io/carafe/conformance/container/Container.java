package io.carafe.conformance.container;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.json.Document;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assertions;

/**
 * A container of the runtime under test: its bundle to be changed, its operations, and what is seen of it.
 *
 * <p>Operations give the answer and judge nothing; those named by a participle ({@link #created}) fail the test when the runtime does.
 */
public final class Container extends Bundle<Container> {

    private final Sandbox sandbox;
    private final OciRuntime runtime;
    private final TestTarget target;
    private final Evidence evidence;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private String stdin = "/dev/null";
    private int output;

    Container(Sandbox sandbox, OciRuntime runtime, TestTarget target, Evidence evidence, String id) {
        super(sandbox, target.mutant(), evidence, id, sandbox.work().resolve("bundle-" + id));
        this.sandbox = sandbox;
        this.runtime = runtime;
        this.target = target;
        this.evidence = evidence;
    }

    @Override
    protected Container self() {
        return this;
    }

    // ---- how the runtime is called

    /** Words before each command of the runtime from now on, as {@code setpriv}. */
    public Container behind(String... words) {
        runtime.behind(List.of(words));
        return this;
    }

    public Container environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    public Container stdin(String file) {
        stdin = file;
        return this;
    }

    // ---- operations

    public CommandResult create(String... options) {
        write();
        return createAsItIs(options);
    }

    /** Creates, and deletes, a container of the same bundle without the last change of its configuration. */
    CommandResult createWithoutLastChange() {
        writeWithoutLastChange();
        String other = id() + "w";
        CommandResult answer = recorded(sandbox.await(sandbox.start(runtime.command("create", "--bundle", bundle().toString(), other), environment, "/dev/null")));
        if (answer.succeeded()) {
            call("delete", "--force", other);
        }
        return answer;
    }

    /** create with whatever is in the bundle. */
    public CommandResult createAsItIs(String... options) {
        List<String> words = new ArrayList<>(List.of("--bundle", bundle().toString()));
        words.addAll(List.of(options));
        words.add(id());
        Sandbox.Running running = sandbox.start(runtime.command("create", words.toArray(String[]::new)), environment, stdin);
        output = running.number();
        return recorded(sandbox.await(running));
    }

    public CommandResult start() {
        return call("start", id());
    }

    public CommandResult query() {
        return call("state", id());
    }

    public CommandResult kill(String signal) {
        return call("kill", id(), signal);
    }

    public CommandResult delete() {
        return call("delete", id());
    }

    /** Any command of the runtime. */
    public CommandResult call(String verb, String... words) {
        return recorded(sandbox.await(sandbox.start(runtime.command(verb, words), environment, "/dev/null")));
    }

    /** A command line without what the suite puts into each. */
    public CommandResult bare(String... words) {
        return recorded(sandbox.await(sandbox.start(runtime.bare(words), environment, "/dev/null")));
    }

    public List<String> command(String verb, String... words) {
        return runtime.command(verb, words);
    }

    private CommandResult recorded(CommandResult answer) {
        evidence.command(answer);
        return answer;
    }

    // ---- operations that have to work

    public Container created(String... options) {
        Expect.succeeds(create(options));
        return this;
    }

    public Container started() {
        Expect.succeeds(start());
        return this;
    }

    /** Waits until the process has ended, and the runtime says so. */
    public Container ended() {
        CommandResult first = quietly();
        if (first.succeeded() && !Document.parse(first.out()).text("/status").equals("stopped")) {
            long pid = Document.parse(first.out()).number("/pid");
            // The kernel is asked while it lives: a process of the runtime for each look would be dear.
            if (!sandbox.await(() -> !sandbox.isAlive(pid)) || !sandbox.await(() -> !exists() || status().equals("stopped"))) {
                Assertions.fail("the container's process has not ended in time; its status is " + status());
            }
        }
        return this;
    }

    /** create, start, the end. @return what the program wrote to stdout */
    public String output() {
        created().started().ended();
        String text = outputSoFar();
        evidence.observed("the program's output", text);
        return text;
    }

    /** Created and started, with a program that stays. */
    public Container running() {
        args("sleep", "1000").created().started();
        return this;
    }

    public String outputSoFar() {
        return sandbox.out(output);
    }

    // ---- what is seen

    /** The state without a trace in the evidence, since it is asked for again and again. */
    private CommandResult quietly() {
        return sandbox.await(sandbox.start(runtime.command("state", id()), environment, "/dev/null"));
    }

    public boolean exists() {
        return quietly().succeeded();
    }

    /** Empty when there is no such container. */
    public String status() {
        CommandResult answer = quietly();
        return answer.succeeded() ? Document.parse(answer.out()).text("/status") : "";
    }

    public Document state() {
        CommandResult answer = query();
        Expect.succeeds(answer);
        return Document.parse(answer.out());
    }

    /** The pid of the container's process in the sandbox. */
    public long pid() {
        return Document.parse(quietly().out()).number("/pid");
    }

    /** A file of /proc/PID of the container's process, as text. */
    public String proc(String file) {
        String text = sandbox.read(sandbox.inside("/proc/" + pid() + "/" + file));
        evidence.observed("/proc/PID/" + file, text);
        return text;
    }

    /** A path of the container's file tree, as this process reaches it. */
    public Path inside(String path) {
        return sandbox.inside("/proc/" + pid() + "/root" + path);
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    /** Where the runtime keeps its states. */
    public Path root() {
        return runtime.root();
    }

    /** Notes something in the evidence. @return the text */
    public String observed(String what, String text) {
        evidence.observed(what, text);
        return text;
    }

    /** Runs a shell's script in the sandbox, beside the container. @return its output */
    public String onHost(String script) {
        return recorded(sandbox.sh(script)).out().strip();
    }

    /** A file of the test's own directory. */
    public String file(String name) {
        return observed(name, sandbox.read(sandbox.work().resolve(name)));
    }

    /** Another one of the same runtime in the same sandbox. */
    public Container another() {
        return new Container(sandbox, runtime, target, evidence, id() + "b");
    }

    /** All that the runtime is called for is done by an ordinary user from now on, who owns the bundle and has one user id to map. */
    public Container asUnprivilegedUser() {
        int user = io.carafe.conformance.host.Host.UNPRIVILEGED_USER;
        if (sandbox.host().root()) {
            runtime.behind(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--inh-caps=-all",
                    "--bounding-set=-all"));
            sandbox.sh("mkdir -p " + root() + " run && chown -R " + user + ":" + user + " " + root() + " " + bundle() + " run");
            environment("XDG_RUNTIME_DIR", sandbox.work().resolve("run").toString());
        }
        namespace("user");
        long own = sandbox.host().root() ? user : 0;
        with("/linux/uidMappings", List.of(object("containerID", 0, "hostID", own, "size", 1)));
        with("/linux/gidMappings", List.of(object("containerID", 0, "hostID", own, "size", 1)));
        without("/linux/resources");
        without("/linux/cgroupsPath");
        return this;
    }
}
