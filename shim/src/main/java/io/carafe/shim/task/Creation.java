package io.carafe.shim.task;

import io.carafe.shim.bundle.BundleConfig;
import io.carafe.shim.bundle.InnerLayers;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Options;
import io.carafe.shim.stdio.Stdio;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import io.carafe.shim.ttrpc.Reply;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** How a container comes to be: its root is mounted, its streams are opened, the runtime is called; and what of it is taken back where one fails. */
final class Creation {

    private static final String INIT_PID = "init.pid";

    private final Shim shim;
    private final Container container;
    private final Options options;

    Creation(Shim shim, Container container, Options options) {
        this.shim = shim;
        this.container = container;
        this.options = options;
    }

    /** @param done gets a failure, or nothing; a failure where it is given up meanwhile: {@link TaskProcess#giveUp} of the init */
    void create(CreateTask request, Consumer<Optional<RuntimeException>> done) {
        container.calls.whenIdle(e -> undo(e, done), () -> {
            List<String> layers = mount(request.rootfs());
            Stdio stdio = shim.stdio(container.init.uris, false, options, container.id, container.bundle);
            container.init.stdio = Optional.of(stdio);
            Container.whenReady(stdio, () -> create(stdio, request, layers, done), e -> {
                undo(e, done);
                container.calls.next();
            });
        });
    }

    /** @return what is left for the runtime to mount */
    private List<String> mount(List<CreateTask.Mount> mounts) {
        List<String> layers = mounts.isEmpty() ? List.of()
                : InnerLayers.of(mounts, BundleConfig.read(shim.linux(), container.bundle), container.bundle);
        if (layers.isEmpty()) {
            container.rootfs.mount(mounts);
        } else {
            container.rootfs.makeDirectory();
        }
        return layers;
    }

    private void create(Stdio stdio, CreateTask request, List<String> layers, Consumer<Optional<RuntimeException>> done) {
        container.init.requireWanted();
        if (!request.checkpoint().isEmpty()) {
            // As containerd's own shim: it has no process before its start.
            String images = options.criuImagePath().isEmpty() ? request.checkpoint() : options.criuImagePath();
            container.startBy((reply, started) -> restore(images, stdio, layers, reply, started));
            shim.publish(Event.create(request, 0));
            done.accept(Optional.empty());
            container.calls.next();
            return;
        }
        container.expecting(() -> container.init.starting(container.runtime.create(container.files.path(INIT_PID), stdio.consoleSocket(), layers, stdio.streams(), outcome -> {
            try {
                if (!outcome.isOk()) {
                    throw new CallException(Code.UNKNOWN, "OCI runtime create failed: " + outcome.complaint().get());
                }
                created(request, done);
                container.calls.next();
            } catch (RuntimeException | Error e) {
                // Of one that was killed nobody knows how far it came.
                undo(outcome.isOk() || outcome.cut(), Failures.asException(e), done);
            } finally {
                shim.children().expectNoMore();
            }
        })));
        stdio.handedOver();
    }

    /** The start of a container that is made of a checkpoint: its root is mounted and its streams are open by now. */
    private void restore(String images, Stdio stdio, List<String> layers, Reply reply, Consumer<Runtime.Outcome> started) {
        container.init.starting();
        reply.whenGivenUp(container.init::giveUp);
        container.expecting(() -> container.init.starting(container.runtime.restore(images, container.files.path(INIT_PID), stdio.consoleSocket(), layers,
                stdio.streams(), container.calls.ending(outcome -> {
                    try {
                        started.accept(restored(outcome));
                        container.ends.startFinished(container.init);
                    } finally {
                        shim.children().expectNoMore();
                    }
                }))));
        stdio.handedOver();
    }

    private Runtime.Outcome restored(Runtime.Outcome outcome) {
        if (!outcome.isOk()) {
            return outcome;
        }
        try {
            container.init.pid = container.runtime.pid(INIT_PID);
            container.ends.watchMemory();
            shim.children().await(container.init.pid, exit -> container.ends.ended(container.init, exit));
            Container.running(container.init);
            shim.publish(Event.start(container.id, container.init.pid));
            return outcome;
        } catch (RuntimeException | Error e) { // it runs, and nobody will know of its end
            return new Runtime.Outcome(Optional.of(Failures.message(e)), "");
        }
    }

    private void created(CreateTask request, Consumer<Optional<RuntimeException>> done) {
        container.init.pid = container.runtime.pid(INIT_PID);
        container.init.starting = true; // until containerd has heard of the creation
        container.ends.watchMemory(); // from the first moment: what runs out between the start and its answer is not told again
        shim.children().await(container.init.pid, exit -> container.ends.ended(container.init, exit));
        shim.publish(Event.create(request, container.init.pid));
        done.accept(Optional.empty());
        container.ends.startFinished(container.init);
    }

    /** Ends the call. @param created whether the runtime has a container to delete */
    private void undo(boolean created, RuntimeException e, Consumer<Optional<RuntimeException>> done) {
        if (!created) {
            undo(e, done);
            container.calls.next();
            return;
        }
        try {
            container.runtime.delete(true, container.calls.ending(outcome -> {
                outcome.complaint().ifPresent(complaint -> shim.failed(new IllegalStateException("delete " + container.id + ": " + complaint)));
                undo(e, done);
            }));
        } catch (RuntimeException | Error also) {
            shim.failed(Failures.asException(also));
            undo(false, e, done);
        }
    }

    private void undo(RuntimeException e, Consumer<Optional<RuntimeException>> done) {
        try {
            container.ends.close();
            container.init.close();
            container.rootfs.unmount();
        } catch (RuntimeException | Error also) {
            shim.failed(Failures.asException(also));
        }
        done.accept(Optional.of(e));
    }
}
