package io.carafe.shim.task;

import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.child.ProcessObject;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.ExecProcess;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.ProcessId;
import io.carafe.shim.message.Requests;
import io.carafe.shim.message.Responses;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.name.Identifier;
import io.carafe.shim.stat.Metrics;
import io.carafe.shim.stdio.Stdio;
import io.carafe.shim.stdio.StdioUris;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import io.carafe.shim.ttrpc.Reply;
import io.carafe.shim.ttrpc.Server;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** containerd.task.v2.Task and containerd.task.v3.Task. */
public final class TaskService implements Server.Service {

    /** In a bundle: what {@code delete} of another shim process has to know when this one has gone. */
    public static final String OPTIONS_FILE = "options.pb";

    public static final String NAME = "containerd.task.v2.Task";

    private static final String RUNS = "cannot delete a process that is running";
    private static final long PATIENCE_MILLIS = 2_000;
    private static final byte[] EMPTY = {};
    private static final String VERSION = "2";

    private final Shim shim;
    private final Pod pod;
    private final Runnable ended;
    private final Map<String, Container> containers = new HashMap<>();

    /** Whether somebody has asked for the end and nothing has been created since. */
    private boolean endWanted;

    /**
     * A service without containers.
     *
     * @param pod what its containers are in
     * @param ended called when somebody asks for the end and no container is left
     */
    public TaskService(Shim shim, Pod pod, Runnable ended) {
        this.shim = shim;
        this.pod = pod;
        this.ended = ended;
    }

    public boolean isEmpty() {
        return containers.isEmpty();
    }

    @Override
    public void call(String service, String method, byte[] payload, Reply reply) {
        if (!service.equals(NAME) && !service.equals("containerd.task.v3.Task")) {
            throw new CallException(Code.UNIMPLEMENTED, "service " + service);
        }
        switch (method) {
            case "Create" -> create(CreateTask.TABLE.read(payload), reply);
            case "Start" -> start(ProcessId.TABLE.read(payload), reply);
            case "Exec" -> exec(ExecProcess.TABLE.read(payload), reply);
            case "Delete" -> delete(ProcessId.TABLE.read(payload), reply);
            case "State" -> state(ProcessId.TABLE.read(payload), reply);
            case "Wait" -> process(ProcessId.TABLE.read(payload)).wait(reply);
            case "Kill" -> kill(Requests.Kill.TABLE.read(payload), reply);
            case "Pids" -> pids(ProcessId.TABLE.read(payload), reply);
            case "Pause" -> pause(container(ProcessId.TABLE.read(payload).id()), reply);
            case "Resume" -> resume(container(ProcessId.TABLE.read(payload).id()), reply);
            case "Update" -> update(Requests.UpdateTask.TABLE.read(payload), reply);
            case "Stats" -> stats(ProcessId.TABLE.read(payload), reply);
            case "ResizePty" -> resize(Requests.ResizePty.TABLE.read(payload), reply);
            case "CloseIO" -> closeIO(Requests.CloseIO.TABLE.read(payload), reply);
            case "Connect" -> connect(ProcessId.TABLE.read(payload), reply);
            case "Shutdown" -> shutdown(Requests.Shutdown.TABLE.read(payload), reply);
            case "Checkpoint" -> checkpoint(Requests.CheckpointTask.TABLE.read(payload), reply);
            default -> throw new CallException(Code.UNIMPLEMENTED, "method " + method);
        }
    }

    private Container container(String id) {
        Container container = containers.get(id);
        if (container == null) {
            throw new CallException(Code.NOT_FOUND, "container " + id + " not found");
        }
        return container;
    }

    private TaskProcess process(ProcessId request) {
        return process(request.id(), request.execId());
    }

    private TaskProcess process(String id, String execId) {
        Container container = container(id);
        TaskProcess process = execId.isEmpty() ? container.init : container.execs.get(execId);
        if (process == null) {
            throw new CallException(Code.NOT_FOUND, "process " + execId + " of container " + id + " not found");
        }
        return process;
    }

    private void create(CreateTask request, Reply reply) {
        Identifier.of("id", request.id());
        AbsolutePath.of("bundle", request.bundle());
        if (containers.containsKey(request.id())) {
            throw new CallException(Code.ALREADY_EXISTS, "container " + request.id() + " already exists");
        }
        AbsolutePath.orEmpty("checkpoint", request.checkpoint());
        Options options = pod.prepare(request.id(), new BundleFiles(shim.linux(), request.bundle()), Options.of(shim.linux(), request.options()));
        Container container = new Container(shim, request, options, shim.runtimeOf(options, request.bundle(), request.id()));
        container.files.write(OPTIONS_FILE, Options.TABLE.write(options));
        containers.put(request.id(), container);
        endWanted = false;
        reply.whenGivenUp(container.init::giveUp);
        new Creation(shim, container, options).create(request, failure -> {
            if (failure.isPresent()) {
                remove(container);
                reply.fail(failure.get());
            } else {
                reply.ok(Responses.Pid.TABLE.write(new Responses.Pid(container.init.pid)));
            }
        });
    }

    private void start(ProcessId request, Reply reply) {
        Container container = container(request.id());
        TaskProcess process = process(request);
        if (process == container.init) {
            container.calls.whenIdle(reply, () -> {
                if (requireStartable(process, reply)) {
                    container.start(reply, outcome -> started(process, outcome, "start", reply));
                } else {
                    container.calls.next();
                }
            });
        } else if (requireStartable(process, reply)) {
            container.start(process, reply, outcome -> started(process, outcome, "exec", reply));
        }
    }

    private static boolean requireStartable(TaskProcess process, Reply reply) {
        boolean startable = process.status == TaskStatus.CREATED && !process.starting && (process.execId.isEmpty() || process.pid == 0);
        if (!startable) {
            reply.fail(Code.FAILED_PRECONDITION, "cannot start a process that is " + process.status.name().toLowerCase(java.util.Locale.ROOT));
        }
        return startable;
    }

    private static void started(TaskProcess process, Runtime.Outcome outcome, String what, Reply reply) {
        if (outcome.isOk()) {
            reply.ok(Responses.Pid.TABLE.write(new Responses.Pid(process.pid)));
        } else {
            reply.fail(Code.UNKNOWN, "OCI runtime " + what + " failed: " + outcome.complaint().get());
        }
    }

    private void exec(ExecProcess request, Reply reply) {
        Container container = container(request.id());
        Identifier.of("exec_id", request.execId());
        if (container.execs.containsKey(request.execId())) {
            throw new CallException(Code.ALREADY_EXISTS, "process " + request.execId() + " already exists");
        }
        if (container.init.isStopped()) {
            throw new CallException(Code.FAILED_PRECONDITION, "container " + request.id() + " is not running");
        }
        byte[] specification = ProcessObject.withTerminal(request.spec().orElseThrow(
                () -> new CallException(Code.INVALID_ARGUMENT, "spec: expected a process, found nothing")).value(), request.terminal());
        container.execs.put(request.execId(), new TaskProcess(request.execId(),
                new StdioUris(request.stdin(), request.stdout(), request.stderr(), request.terminal()), specification));
        shim.publish(Event.execAdded(request.id(), request.execId()));
        reply.ok(EMPTY);
    }

    private void delete(ProcessId request, Reply reply) {
        Container container = container(request.id());
        TaskProcess process = process(request);
        if (process == container.init) {
            if (process.pid == 0) { // who created it waits no more, or would not ask this
                process.giveUp("the container is deleted");
            }
            container.calls.whenIdle(reply, () -> delete(container, reply));
        } else if (process.starting) {
            process.giveUp("the process is deleted");
            process.whenStartedOrNot(() -> delete(container, process, reply));
        } else {
            delete(container, process, reply);
        }
    }

    private static void delete(Container container, TaskProcess exec, Reply reply) {
        if (exec.status == TaskStatus.RUNNING) {
            reply.fail(Code.FAILED_PRECONDITION, RUNS);
            return;
        }
        container.execs.remove(exec.execId, exec);
        exec.whenDrained(() -> reply.ok(exec.deleted()));
    }

    private void delete(Container container, Reply reply) {
        if (containers.get(container.id) != container) { // it came while the creation was on its way, which has failed
            reply.fail(Code.NOT_FOUND, "container " + container.id + " not found");
            container.calls.next();
        } else if (container.init.status == TaskStatus.RUNNING) {
            reply.fail(Code.FAILED_PRECONDITION, RUNS);
            container.calls.next();
        } else {
            container.delete(reply, failure -> {
                if (failure.isPresent()) {
                    reply.fail(failure.get());
                    return;
                }
                remove(container);
                TaskProcess init = container.init;
                shim.publish(Event.delete(container.id, init.pid, init.exitStatus, init.exitedAt.orElseThrow()));
                reply.ok(init.deleted());
            });
        }
    }

    /** Who has asked for the end before the last container went, and asks no more, is obeyed: others ask again at once. */
    private void remove(Container container) {
        containers.remove(container.id);
        pod.removed(container.id);
        if (containers.isEmpty() && endWanted) {
            shim.loop().after(PATIENCE_MILLIS, () -> {
                if (containers.isEmpty() && endWanted) {
                    ended.run();
                }
            });
        }
    }

    private void state(ProcessId request, Reply reply) {
        Container container = container(request.id());
        TaskProcess process = process(request);
        TaskStatus status = process.status == TaskStatus.RUNNING && container.paused ? TaskStatus.PAUSED : process.status;
        StdioUris uris = process.uris;
        reply.ok(Responses.State.TABLE.write(new Responses.State(process.execId.isEmpty() ? container.id : process.execId,
                container.bundle, process.pid, status.number, uris.stdin(), uris.stdout(), uris.stderr(), uris.terminal(),
                process.exitStatus, process.exitedAt, process.execId)));
    }

    private void kill(Requests.Kill request, Reply reply) {
        if (Integer.compareUnsigned(request.signal(), Signal.LAST) > 0) { // a negative number would be a flag to the runtime
            throw new CallException(Code.INVALID_ARGUMENT, "signal: expected 0 to " + Signal.LAST + ", found " + Integer.toUnsignedString(request.signal()));
        }
        Container container = container(request.id());
        TaskProcess process = process(request.id(), request.execId());
        if (process.isStopped()) {
            throw new CallException(Code.NOT_FOUND, "process already finished");
        }
        if (process.pid == 0) {
            throw new CallException(Code.FAILED_PRECONDITION, "the process has not been created");
        }
        if (process != container.init) {
            try { // its pid is its own until it is reaped, which happens here
                shim.linux().processes.kill(process.pid, request.signal());
                reply.ok(EMPTY);
            } catch (KernelException e) {
                reply.fail(e.is(Errno.ESRCH) ? new CallException(Code.NOT_FOUND, "process already finished") : e);
            }
            return;
        }
        reply.whenGivenUp(container.kill(request.signal(), request.all(), outcome -> {
            if (outcome.isOk()) {
                reply.ok(EMPTY);
            } else {
                boolean gone = process.isStopped() || outcome.says("process already finished") || outcome.says("not running")
                        || outcome.says("no such process") || outcome.says("does not exist");
                reply.fail(gone ? Code.NOT_FOUND : Code.UNKNOWN, outcome.complaint().get());
            }
        })::cut);
    }

    private void pids(ProcessId request, Reply reply) {
        Container container = container(request.id());
        if (container.init.pid == 0) {
            throw new CallException(Code.NOT_FOUND, "container " + container.id + " is being created");
        }
        if (container.init.isStopped()) {
            // containerd 1.7 and later, started anew, takes a shim without processes for a leak and deletes it, exit status and all.
            reply.ok(Responses.Pids.TABLE.write(ProcessList.ofEnded(container.init)));
            return;
        }
        reply.whenGivenUp(container.runtime.ps(outcome -> {
            if (container.init.isStopped()) {
                reply.ok(Responses.Pids.TABLE.write(ProcessList.ofEnded(container.init)));
            } else if (!outcome.isOk()) {
                reply.fail(Code.UNKNOWN, outcome.complaint().get());
            } else {
                answer(reply, () -> Responses.Pids.TABLE.write(ProcessList.of(outcome.output(), container.execs.values())));
            }
        })::cut);
    }

    private static void answer(Reply reply, Supplier<byte[]> answer) {
        try {
            reply.ok(answer.get());
        } catch (RuntimeException | Error e) {
            reply.fail(Failures.asException(e));
        }
    }

    private void pause(Container container, Reply reply) {
        container.calls.whenIdle(reply, () -> reply.whenGivenUp(container.runtime.pause(outcome -> {
            if (outcome.cut()) { // it may have frozen some of it
                reply.fail(Code.UNKNOWN, outcome.complaint().get());
                container.runtime.resume(container.calls.ending(resumed -> { }));
                return;
            }
            container.calls.ending(paused -> {
                if (answer(paused, reply)) {
                    container.paused = true;
                    shim.publish(Event.paused(container.id));
                }
            }).accept(outcome);
        })::cut));
    }

    private void resume(Container container, Reply reply) {
        container.calls.whenIdle(reply, () -> reply.whenGivenUp(container.runtime.resume(container.calls.ending(outcome -> {
            if (answer(outcome, reply)) {
                container.paused = false;
                shim.publish(Event.resumed(container.id));
            }
        }))::cut));
    }

    private void checkpoint(Requests.CheckpointTask request, Reply reply) {
        Container container = container(request.id());
        Requests.CheckpointOptions options = Requests.CheckpointOptions.of(request.options());
        String path = options.imagePath().isEmpty() ? AbsolutePath.of("path", request.path()) : options.imagePath();
        container.calls.whenIdle(reply, () -> reply.whenGivenUp(container.runtime.checkpoint(path, options, container.calls.ending(outcome -> {
            if (answer(outcome, reply)) {
                shim.publish(Event.checkpointed(container.id, path));
            }
        }))::cut));
    }

    private void update(Requests.UpdateTask request, Reply reply) {
        Container container = container(request.id());
        byte[] resources = request.resources().orElseThrow(
                () -> new CallException(Code.INVALID_ARGUMENT, "resources: expected some, found nothing")).value();
        container.calls.whenIdle(reply, () -> reply.whenGivenUp(
                container.runtime.update(resources, container.calls.ending(outcome -> answer(outcome, reply)))::cut));
    }

    private static boolean answer(Runtime.Outcome outcome, Reply reply) {
        if (outcome.isOk()) {
            reply.ok(EMPTY);
        } else {
            reply.fail(Code.UNKNOWN, outcome.complaint().get());
        }
        return outcome.isOk();
    }

    private void stats(ProcessId request, Reply reply) {
        Container container = container(request.id());
        if (container.init.isStopped() || container.init.pid == 0) {
            throw new CallException(Code.NOT_FOUND, "the container has no cgroup, as it does not run");
        }
        reply.ok(Responses.Stats.TABLE.write(new Responses.Stats(
                shim.cgroups(container.init.pid).map(paths -> Metrics.read(shim.linux(), paths, container.init.pid)))));
    }

    private void resize(Requests.ResizePty request, Reply reply) {
        stdio(request.id(), request.execId()).ifPresent(stdio -> stdio.resize(request.width(), request.height()));
        reply.ok(EMPTY);
    }

    private void closeIO(Requests.CloseIO request, Reply reply) {
        if (request.stdin()) {
            stdio(request.id(), request.execId()).ifPresent(Stdio::closeStdin);
        }
        reply.ok(EMPTY);
    }

    private Optional<Stdio> stdio(String id, String execId) {
        return process(id, execId).stdio;
    }

    private void connect(ProcessId request, Reply reply) {
        Container container = containers.get(request.id());
        reply.ok(Responses.Connected.TABLE.write(new Responses.Connected(shim.linux().processes.getpid(),
                container == null ? 0 : container.init.pid, VERSION)));
    }

    private void shutdown(Requests.Shutdown request, Reply reply) {
        reply.ok(EMPTY);
        Container container = containers.get(request.id());
        if (container != null && container.init.pid == 0) {
            container.init.giveUp("the shim was asked to end");
        }
        endWhenEmpty();
    }

    /** Somebody has asked for the end, which comes when no container is left. */
    public void endWhenEmpty() {
        endWanted = true;
        if (containers.isEmpty()) {
            ended.run();
        }
    }
}
