package io.carafe.benchmarks.shim;

import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDWR;
import static io.carafe.linux.abi.Poll.POLLIN;

import io.carafe.benchmarks.process.Launcher;
import io.carafe.linux.Fd;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.ExecProcess;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.ProcessId;
import io.carafe.shim.message.Requests;
import io.carafe.shim.message.Responses;
import io.carafe.shim.ttrpc.Client;
import io.carafe.shim.ttrpc.Response;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A shim that serves: started as containerd starts it, called as containerd calls it. */
public final class RunningShim {

    private static final String NAMESPACE = "carafe-benchmarks";
    private static final String SERVICE = "containerd.task.v2.Task";
    private static final String PROCESS = "types.containerd.io/opencontainers/runtime-spec/1/Process";
    private static final String UNIX = "unix://";
    private static final int FIFO_MODE = 0600;
    private static final int CHUNK = 64 * 1024;

    private final ContainerdShim shim;
    private final EventServer events;
    private final Launcher launcher;
    private final String states;
    private final Fd log;
    private final Loop.Watch logWatch;
    private final Client client;
    private final int pid;
    private final List<String> containers = new ArrayList<>();
    private boolean gone;

    private RunningShim(ContainerdShim shim, EventServer events, Launcher launcher, String states, Path bundle, String id) {
        this.shim = shim;
        this.events = events;
        this.launcher = launcher;
        this.states = states;
        this.log = openLog(bundle);
        this.logWatch = events.loop.watch(log, POLLIN, ready -> events.linux.files.tryRead(log, new byte[CHUNK], 0, CHUNK));
        String address = startAction(bundle, id);
        this.client = new Client(events.linux, events.loop, address.substring(UNIX.length()), () -> gone = true);
        this.pid = answer("Connect", new ProcessId(id, ""), ProcessId.TABLE, Responses.Connected.TABLE).shimPid();
    }

    /**
     * The action {@code start}, and a first call, which is answered.
     *
     * @param states the runtime's state directory
     * @param bundle of the first container
     */
    static RunningShim start(ContainerdShim shim, EventServer events, Launcher launcher, Path states, Path bundle, String id) {
        return new RunningShim(shim, events, launcher, states.toString(), bundle, id);
    }

    /** containerd reads there what a shim has to say besides its answers, and so do we: who is not read would wait. */
    private Fd openLog(Path bundle) {
        Linux linux = events.linux;
        Path fifo = bundle.resolve("log");
        if (!Files.exists(fifo)) {
            linux.paths.mkfifoat(Fd.CWD, fifo.toString(), FIFO_MODE);
        }
        return linux.files.open(fifo.toString(), O_RDWR | O_NONBLOCK);
    }

    /** Of a further container of a group, too. @return the address */
    private String startAction(Path bundle, String id) {
        events.linux.paths.chdir(bundle.toString());
        launcher.time(List.of(shim.binary().toString(), "-namespace", NAMESPACE, "-address", events.socket.toString(),
                "-publish-binary", "/bin/false", "-id", id, "-bundle", bundle.toString(), "start"));
        return launcher.output().trim();
    }

    /** Says that a container is one of this shim's group. */
    void join(Path bundle, String id) {
        startAction(bundle, id);
    }

    public int pid() {
        return pid;
    }

    private <Q> void send(String method, Q request, MessageTable<Q> table, Consumer<byte[]> answered) {
        client.call(SERVICE, method, table.write(request), response -> answered.accept(payload(method, response)));
    }

    private byte[] payload(String method, Response response) {
        if (!response.isOk()) {
            throw new IllegalStateException(shim.name() + ": " + method + ": " + response.status().orElseThrow().message());
        }
        return response.payload();
    }

    private <Q, A> A answer(String method, Q request, MessageTable<Q> requests, MessageTable<A> answers) {
        List<byte[]> answered = new ArrayList<>(1);
        send(method, request, requests, answered::add);
        events.turnUntil(() -> !answered.isEmpty() || gone);
        if (answered.isEmpty()) {
            throw new IllegalStateException(shim.name() + ": " + method + ": the shim has gone");
        }
        return answers.read(answered.get(0));
    }

    private <Q> void call(String method, Q request, MessageTable<Q> table) {
        answer(method, request, table, Responses.Pid.TABLE);
    }

    /** @param stdout path of a FIFO, or empty. @param stderr the same, or empty where there is a terminal */
    public void create(Path bundle, String id, boolean terminal, String stdout, String stderr) {
        Options options = new Options(false, false, "", 0, 0, shim.runtime().toString(), states, false, "", "");
        call("Create", new CreateTask(id, bundle.toString(), List.of(), terminal, "", stdout, stderr, "",
                Optional.of(new Any(Options.TYPE, Options.TABLE.write(options)))), CreateTask.TABLE);
        containers.add(id);
    }

    public void start(String id) {
        call("Start", new ProcessId(id, ""), ProcessId.TABLE);
    }

    /** @return the exit status */
    public int await(String id) {
        return answer("Wait", new ProcessId(id, ""), ProcessId.TABLE, Responses.Exited.TABLE).exitStatus();
    }

    public void state(String id) {
        answer("State", new ProcessId(id, ""), ProcessId.TABLE, Responses.State.TABLE);
    }

    public void delete(String id) {
        call("Delete", new ProcessId(id, ""), ProcessId.TABLE);
        containers.remove(id);
    }

    /**
     * A further process from its Exec to its Delete: each call when the one before was answered, Wait before Start as containerd does.
     *
     * @param process the specification's, as JSON
     * @param ended gets the exit status when all is answered
     */
    public void exec(String id, String execId, byte[] process, Consumer<Integer> ended) {
        ProcessId who = new ProcessId(id, execId);
        int[] status = {-1};
        Runnable delete = () -> send("Delete", who, ProcessId.TABLE, deleted -> ended.accept(status[0]));
        boolean[] half = new boolean[1];
        Runnable oneOfTwo = () -> {
            if (half[0]) {
                delete.run();
            }
            half[0] = true;
        };
        add(id, execId, process, () -> {
            send("Wait", who, ProcessId.TABLE, exited -> {
                status[0] = Responses.Exited.TABLE.read(exited).exitStatus();
                oneOfTwo.run();
            });
            send("Start", who, ProcessId.TABLE, started -> oneOfTwo.run());
        });
    }

    private void add(String id, String execId, byte[] process, Runnable added) {
        send("Exec", new ExecProcess(id, execId, false, "", "", "", Optional.of(new Any(PROCESS, process))), ExecProcess.TABLE,
                answered -> added.run());
    }

    /** A further process whose start does not come to an end: whatever is answered is passed over. */
    public void beginExec(String id, String execId, byte[] process) {
        add(id, execId, process, () -> client.call(SERVICE, "Start", ProcessId.TABLE.write(new ProcessId(id, execId)), response -> { }));
    }

    /** Its containers end, then it. */
    public void end() {
        for (String id : List.copyOf(containers)) {
            call("Kill", new Requests.Kill(id, "", Signal.SIGKILL.number, true), Requests.Kill.TABLE);
            await(id);
            delete(id);
        }
        client.call(SERVICE, "Shutdown", Requests.Shutdown.TABLE.write(new Requests.Shutdown("", false)), response -> { });
        events.turnUntil(() -> gone);
        launcher.await(pid);
        logWatch.close();
        log.close();
    }
}
