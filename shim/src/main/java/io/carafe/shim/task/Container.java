package io.carafe.shim.task;

import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.process.Exit;
import io.carafe.shim.bundle.BundleFiles;
import io.carafe.shim.child.Call;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Options;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.snapshot.Rootfs;
import io.carafe.shim.stdio.Stdio;
import io.carafe.shim.stdio.StdioUris;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import io.carafe.shim.ttrpc.Reply;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** A container and its processes, driven through the runtime. */
final class Container {

    /** In front of an exec's id in the names of its files: an exec may be called init. */
    private static final String EXEC = "exec-";
    private static final String NO_SUCH_CONTAINER = "does not exist";

    final String id;
    final String bundle;
    final Runtime runtime;
    final TaskProcess init;
    final Map<String, TaskProcess> execs = new LinkedHashMap<>();
    final BundleFiles files;
    final Rootfs rootfs;
    final CallQueue calls = new CallQueue();
    boolean paused;
    private Optional<BiConsumer<Reply, Consumer<Runtime.Outcome>>> restoring = Optional.empty();

    private final Shim shim;
    private final Options options;
    final ExitNotifications ends;

    Container(Shim shim, CreateTask request, Options options, Runtime runtime) {
        this.shim = shim;
        this.id = request.id();
        this.bundle = request.bundle();
        this.options = options;
        this.runtime = runtime;
        this.files = new BundleFiles(shim.linux(), bundle);
        this.rootfs = new Rootfs(shim.linux(), bundle);
        this.ends = new ExitNotifications(shim, this);
        this.init = new TaskProcess("", new StdioUris(request.stdin(), request.stdout(), request.stderr(), request.terminal()), new byte[0]);
    }

    /** @param failed gets why the streams cannot be used, or what the action throws */
    static void whenReady(Stdio stdio, Runnable action, Consumer<RuntimeException> failed) {
        stdio.whenReady(complaint -> {
            try {
                complaint.ifPresent(why -> {
                    throw new CallException(Code.UNKNOWN, why);
                });
                action.run();
            } catch (RuntimeException | Error e) {
                failed.accept(Failures.asException(e));
            }
        });
    }

    /** A call after which there is a child that nobody knows yet. Its end says {@link io.carafe.shim.child.Children#expectNoMore}. */
    void expecting(Runnable call) {
        shim.children().expect();
        try {
            call.run();
        } catch (RuntimeException | Error e) {
            shim.children().expectNoMore();
            throw e;
        }
    }

    /** Of a container that is to be made of a checkpoint: what its creation has left for its start. */
    void startBy(BiConsumer<Reply, Consumer<Runtime.Outcome>> restoring) {
        this.restoring = Optional.of(restoring);
    }

    void start(Reply reply, Consumer<Runtime.Outcome> done) {
        if (restoring.isPresent()) {
            restoring.get().accept(reply, done);
            return;
        }
        reply.whenGivenUp(runtime.start(calls.ending(outcome -> {
            if (outcome.isOk()) {
                running(init);
                shim.publish(Event.start(id, init.pid));
            }
            done.accept(outcome);
            ends.startFinished(init);
        }))::cut);
        init.starting = true; // the end of a child is never told before we are back in the loop
    }

    /** Starts a further process, which waits for nothing that happens to the container or to other processes. */
    void start(TaskProcess exec, Reply reply, Consumer<Runtime.Outcome> done) {
        Stdio stdio = shim.stdio(exec.uris, true, options, id, bundle);
        exec.stdio = Optional.of(stdio);
        exec.starting();
        reply.whenGivenUp(exec::giveUp);
        whenReady(stdio, () -> exec(exec, stdio, done), e -> {
            notStarted(exec);
            done.accept(new Runtime.Outcome(Optional.of(Failures.message(e)), ""));
        });
    }

    private void exec(TaskProcess exec, Stdio stdio, Consumer<Runtime.Outcome> done) {
        exec.requireWanted();
        String specification = EXEC + exec.execId + "-process.json";
        String pidFile = EXEC + exec.execId + ".pid";
        removeIfPresent(pidFile); // what an earlier one of that name left is not to be taken for this one's
        files.write(specification, exec.specification);
        try {
            expecting(() -> exec.starting(runtime.exec(files.path(specification), files.path(pidFile), stdio.consoleSocket(), stdio.streams(),
                    outcome -> {
                        try {
                            removeIfPresent(specification);
                            executed(exec, outcome, pidFile, done);
                        } finally {
                            shim.children().expectNoMore();
                        }
                    })));
        } catch (RuntimeException | Error e) {
            removeIfPresent(specification);
            throw e;
        }
        stdio.handedOver();
    }

    private void executed(TaskProcess exec, Runtime.Outcome outcome, String pidFile, Consumer<Runtime.Outcome> done) {
        if (!outcome.isOk()) {
            if (outcome.cut()) {
                killIfBegun(pidFile);
            }
            removeIfPresent(pidFile);
            notStarted(exec);
            done.accept(outcome);
            return;
        }
        try {
            exec.pid = runtime.pid(pidFile);
        } catch (RuntimeException | Error e) { // it runs, and nobody will know of its end
            notStarted(exec);
            done.accept(new Runtime.Outcome(Optional.of(Failures.message(e)), ""));
            return;
        }
        removeIfPresent(pidFile);
        running(exec);
        shim.children().await(exec.pid, exit -> ends.ended(exec, exit));
        shim.publish(Event.execStarted(id, exec.execId, exec.pid));
        done.accept(outcome);
        ends.startFinished(exec);
    }

    /** The runtime was killed: what it had written down as begun runs without anybody who knows of it. */
    private void killIfBegun(String pidFile) {
        try {
            if (files.readIfPresent(pidFile, Runtime.MOST_PID).isPresent()) {
                int pid = runtime.pid(pidFile);
                if (shim.children().isUnreaped(pid)) {
                    shim.linux().processes.kill(pid, Signal.SIGKILL.number);
                }
            }
        } catch (RuntimeException | Error e) {
            shim.failed(Failures.asException(e));
        }
    }

    static void running(TaskProcess process) {
        if (!process.isStopped()) {
            process.status = TaskStatus.RUNNING;
        }
        process.stdio.ifPresent(Stdio::started);
    }

    private static void notStarted(TaskProcess exec) {
        exec.close();
        exec.startFinished();
    }

    Call kill(int signal, boolean all, Consumer<Runtime.Outcome> done) {
        return calls.signal(ended -> runtime.kill(signal, all, ended), done);
    }

    /**
     * Deletes the container, which must not run. Starts of further processes that are still on their way end. Who has sent it a signal is answered first: after the answer to a delete containerd
     * 2.x listens no more.
     *
     * @param done when its init, too, has been seen to end
     */
    void delete(Reply reply, Consumer<Optional<RuntimeException>> done) {
        List.copyOf(execs.values()).forEach(exec -> exec.giveUp("the container is deleted"));
        calls.whenNoSignals(e -> done.accept(Optional.of(e)), () -> deleteNow(reply, done));
    }

    private void deleteNow(Reply reply, Consumer<Optional<RuntimeException>> done) {
        reply.whenGivenUp(runtime.delete(!init.isStopped(), outcome -> {
            if (outcome.isOk() || outcome.says(NO_SUCH_CONTAINER)) {
                deleted(done);
            } else if (outcome.cut()) {
                calls.ending(ended -> done.accept(failure(ended))).accept(outcome);
            } else {
                deleteByForce(reply, done);
            }
        })::cut);
    }

    private static Optional<RuntimeException> failure(Runtime.Outcome outcome) {
        return Optional.of(new CallException(Code.UNKNOWN, outcome.complaint().get()));
    }

    /** What a delete that was killed has left has no state, and goes by force alone. */
    private void deleteByForce(Reply reply, Consumer<Optional<RuntimeException>> done) {
        try {
            reply.whenGivenUp(runtime.delete(true, outcome -> {
                if (outcome.isOk() || outcome.says(NO_SUCH_CONTAINER)) {
                    deleted(done);
                } else {
                    calls.ending(ended -> done.accept(failure(ended))).accept(outcome);
                }
            })::cut);
        } catch (RuntimeException | Error e) {
            done.accept(Optional.of(Failures.asException(e)));
            calls.next();
        }
    }

    /** The call ends with what is done here: another delete finds no container any more. */
    private void deleted(Consumer<Optional<RuntimeException>> whenDone) {
        Consumer<Optional<RuntimeException>> done = failure -> {
            try {
                whenDone.accept(failure);
            } finally {
                calls.next();
            }
        };
        whenInitEnded(() -> {
            try {
                ends.close();
                drained(List.copyOf(execs.values()).iterator(), () -> init.whenDrained(() -> done.accept(unmounted())));
            } catch (RuntimeException | Error e) {
                done.accept(Optional.of(Failures.asException(e)));
            }
        });
    }

    private static void drained(Iterator<TaskProcess> processes, Runnable then) {
        if (processes.hasNext()) {
            processes.next().whenDrained(() -> drained(processes, then));
        } else {
            then.run();
        }
    }

    private Optional<RuntimeException> unmounted() {
        try {
            rootfs.unmount();
            return Optional.empty();
        } catch (RuntimeException | Error e) {
            return Optional.of(Failures.asException(e));
        }
    }

    /** One that was created and never started ends by the delete. */
    private void whenInitEnded(Runnable action) {
        if (init.isStopped() || init.pid == 0) { // 0: to kill(2) that is our own process group
            if (!init.isStopped()) {
                init.ended(new Exit(0, true, Signal.SIGKILL.number)); // of a checkpoint, and never started
            }
            action.run();
        } else {
            // The runtime's delete has killed it, unless that knows of no container any more. Its pid is its own until it is reaped here.
            shim.linux().processes.kill(init.pid, Signal.SIGKILL.number);
            shim.children().await(init.pid, exit -> {
                ends.ended(init, exit);
                action.run();
            });
        }
    }

    private void removeIfPresent(String name) {
        try {
            files.removeIfPresent(name);
        } catch (RuntimeException e) {
            shim.failed(e);
        }
    }
}
