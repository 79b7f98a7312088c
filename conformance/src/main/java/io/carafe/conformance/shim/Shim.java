package io.carafe.conformance.shim;

import io.carafe.conformance.container.Evidence;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.container.TestTarget;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.ttrpc.Address;
import io.carafe.conformance.ttrpc.Client;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.junit.jupiter.api.Assertions;

/** The shim under test, and containerd's part: actions, calls, events. */
public final class Shim implements AutoCloseable {

    public static final String NAMESPACE = "conformance";
    /** What stands before the script of a mutant. */
    private static final String WRAPPER = """
            for action in "$@"; do :; done
            # The pids of what runs in containers.
            containers() {
                for link in /proc/[0-9]*/exe; do
                    case $(readlink "$link") in */bin/busybox) link=${link%/exe}; echo "${link#/proc/}" ;; esac
                done
            }
            """;

    private final Sandbox sandbox;
    private final TestTarget target;
    private final Evidence evidence;
    private final MessageMutation mutation;
    private final Events events;
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final List<Client> clients = new ArrayList<>();
    /** Of each method the call that was begun last. */
    private final Map<Method, CompletableFuture<Reply>> open = new EnumMap<>(Method.class);
    private Optional<Address> address = Optional.empty();
    private Optional<Client> client = Optional.empty();

    Shim(Sandbox sandbox, TestTarget target, Evidence evidence) {
        this.sandbox = sandbox;
        this.target = target;
        this.evidence = evidence;
        this.mutation = MessageMutation.of(target.mutant());
        this.events = new Events(sandbox, evidence, mutation);
        environment.put("TTRPC_ADDRESS", events.path().toString());
        // As containerd has it; with many threads a test of many shims would be slower.
        environment.put("GOMAXPROCS", "2");
    }

    /** A task to be, with a bundle of its own. */
    public Task task(String id) {
        return task(NAMESPACE, id);
    }

    public Task task(String namespace, String id) {
        return new Task(this, sandbox, evidence, namespace, id);
    }

    /** For the actions from now on. */
    public Shim environment(String name, String value) {
        environment.put(name, value);
        return this;
    }

    // ---- actions

    /** The binary, with a working directory. */
    public CommandResult run(Path directory, String stdin, String... words) {
        CommandResult answer = sandbox.await(start(directory, stdin, words));
        evidence.command(answer);
        return answer;
    }

    Sandbox.Running start(Path directory, String stdin, String... words) {
        List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", directory.toString(), program()));
        command.addAll(List.of(words));
        return sandbox.start(command, environment, stdin);
    }

    /** The binary, behind the script of a mutant. */
    private String program() {
        Optional<String> script = target.mutant().map(mutant -> mutant.script()).filter(text -> !text.isEmpty());
        if (script.isEmpty()) {
            return target.path();
        }
        Path wrapper = sandbox.work().resolve("wrapper");
        if (!Files.exists(wrapper)) {
            TestFiles.program(wrapper, "#!/bin/sh\nshim='" + target.path() + "'\nwork='" + sandbox.work() + "'\n" + WRAPPER + script.get() + "\nexec \"$shim\" \"$@\"\n");
        }
        return wrapper.toString();
    }

    /** From now on calls go there. @param printed what {@code start} has printed */
    public void use(String printed) {
        address = Optional.of(Address.of(printed));
        client = Optional.of(connect(Optional::of));
    }

    boolean isServed() {
        return client.isPresent();
    }

    public String socket() {
        return address.orElseThrow().socket();
    }

    /** The full name of the task service, in the version that {@code start} has told. */
    public String service() {
        return address.orElseThrow().service();
    }

    /** One more connection. */
    public Client connection() {
        return connect(mutation::raw);
    }

    private Client connect(Function<Reply, Optional<Reply>> edit) {
        try {
            Client connection = Client.connect(sandbox.inside(socket()), edit);
            clients.add(connection);
            return connection;
        } catch (UncheckedIOException e) {
            return Assertions.fail("nobody serves at " + socket() + ": " + e.getMessage());
        }
    }

    /** Ends a connection, as who is killed does. */
    public void disconnect(Client connection) {
        if (!mutation.stays()) {
            connection.close();
        }
    }

    /** One more, whose answers are never read. */
    public Client connectionThatNeverReads() {
        return Client.neverReading(sandbox.inside(socket()));
    }

    // ---- calls

    public CallResult call(Method method, Object... fields) {
        return await(method, begin(method, fields));
    }

    /** A call that is not waited for. */
    public CompletableFuture<Reply> begin(Method method, Object... fields) {
        return begin(client.orElseThrow(), method, fields);
    }

    public CompletableFuture<Reply> begin(Client connection, Method method, Object... fields) {
        return begin(connection, 0, method, fields);
    }

    /** One whose answer is waited for so long, as the shim is told. */
    public CompletableFuture<Reply> beginWithin(long millis, Method method, Object... fields) {
        return begin(client.orElseThrow(), millis, method, fields);
    }

    private CompletableFuture<Reply> begin(Client connection, long millis, Method method, Object... fields) {
        if (mutation.loses(method)) {
            return new CompletableFuture<>();
        }
        Message request = mutation.request(method, Message.of(method.request, fields));
        String call = method.text + " " + request;
        CompletableFuture<Reply> reply = mutation.swallows(method)
                ? CompletableFuture.completedFuture(new Reply(Code.OK, "", new byte[0]))
                : connection.call(service(), mutation.instead(method).text, request.bytes(),
                        mutation.isPatient(method) ? 0 : TimeUnit.MILLISECONDS.toNanos(millis));
        CompletableFuture<Reply> other = mutation.behind(method).map(open::get).orElse(null);
        open.put(method, reply);
        return (other == null ? reply : other.handle((any, thrown) -> null).thenCompose(any -> reply)).thenApply(one -> {
            Reply told = mutation.reply(method, one);
            evidence.call(call, told.isOk() ? Message.parse(method.response, told.payload()).toString() : told.outcome());
            return told;
        });
    }

    public CallResult await(Method method, CompletableFuture<Reply> reply) {
        if (!sandbox.await(reply::isDone)) {
            Assertions.fail(method.text + " is not answered in time");
        }
        try {
            return new CallResult(method, reply.join());
        } catch (CompletionException e) {
            return Assertions.fail(method.text + " is not answered: " + e.getCause().getMessage());
        }
    }

    // ---- what is seen

    public Events events() {
        return events;
    }

    /** Of the process that serves, by its own word. */
    public long pid() {
        return call(Method.CONNECT, "id", "any").response().number("shim_pid");
    }

    /** The sandbox's. */
    public Processes processes() {
        return new Processes(sandbox, Path.of(target.path()));
    }

    /** A process of the sandbox is there and no zombie. */
    public boolean isAlive(long pid) {
        return sandbox.isAlive(pid);
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    /** The runtime that the shim calls, for a wrapper around it; the test is skipped where that cannot be known. */
    public String runtimeOfShim() {
        String runc = sandbox.sh("command -v runc").out().strip();
        Expect.needs(target.runtimeOfShim().isPresent() || !runc.isEmpty(), "needs --runtime, or a runc: the test puts a wrapper around the runtime");
        return target.runtimeOfShim().orElse(runc);
    }

    /** containerd.runc.v1.Options, in an Any: the runtime that is to be called and where it keeps its states. */
    Message options(Optional<String> runtimeOfShim, int owner) {
        return Message.any("containerd.runc.v1.Options", Message.of("Options", "binary_name", runtimeOfShim.or(target::runtimeOfShim).orElse(""), "root",
                root().toString(), "io_uid", owner, "io_gid", owner).bytes());
    }

    /** A file with them, which the binary may get as stdin. */
    public String options() {
        return file("options", options(Optional.empty(), 0));
    }

    /** A file with what containerd 2.3 says to {@code start} of a task. */
    public String bootstrap(String id) {
        return file("bootstrap", Message.of("BootstrapParams", "instance_id", id, "namespace", NAMESPACE, "containerd_version", "2.3.0",
                "containerd_ttrpc_address", events.path().toString(), "containerd_grpc_address", addressOfManager().toString(),
                "containerd_binary", "/bin/true"));
    }

    private String file(String name, Message content) {
        Path file = sandbox.work().resolve(name);
        try {
            Files.write(file, content.bytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return file.toString();
    }

    /** Where the runtime is told to keep its states. */
    public Path root() {
        return sandbox.work().resolve("state");
    }

    public Path addressOfManager() {
        return sandbox.work().resolve("containerd");
    }

    /** Waits for it. */
    public void eventually(BooleanSupplier condition, String otherwise) {
        Expect.that(sandbox.await(condition), otherwise);
    }

    /** Notes something in the evidence. @return the text */
    public String observed(String what, String text) {
        evidence.observed(what, text);
        return text;
    }

    @Override
    public void close() {
        clients.forEach(Client::close);
        events.close();
    }
}
