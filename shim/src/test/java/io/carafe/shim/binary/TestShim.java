package io.carafe.shim.binary;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.FieldType.UINT32;
import static io.carafe.runtime.protobuf.FieldType.message;
import static io.carafe.runtime.protobuf.MessageTable.field;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.carafe.linux.Fd;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.ExecProcess;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.ProcessId;
import io.carafe.shim.message.Requests;
import io.carafe.shim.message.Responses;
import io.carafe.shim.stdio.StdioUris;
import io.carafe.shim.ttrpc.Client;
import io.carafe.shim.ttrpc.Response;
import io.carafe.shim.ttrpc.Server;
import io.carafe.shim.ttrpc.Wire;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Process;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** containerd's part: makes bundles, starts the shim for them, calls it, takes its events. One thread: who waits turns the loop. */
public final class TestShim implements AutoCloseable {

    public static final String NAMESPACE = "carafe-test";
    private static final long PATIENCE_SECONDS = 180;
    private static final int SIGKILL = 9;

    /** The fields that an event may have, by TaskExit's numbers; those of the others fit as far as they are looked at. */
    private record Exit(String container, String process, int pid, int status) {
        static final MessageTable<Exit> TABLE = MessageTable.of(row -> new Exit(row.next(), row.next(), row.next(), row.next()),
                field(1, TEXT, Exit::container), field(2, TEXT, Exit::process), field(3, UINT32, Exit::pid), field(4, UINT32, Exit::status));
    }

    private record Envelope(String topic, Optional<Any> event) {
        static final MessageTable<Envelope> TABLE = MessageTable.of(row -> new Envelope(row.next(), row.next()),
                field(3, TEXT, Envelope::topic), field(4, message(Any.TABLE), Envelope::event));
    }

    private static final MessageTable<Optional<Envelope>> FORWARD = MessageTable.of(row -> row.next(),
            field(1, message(Envelope.TABLE), envelope -> envelope));
    private static final MessageTable<String> CONTAINER = MessageTable.of(row -> row.next(), field(1, TEXT, id -> id));

    public final Wire wire;
    public final Path directory;
    public final List<String> events = new ArrayList<>();
    private final Server containerd;
    private Options options;
    private final List<String> started = new ArrayList<>();
    private Client client;
    private String service = "containerd.task.v2.Task";
    public String address;
    private boolean gone;
    private Path executable = Path.of("");
    private Map<String, String> environment = Map.of();
    private String publishBinary = "/bin/false";
    private String containerdAddress = "";

    public TestShim(Path directory, String runtime) throws IOException {
        this.directory = directory;
        this.wire = new Wire();
        this.containerd = wire.serve((service, method, payload, reply) -> {
            Envelope envelope = FORWARD.read(payload).orElseThrow();
            byte[] event = envelope.event().orElseThrow().value();
            if (envelope.topic().equals("/tasks/exit")) {
                Exit exit = Exit.TABLE.read(event);
                events.add("exit " + exit.process() + " " + exit.status());
            } else {
                events.add(envelope.topic().substring("/tasks/".length()) + " " + CONTAINER.read(event));
            }
            reply.ok(new byte[0]);
        });
        this.options = new Options(false, false, "", 0, 0, runtime, directory.resolve("state").toString(), false, "", "");
    }

    /** Calls version 3 from now on, as containerd 2.x does where a shim says that it has it. */
    public void callVersion3() {
        service = "containerd.task.v3.Task";
    }

    public TestShim inCgroup(String path) {
        options = new Options(false, false, path, 0, 0, options.binaryName(), options.root(), false, "", "");
        return this;
    }

    public static Path binary() {
        String path = System.getProperty("carafe.shim", "");
        if (path.isEmpty() || !Files.isExecutable(Path.of(path))) {
            fail("-Dcarafe.shim names no binary: build it with make build");
        }
        return Path.of(path);
    }

    public static String carafe() {
        return System.getProperty("carafe.binary", "");
    }

    /** What the binary prints and exits with. */
    public record Result(int code, byte[] out, String err) {

        public String text() {
            return new String(out, StandardCharsets.UTF_8);
        }
    }

    public Result run(Path cwd, Map<String, String> environment, String... words) {
        return run(cwd, Path.of("/dev/null"), environment, words);
    }

    private Result run(Path cwd, Path stdin, Map<String, String> environment, String... words) {
        return run(cwd, stdin, Path.of(""), environment, words);
    }

    /** With nothing on stdin. */
    public Result runInto(Path stdout, Path cwd, String... words) {
        return run(cwd, Path.of("/dev/null"), stdout, Map.of(), words);
    }

    private Result run(Path cwd, Path stdin, Path stdout, Map<String, String> environment, String... words) {
        try {
            List<String> command = new ArrayList<>(List.of(executable.toString().isEmpty() ? binary().toString() : executable.toString()));
            command.addAll(List.of(words));
            Path out = stdout.toString().isEmpty() ? Files.createTempFile(directory, "out", "") : stdout;
            Path err = Files.createTempFile(directory, "err", "");
            ProcessBuilder builder = new ProcessBuilder(command).directory(cwd.toFile()).redirectInput(stdin.toFile())
                    .redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("TTRPC_ADDRESS", wire.path());
            builder.environment().putAll(environment);
            java.lang.Process process = builder.start();
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> String.join(" ", command) + " still runs");
            return new Result(process.exitValue(), stdout.equals(out) ? new byte[0] : Files.readAllBytes(out), Files.readString(err));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    public TaskBundle bundle(String id, Map<String, String> annotations, UnaryOperator<Process> process) throws IOException {
        return TaskBundle.make(directory, id, annotations, process);
    }

    /** A bundle whose process is a script. */
    public TaskBundle bundle(String id, String script) throws IOException {
        return bundle(id, Map.of(), process -> process.withTerminal(false).withArgs(List.of("sh", "-c", script)));
    }

    /** Another executable, and what is in its environment. */
    public TestShim by(Path other, Map<String, String> more) {
        executable = other;
        environment = more;
        return this;
    }

    /** As containerd 1.2, which has no service of events. @param clients what it listens at for its clients */
    public TestShim publishingBy(String program, String clients) {
        publishBinary = program;
        containerdAddress = clients;
        environment = Map.of("TTRPC_ADDRESS", "", "NOTIFY_SOCKET", "/run/of/containerd", "MARK", "of containerd");
        return this;
    }

    private String containerdAddress() {
        return containerdAddress.isEmpty() ? wire.path() : containerdAddress;
    }

    /** The action start; the first one's shim is who is called from then on. @return its address */
    public String start(TaskBundle bundle) {
        Result result = startAction(bundle);
        assertEquals(0, result.code(), result::err);
        assertEquals("", result.err());
        started.add(bundle.id());
        if (client == null) {
            connect(result.text());
        }
        return result.text();
    }

    /** A bundle that somebody else has started a shim for. */
    public void adopt(TaskBundle bundle, String itsAddress) {
        started.add(bundle.id());
        connect(itsAddress);
    }

    public void connect(String to) {
        address = to;
        gone = false;
        client = new Client(wire.linux, wire.loop, address.substring("unix://".length()), () -> gone = true);
    }

    /** An answer; empty where the shim goes instead. */
    public Optional<Response> answerOrEnd(String method, byte[] payload) {
        List<Response> answers = new ArrayList<>(1);
        ask(method, payload, answers::add);
        wire.turnUntil(() -> !answers.isEmpty() || gone);
        return answers.stream().findFirst();
    }

    /** The action start, with the options on its stdin. */
    public Result startAction(TaskBundle bundle) {
        return startAction(bundle, Any.TABLE.write(new Any(Options.TYPE, Options.TABLE.write(options))), environment);
    }

    /** The same with something else on it. */
    public Result startAction(TaskBundle bundle, byte[] onStdin, Map<String, String> more) {
        try {
            Path stdin = Files.write(directory.resolve("stdin"), onStdin);
            return run(bundle.path(), stdin, more, "-namespace", NAMESPACE, "-address", containerdAddress(), "-publish-binary", publishBinary,
                    "-id", bundle.id(), "start");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    public Options options() {
        return options;
    }

    /** Calls, and does not wait. */
    public void ask(String method, byte[] payload, Consumer<Response> answered) {
        client.call(service, method, payload, answered);
    }

    /** The same. @param timeoutMillis what the shim is told of how long we wait */
    public void ask(String method, byte[] payload, long timeoutMillis, Consumer<Response> answered) {
        client.call(service, method, payload, timeoutMillis * 1_000_000, answered);
    }

    /** As a containerd that is killed and started anew: its calls are forgotten. */
    public void reconnect() {
        client.close();
        connect(address);
    }

    public Response answer(String method, byte[] payload) {
        Optional<Response> answer = answerOrEnd(method, payload);
        assertTrue(answer.isPresent(), "the shim has gone instead of answering " + method);
        return answer.get();
    }

    public byte[] call(String method, byte[] payload) {
        Response response = answer(method, payload);
        assertTrue(response.isOk(), () -> method + ": " + response.status());
        return response.payload();
    }

    /** @return code and message */
    public Response.Status fails(String method, byte[] payload) {
        Response response = answer(method, payload);
        assertTrue(!response.isOk(), () -> method + " went well");
        return response.status().orElseThrow();
    }

    public static byte[] id(String id, String... exec) {
        return ProcessId.TABLE.write(new ProcessId(id, exec.length == 0 ? "" : exec[0]));
    }

    public byte[] createRequest(TaskBundle bundle, boolean terminal, String stdin, String stdout, String stderr) {
        return CreateTask.TABLE.write(new CreateTask(bundle.id(), bundle.path().toString(), List.of(), terminal, stdin, stdout, stderr, "",
                Optional.of(new Any(Options.TYPE, Options.TABLE.write(options)))));
    }

    public int create(TaskBundle bundle, boolean terminal, String stdin, String stdout, String stderr) {
        return Responses.Pid.TABLE.read(call("Create", createRequest(bundle, terminal, stdin, stdout, stderr))).pid();
    }

    /** Starts a shim, if there is none yet, creates, and starts. @return the pid */
    public int run(TaskBundle bundle) {
        start(bundle);
        create(bundle, false, "", "", "");
        return Responses.Pid.TABLE.read(call("Start", id(bundle.id()))).pid();
    }

    public void exec(String id, String execId, boolean terminal, String stdout, String... args) {
        exec(id, execId, terminal, terminal, new StdioUris("", stdout, "", terminal), args);
    }

    /** @param said what the process object says of a terminal */
    public void exec(String id, String execId, boolean terminal, boolean said, StdioUris uris, String... args) {
        Process process = io.carafe.spec.DefaultConfig.rootful().process().orElseThrow().withTerminal(said).withArgs(List.of(args));
        call("Exec", ExecProcess.TABLE.write(new ExecProcess(id, execId, terminal, uris.stdin(), uris.stdout(), uris.stderr(),
                Optional.of(new Any("types.containerd.io/opencontainers/runtime-spec/1/Process", ProcessJson.PROCESS.compact(process))))));
    }

    public int waitFor(String id, String... exec) {
        return Responses.Exited.TABLE.read(call("Wait", id(id, exec))).exitStatus();
    }

    public Responses.State state(String id, String... exec) {
        return Responses.State.TABLE.read(call("State", id(id, exec)));
    }

    public void kill(String id, int signal, String... exec) {
        call("Kill", signal(id, signal, exec));
    }

    public static byte[] signal(String id, int signal, String... exec) {
        return Requests.Kill.TABLE.write(new Requests.Kill(id, exec.length == 0 ? "" : exec[0], signal, false));
    }

    public Responses.Deleted delete(String id, String... exec) {
        return Responses.Deleted.TABLE.read(call("Delete", id(id, exec)));
    }

    public void awaitEvents(int count) {
        wire.turnUntil(() -> events.size() >= count);
    }

    public int shimPid() {
        return Responses.Connected.TABLE.read(call("Connect", id("any"))).shimPid();
    }

    public boolean isGone() {
        return gone;
    }

    /** A FIFO beside the bundles. */
    public String fifo(String name) {
        String path = directory.resolve(name).toString();
        wire.linux.paths.mkfifoat(Fd.CWD, path, 0600);
        return path;
    }

    /** What comes out of a FIFO up to its end. Opened by whoever calls, before the process starts. */
    public String readToEnd(Fd fifo) {
        StringBuilder text = new StringBuilder();
        boolean[] ended = new boolean[1];
        wire.turnUntil(() -> {
            append(fifo, text, ended);
            return ended[0];
        });
        return text.toString();
    }

    public String readUntil(Fd fifo, String last) {
        StringBuilder text = new StringBuilder();
        wire.turnUntil(() -> {
            append(fifo, text, new boolean[1]);
            return text.indexOf(last) >= 0;
        });
        return text.toString();
    }

    private void append(Fd fifo, StringBuilder text, boolean[] ended) {
        byte[] chunk = new byte[64 * 1024];
        OptionalInt count = wire.linux.files.tryRead(fifo, chunk, 0, chunk.length);
        count.ifPresent(length -> text.append(new String(chunk, 0, length, StandardCharsets.UTF_8)));
        ended[0] = count.isPresent() && count.getAsInt() == 0;
    }

    public Fd reader(String fifo) {
        return wire.linux.files.open(fifo, O_RDONLY | O_NONBLOCK);
    }

    public Fd writer(String fifo) {
        return wire.linux.files.open(fifo, O_WRONLY | O_NONBLOCK);
    }

    /** The action delete, as containerd calls it when a shim has gone. */
    public Result deleteAction(TaskBundle bundle) {
        return run(bundle.path(), environment, "-namespace", NAMESPACE, "-address", containerdAddress(), "-publish-binary", publishBinary, "-id",
                bundle.id(), "-bundle", bundle.path().toString(), "delete");
    }

    /** The same by a shell. @param script gets the words as its arguments */
    public Result deleteActionBehind(String script, TaskBundle bundle) {
        try {
            List<String> command = List.of("sh", "-c", script, "sh", binary().toString(), "-namespace", NAMESPACE, "-address", wire.path(), "-id",
                    bundle.id(), "-bundle", bundle.path().toString(), "delete");
            Path out = Files.createTempFile(directory, "out", "");
            java.lang.Process process = new ProcessBuilder(command).directory(bundle.path().toFile()).redirectOutput(out.toFile())
                    .redirectError(directory.resolve("err").toFile()).start();
            return new Result(process.waitFor(), Files.readAllBytes(out), Files.readString(directory.resolve("err")));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Whatever a test left: containers end, the shim ends. */
    @Override
    public void close() throws IOException {
        if (client != null && !gone) {
            for (String id : started) {
                if (!gone && answer("State", id(id)).isOk()) {
                    answer("Kill", Requests.Kill.TABLE.write(new Requests.Kill(id, "", SIGKILL, true)));
                    if (state(id).status() != 1) {
                        waitFor(id);
                    }
                    delete(id);
                }
            }
            answer("Shutdown", new byte[0]);
            wire.turnUntil(() -> gone);
        }
        containerd.close();
        assertEquals(List.of(), wire.failures);
        wire.close();
    }
}
