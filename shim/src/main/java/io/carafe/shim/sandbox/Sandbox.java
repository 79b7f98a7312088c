package io.carafe.shim.sandbox;

import io.carafe.linux.call.process.Exit;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.sandbox.holder.Holder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The one sandbox of a shim: created, held, ended. */
final class Sandbox {

    private static final String READY = "SANDBOX_READY";
    private static final String NOT_READY = "SANDBOX_NOTREADY";

    /** What has become of it. */
    enum Stage {
        CREATED("created"), STARTING("created"), HELD("running"), ENDED("stopped");

        /** As containerd has it. */
        private final String text;

        Stage(String text) {
            this.text = text;
        }
    }

    final String id;
    final SandboxPlan plan;
    final PodFiles files;
    final Timestamp createdAt = Timestamp.now();
    private final Holder holder;
    private Stage stage = Stage.CREATED;
    private int exitStatus;
    private Optional<Timestamp> exitedAt = Optional.empty();
    private boolean stopWanted;
    private List<Runnable> whenEnded = new ArrayList<>(1);

    Sandbox(String id, SandboxPlan plan, PodFiles files, Holder holder) {
        this.id = id;
        this.plan = plan;
        this.files = files;
        this.holder = holder;
    }

    Stage stage() {
        return stage;
    }

    /** 0 before there is one. */
    int pid() {
        return holder.pid();
    }

    int exitStatus() {
        return exitStatus;
    }

    Optional<Timestamp> exitedAt() {
        return exitedAt;
    }

    /** As the CRI has it. */
    String state() {
        return stage == Stage.HELD ? READY : NOT_READY;
    }

    /** JSON, for whoever asks the CRI for a verbose status: its own words for these two. */
    String info() {
        return "{\"pid\":" + pid() + ",\"processStatus\":\"" + stage.text + "\"}";
    }

    /** @param done gets why it could not be started, or nothing */
    void start(Consumer<Optional<String>> done) {
        stage = Stage.STARTING;
        try {
            holder.start(plan.holder(), complaint -> {
                stage = complaint.isEmpty() ? Stage.HELD : Stage.CREATED;
                done.accept(complaint);
                if (stopWanted) {
                    stop();
                }
            }, this::ended);
        } catch (RuntimeException | Error e) {
            stage = Stage.CREATED;
            throw e;
        }
    }

    private void ended(Exit exit) {
        end(exit.code());
    }

    private void end(int status) {
        stage = Stage.ENDED;
        exitStatus = status;
        exitedAt = Optional.of(Timestamp.now());
        List<Runnable> actions = whenEnded;
        whenEnded = new ArrayList<>(0);
        actions.forEach(Runnable::run);
    }

    /** One that was never started ends at once; one that is being started, when it has been. */
    void stop() {
        stopWanted = true;
        if (stage == Stage.CREATED) {
            end(0);
        } else if (stage == Stage.HELD) {
            holder.kill();
        }
    }

    /** Calls later, at once where it has ended. */
    void whenEnded(Runnable action) {
        if (stage == Stage.ENDED) {
            action.run();
        } else {
            whenEnded.add(action);
        }
    }
}
