package io.carafe.shim.task;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_TRUNC;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.shim.bundle.BundleConfig;
import io.carafe.shim.bundle.InnerLayers;
import io.carafe.shim.bundle.Rootfs;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.stdio.Stdio;
import io.carafe.shim.stdio.StdioUris;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A container and its processes, driven through the runtime: one call of it at a time, but for signals. */
final class Container {

    private static final String INIT_PID = "/init.pid";
    private static final String NO_SUCH_CONTAINER = "does not exist";
    private static final int OWNER_ONLY = 0600;

    final String id;
    final String bundle;
    final Runtime runtime;
    final TaskProcess init;
    final Map<String, TaskProcess> execs = new LinkedHashMap<>();
    final Rootfs rootfs;
    final CallQueue calls = new CallQueue();
    boolean paused;

    private final Shim shim;
    private final Options options;
    private final Ends ends;

    Container(Shim shim, CreateTask request, Options options, Runtime runtime) {
        this.shim = shim;
        this.id = request.id();
        this.bundle = request.bundle();
        this.options = options;
        this.runtime = runtime;
        this.rootfs = new Rootfs(shim.linux(), bundle);
        this.ends = new Ends(shim, this);
        this.init = new TaskProcess("", new StdioUris(request.stdin(), request.stdout(), request.stderr(), request.terminal()), new byte[0]);
    }

    /** @param done gets a failure, or nothing */
    void create(CreateTask request, Consumer<Optional<RuntimeException>> done) {
        calls.whenIdle(e -> undo(e, done), () -> {
            List<String> layers = mount(request.rootfs());
            Stdio stdio = shim.stdio(init.uris, options, id, bundle);
            init.stdio = Optional.of(stdio);
            whenReady(stdio, () -> create(stdio, request, layers, done), e -> {
                undo(e, done);
                calls.next();
            });
        });
    }

    /** @param failed gets why the streams cannot be used, or what the action throws */
    private static void whenReady(Stdio stdio, Runnable action, Consumer<RuntimeException> failed) {
        stdio.whenReady(complaint -> {
            try {
                complaint.ifPresent(why -> {
                    throw new CallException(Code.UNKNOWN, why);
                });
                action.run();
            } catch (RuntimeException e) {
                failed.accept(e);
            }
        });
    }

    /** @return what is left for the runtime to mount */
    private List<String> mount(List<CreateTask.Mount> mounts) {
        List<String> layers = mounts.isEmpty() ? List.of() : InnerLayers.of(mounts, BundleConfig.read(shim.linux(), bundle), bundle);
        if (layers.isEmpty()) {
            rootfs.mount(mounts);
        } else {
            rootfs.makeDirectory();
        }
        return layers;
    }

    private void create(Stdio stdio, CreateTask request, List<String> layers, Consumer<Optional<RuntimeException>> done) {
        expecting(() -> runtime.create(bundle + INIT_PID, stdio.consoleSocket(), layers, stdio.streams(), outcome -> {
            try {
                if (!outcome.isOk()) {
                    throw new CallException(Code.UNKNOWN, "OCI runtime create failed: " + outcome.complaint().get());
                }
                init.pid = runtime.pid(bundle + INIT_PID);
                init.starting = true; // until containerd has heard of the creation
                shim.children().await(init.pid, exit -> ends.ended(init, exit));
                shim.publish(Event.create(request, init.pid));
                done.accept(Optional.empty());
                ends.startedOrNot(init);
            } catch (RuntimeException e) {
                undo(e, done);
            } finally {
                shim.children().expectNoMore();
                calls.next();
            }
        }));
        stdio.handedOver();
    }

    /** A call after which there is a child that nobody knows yet. Its end says {@link io.carafe.shim.child.Children#expectNoMore}. */
    private void expecting(Runnable call) {
        shim.children().expect();
        try {
            call.run();
        } catch (RuntimeException e) {
            shim.children().expectNoMore();
            throw e;
        }
    }

    private void undo(RuntimeException e, Consumer<Optional<RuntimeException>> done) {
        init.close();
        try {
            rootfs.unmount();
        } catch (RuntimeException also) {
            e.addSuppressed(also);
        }
        done.accept(Optional.of(e));
    }

    void start(Consumer<Runtime.Outcome> done) {
        runtime.start(calls.ending(outcome -> {
            if (outcome.isOk()) {
                running(init);
                ends.watchMemory();
                shim.publish(Event.start(id, init.pid));
            }
            done.accept(outcome);
            ends.startedOrNot(init);
        }));
        init.starting = true; // the end of a child is never told before we are back in the loop
    }

    void start(TaskProcess exec, Consumer<Runtime.Outcome> done) {
        Stdio stdio = shim.stdio(exec.uris, options, id, bundle);
        exec.stdio = Optional.of(stdio);
        whenReady(stdio, () -> exec(exec, stdio, done), e -> {
            notStarted(exec);
            calls.ending(done).accept(new Runtime.Outcome(Optional.of(e.getMessage()), ""));
        });
    }

    private void exec(TaskProcess exec, Stdio stdio, Consumer<Runtime.Outcome> done) {
        String specification = bundle + "/" + exec.execId + "-process.json";
        String pidFile = bundle + "/" + exec.execId + ".pid";
        write(specification, exec.specification);
        expecting(() -> runtime.exec(specification, pidFile, stdio.consoleSocket(), stdio.streams(), calls.ending(outcome -> {
            try {
                removeIfPresent(specification);
                if (outcome.isOk()) {
                    exec.pid = runtime.pid(pidFile);
                    removeIfPresent(pidFile);
                    running(exec);
                    shim.children().await(exec.pid, exit -> ends.ended(exec, exit));
                    shim.publish(Event.execStarted(id, exec.execId, exec.pid));
                    done.accept(outcome);
                    ends.startedOrNot(exec);
                } else {
                    notStarted(exec);
                    done.accept(outcome);
                }
            } finally {
                shim.children().expectNoMore();
            }
        })));
        exec.starting = true;
        stdio.handedOver();
    }

    private static void running(TaskProcess process) {
        if (!process.isStopped()) {
            process.status = TaskStatus.RUNNING;
        }
    }

    private static void notStarted(TaskProcess exec) {
        exec.starting = false;
        exec.close();
    }

    void kill(int signal, boolean all, Consumer<Runtime.Outcome> done) {
        calls.signal(ended -> runtime.kill(signal, all, ended), done);
    }

    /**
     * Deletes the container, which must not run. Who has sent it a signal is answered first: after the answer to a delete containerd
     * 2.x listens no more.
     *
     * @param done when its init, too, has been seen to end
     */
    void delete(Consumer<Optional<RuntimeException>> done) {
        calls.whenNoSignals(e -> done.accept(Optional.of(e)), () -> deleteNow(done));
    }

    private void deleteNow(Consumer<Optional<RuntimeException>> done) {
        runtime.delete(!init.isStopped(), calls.ending(outcome -> {
            if (!outcome.isOk() && !outcome.says(NO_SUCH_CONTAINER)) {
                done.accept(Optional.of(new CallException(Code.UNKNOWN, outcome.complaint().get())));
                return;
            }
            whenInitEnded(() -> {
                try {
                    ends.close();
                    execs.values().forEach(TaskProcess::close);
                    init.whenDrained(() -> done.accept(unmounted()));
                } catch (RuntimeException e) {
                    done.accept(Optional.of(e));
                }
            });
        }));
    }

    private Optional<RuntimeException> unmounted() {
        try {
            rootfs.unmount();
            return Optional.empty();
        } catch (KernelException e) {
            return Optional.of(e);
        }
    }

    /** One that was created and never started ends by the delete. */
    private void whenInitEnded(Runnable action) {
        if (init.isStopped()) {
            action.run();
        } else {
            shim.children().await(init.pid, exit -> {
                ends.ended(init, exit);
                action.run();
            });
        }
    }

    /** Anew, for its owner alone. */
    void write(String path, byte[] content) {
        try (Fd file = shim.linux().files.openat(Fd.CWD, path, O_WRONLY | O_CREAT | O_TRUNC, OWNER_ONLY)) {
            shim.linux().files.write(file, content);
        }
    }

    private void removeIfPresent(String path) {
        try {
            shim.linux().paths.unlinkat(Fd.CWD, path, 0);
        } catch (KernelException e) {
            shim.failed(e);
        }
    }
}
