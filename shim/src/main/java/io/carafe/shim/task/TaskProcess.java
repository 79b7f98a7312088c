package io.carafe.shim.task;

import io.carafe.linux.call.process.Exit;
import io.carafe.shim.child.Call;
import io.carafe.shim.message.Responses;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.message.Timestamp;
import io.carafe.shim.stdio.Stdio;
import io.carafe.shim.stdio.StdioUris;
import io.carafe.shim.ttrpc.CallException;
import io.carafe.shim.ttrpc.Code;
import io.carafe.shim.ttrpc.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A process of a container: its init, or one that was added by Exec. */
final class TaskProcess {

    private static final int MANY = 64;

    /** Of the exec; empty for the init. */
    final String execId;
    final StdioUris uris;
    /** The process object of a further process, as JSON. */
    final byte[] specification;
    Optional<Stdio> stdio = Optional.empty();
    TaskStatus status = TaskStatus.CREATED;
    int pid;
    int exitStatus;
    Optional<Timestamp> exitedAt = Optional.empty();
    /** Its start is on its way: containerd must hear of it before it hears of the end. */
    boolean starting;
    /** The end that is to be told when {@link #starting} is over. */
    boolean exitNotPublished;

    /** Of its start, while that is on its way. */
    private Optional<Call> call = Optional.empty();
    /** Why its start is not to be gone on with. */
    private Optional<String> givenUp = Optional.empty();
    private final List<Runnable> whenStartedOrNot = new ArrayList<>(0);
    private List<Reply> waiting = new ArrayList<>(1);

    TaskProcess(String execId, StdioUris uris, byte[] specification) {
        this.execId = execId;
        this.uris = uris;
        this.specification = specification;
    }

    boolean isStopped() {
        return status == TaskStatus.STOPPED;
    }

    void starting() {
        starting = true;
        givenUp = Optional.empty();
    }

    void starting(Call begun) {
        call = Optional.of(begun);
        givenUp.ifPresent(begun::cut);
    }

    /** Its start, or creation, ends where it is. */
    void giveUp(String why) {
        givenUp = Optional.of(why);
        call.ifPresent(begun -> begun.cut(why));
    }

    /** @throws CallException its start was given up before the runtime was called */
    void requireWanted() {
        givenUp.ifPresent(why -> {
            throw new CallException(Code.UNKNOWN, why);
        });
    }

    /** Calls later, at once where no start is on its way. */
    void whenStartedOrNot(Runnable action) {
        if (starting) {
            whenStartedOrNot.add(action);
        } else {
            action.run();
        }
    }

    void startFinished() {
        starting = false;
        call = Optional.empty();
        List<Runnable> actions = List.copyOf(whenStartedOrNot);
        whenStartedOrNot.clear();
        actions.forEach(Runnable::run);
    }

    void ended(Exit exit) {
        status = TaskStatus.STOPPED;
        exitStatus = exit.code();
        exitedAt = Optional.of(Timestamp.now());
        stdio.ifPresent(Stdio::ended);
        for (Reply reply : waiting) {
            answer(reply);
        }
        waiting = new ArrayList<>(0);
    }

    void wait(Reply reply) {
        if (isStopped()) {
            answer(reply);
            return;
        }
        if (waiting.size() >= MANY && Integer.bitCount(waiting.size()) == 1) {
            waiting.removeIf(other -> !other.isAwaited()); // who went away without an answer
        }
        waiting.add(reply);
    }

    private void answer(Reply reply) {
        reply.ok(Responses.Exited.TABLE.write(new Responses.Exited(exitStatus, exitedAt)));
    }

    byte[] deleted() {
        return Responses.Deleted.TABLE.write(new Responses.Deleted(pid, exitStatus, exitedAt));
    }

    /** Lets go of its streams when what it wrote has gone out. */
    void whenDrained(Runnable action) {
        stdio.ifPresentOrElse(streams -> streams.whenDrained(() -> {
            close();
            action.run();
        }), action);
    }

    void close() {
        stdio.ifPresent(Stdio::close);
        stdio = Optional.empty();
    }
}
