package io.carafe.shim.sandbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.runtime.protobuf.ProtoWriter;
import io.carafe.shim.binary.TaskBundle;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.ProcessId;
import io.carafe.shim.message.Requests;
import io.carafe.shim.message.Responses;
import io.carafe.shim.sandbox.message.PodConfig;
import io.carafe.shim.sandbox.message.SandboxRequests;
import io.carafe.shim.sandbox.message.SandboxResponses;
import io.carafe.shim.ttrpc.Client;
import io.carafe.shim.ttrpc.Response;
import io.carafe.shim.ttrpc.Server;
import io.carafe.shim.ttrpc.Wire;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** containerd's shim sandboxer: a bundle without config.json, a shim started in it, and calls of its two services. */
final class SandboxShim implements AutoCloseable {

    static final String ID = "pod";
    private static final String NAMESPACE = "carafe-test";
    private static final String TASKS = "containerd.task.v3.Task";
    private static final long PATIENCE_SECONDS = 180;

    final Wire wire = new Wire();
    final Path directory;
    final Path bundle;
    final List<String> events = new ArrayList<>();
    private final Server containerd;
    private final Options options;
    private final Client client;
    private boolean gone;

    SandboxShim(Path directory) throws IOException {
        this(directory, "");
    }

    /** @param config of the sandbox; empty: none */
    SandboxShim(Path directory, String config) throws IOException {
        this.directory = directory;
        this.bundle = Files.createDirectories(directory.resolve(ID));
        if (!config.isEmpty()) {
            Files.writeString(bundle.resolve("config.json"), config);
        }
        containerd = wire.serve((service, method, payload, reply) -> {
            events.add(method);
            reply.ok(new byte[0]);
        });
        options = new Options(false, false, "", 0, 0, System.getProperty("carafe.binary", ""), directory.resolve("state").toString(), false, "", "");
        String started = run("start");
        int version = config.isEmpty() ? 3 : 2;
        assertTrue(started.startsWith("{\"version\":" + version + ",\"address\":\"unix://"), started);
        String path = started.substring(started.indexOf("unix://") + "unix://".length(), started.indexOf("\",\"protocol"));
        client = new Client(wire.linux, wire.loop, path, () -> gone = true);
    }

    private String run(String action) throws IOException {
        Path stdin = Files.write(directory.resolve("stdin"), Any.TABLE.write(new Any(Options.TYPE, Options.TABLE.write(options))));
        Path out = Files.createTempFile(directory, "out", "");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(System.getProperty("carafe.shim"), "-namespace", NAMESPACE, "-address", wire.path(),
                "-publish-binary", "/bin/false", "-id", ID, "-bundle", bundle.toString(), action)
                .directory(bundle.toFile()).redirectInput(stdin.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put("TTRPC_ADDRESS", wire.path());
        builder.environment().put("MAX_SHIM_VERSION", "2");
        Process process = builder.start();
        try {
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        String complaint = Files.readString(err);
        assertEquals("", complaint);
        assertEquals(0, process.exitValue());
        return new String(Files.readAllBytes(out), StandardCharsets.ISO_8859_1);
    }

    /** The action delete, when the shim has gone. */
    void delete() throws IOException {
        run("delete");
    }

    Response answer(String service, String method, byte[] payload) {
        List<Response> answers = new ArrayList<>(1);
        client.call(service, method, payload, answers::add);
        wire.turnUntil(() -> !answers.isEmpty() || gone);
        assertTrue(!answers.isEmpty(), () -> "the shim has gone instead of answering " + method);
        return answers.get(0);
    }

    private byte[] call(String service, String method, byte[] payload) {
        Response response = answer(service, method, payload);
        assertTrue(response.isOk(), () -> method + ": " + response.status());
        return response.payload();
    }

    byte[] call(String method, byte[] payload) {
        return call(SandboxService.NAME, method, payload);
    }

    byte[] call(String method) {
        return call(method, id());
    }

    /** Calls, and does not wait. */
    void ask(String method, Consumer<Response> answered) {
        client.call(SandboxService.NAME, method, id(), answered);
    }

    Response.Status fails(String method, byte[] payload) {
        Response response = answer(SandboxService.NAME, method, payload);
        assertTrue(!response.isOk(), () -> method + " went well");
        return response.status().orElseThrow();
    }

    static byte[] id() {
        return SandboxRequests.Id.TABLE.write(new SandboxRequests.Id(ID));
    }

    byte[] create(String network, Consumer<ProtoWriter> config) {
        ProtoWriter out = new ProtoWriter();
        config.accept(out);
        return createRequest(network, Optional.of(new Any(PodConfig.TYPE, out.toBytes())));
    }

    byte[] createRequest(String network, Optional<Any> config) {
        return SandboxRequests.Create.TABLE.write(new SandboxRequests.Create(ID, bundle.toString(), List.of(), config, network, List.of()));
    }

    /** @return the pid of the holder */
    int start() {
        SandboxResponses.Started started = SandboxResponses.Started.TABLE.read(call("StartSandbox"));
        assertTrue(started.createdAt().isPresent());
        return started.pid();
    }

    SandboxResponses.Status status() {
        return SandboxResponses.Status.TABLE.read(call("SandboxStatus", SandboxRequests.Status.TABLE.write(new SandboxRequests.Status(ID, true))));
    }

    /** A container of the pod, created and started. @return its pid */
    int run(TaskBundle container, String stdout) {
        call(TASKS, "Create", createRequest(container, stdout));
        return Responses.Pid.TABLE.read(call(TASKS, "Start", ProcessId.TABLE.write(new ProcessId(container.id(), "")))).pid();
    }

    private byte[] createRequest(TaskBundle container, String stdout) {
        return CreateTask.TABLE.write(new CreateTask(container.id(), container.path().toString(), List.of(), false, "", stdout, "", "",
                Optional.of(new Any(Options.TYPE, Options.TABLE.write(options)))));
    }

    Response.Status failsToCreate(TaskBundle container) {
        Response response = answer(TASKS, "Create", createRequest(container, ""));
        assertTrue(!response.isOk(), "Create went well");
        return response.status().orElseThrow();
    }

    int waitFor(TaskBundle container) {
        return Responses.Exited.TABLE.read(call(TASKS, "Wait", ProcessId.TABLE.write(new ProcessId(container.id(), "")))).exitStatus();
    }

    /** As containerd does it: each container's end is followed by a Shutdown. */
    void delete(TaskBundle container) {
        call(TASKS, "Delete", ProcessId.TABLE.write(new ProcessId(container.id(), "")));
        call(TASKS, "Shutdown", Requests.Shutdown.TABLE.write(new Requests.Shutdown(container.id(), false)));
    }

    void kill(TaskBundle container) {
        call(TASKS, "Kill", Requests.Kill.TABLE.write(new Requests.Kill(container.id(), "", 9, true)));
    }

    int shimPid() {
        return Responses.Connected.TABLE.read(call(TASKS, "Connect", ProcessId.TABLE.write(new ProcessId("any", "")))).shimPid();
    }

    boolean isGone() {
        return gone;
    }

    void awaitGone() {
        wire.turnUntil(() -> gone);
    }

    Fd reader(String fifo) {
        return wire.linux.files.open(fifo, io.carafe.linux.abi.FileFlags.O_RDONLY | io.carafe.linux.abi.FileFlags.O_NONBLOCK);
    }

    @Override
    public void close() throws IOException {
        if (!gone) {
            call("ShutdownSandbox");
            awaitGone();
        }
        containerd.close();
        assertEquals(List.of(), wire.failures);
        wire.close();
    }
}
