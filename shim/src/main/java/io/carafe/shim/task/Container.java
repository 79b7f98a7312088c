package io.carafe.shim.task;

import io.carafe.linux.abi.Signal;
import io.carafe.shim.bundle.BundleFiles;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A container and its processes, driven through the runtime: one call of it at a time, but for signals. */
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

    private final Shim shim;
    private final Options options;
    final Ends ends;

    Container(Shim shim, CreateTask request, Options options, Runtime runtime) {
        this.shim = shim;
        this.id = request.id();
        this.bundle = request.bundle();
        this.options = options;
        this.runtime = runtime;
        this.files = new BundleFiles(shim.linux(), bundle);
        this.rootfs = new Rootfs(shim.linux(), bundle);
        this.ends = new Ends(shim, this);
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
            calls.ending(done).accept(new Runtime.Outcome(Optional.of(Failures.message(e)), ""));
        });
    }

    private void exec(TaskProcess exec, Stdio stdio, Consumer<Runtime.Outcome> done) {
        String specification = EXEC + exec.execId + "-process.json";
        String pidFile = EXEC + exec.execId + ".pid";
        files.write(specification, exec.specification);
        try {
            expecting(() -> runtime.exec(files.path(specification), files.path(pidFile), stdio.consoleSocket(), stdio.streams(),
                    calls.ending(outcome -> {
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
        exec.starting = true;
        stdio.handedOver();
    }

    private void executed(TaskProcess exec, Runtime.Outcome outcome, String pidFile, Consumer<Runtime.Outcome> done) {
        if (!outcome.isOk()) {
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
        ends.startedOrNot(exec);
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
        runtime.delete(!init.isStopped(), outcome -> {
            if (outcome.isOk() || outcome.says(NO_SUCH_CONTAINER)) {
                calls.ending(ended -> deleted(done)).accept(outcome);
            } else {
                deleteByForce(done);
            }
        });
    }

    /** What a delete that was killed has left has no state, and goes by force alone. */
    private void deleteByForce(Consumer<Optional<RuntimeException>> done) {
        try {
            runtime.delete(true, calls.ending(outcome -> {
                if (outcome.isOk() || outcome.says(NO_SUCH_CONTAINER)) {
                    deleted(done);
                } else {
                    done.accept(Optional.of(new CallException(Code.UNKNOWN, outcome.complaint().get())));
                }
            }));
        } catch (RuntimeException | Error e) {
            done.accept(Optional.of(Failures.asException(e)));
            calls.next();
        }
    }

    private void deleted(Consumer<Optional<RuntimeException>> done) {
        whenInitEnded(() -> {
            try {
                ends.close();
                execs.values().forEach(TaskProcess::close);
                init.whenDrained(() -> done.accept(unmounted()));
            } catch (RuntimeException | Error e) {
                done.accept(Optional.of(Failures.asException(e)));
            }
        });
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
