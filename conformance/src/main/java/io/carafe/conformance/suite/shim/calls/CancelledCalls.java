package io.carafe.conformance.suite.shim.calls;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Client;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Reply;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that the client cancels: by a timeout or by closing its connection. */
class CancelledCalls {

    private static final long TIME_MILLIS = 1_000;

    private static Task executing(Shim shim, HangingRuntime runtime) {
        Task task = shim.task("one").runtimeOfShim(runtime.path());
        task.running();
        runtime.wasCalled();
        task.exec(HangingRuntime.EXEC, "sleep", "2000").response();
        CompletableFuture<Reply> hung = shim.beginWithin(TIME_MILLIS, Method.START, "id", "one", "exec_id", HangingRuntime.EXEC);
        runtime.awaitHanging();
        shim.await(Method.START, hung).fails();
        return task;
    }

    @Test
    @Tag("shim.calls.deadline")
    void a_call_ends_with_its_time(Shim shim) {
        HangingRuntime runtime = HangingRuntime.beforeExec(shim);
        Task task = executing(shim, runtime);
        shim.eventually(() -> !runtime.hangs(), "the runtime's call goes on");
        Expect.equal(Status.RUNNING, task.status(), "status of the task");
    }

    @Test
    @Tag("shim.calls.deadline.undone")
    void what_it_had_begun_ends(Shim shim) {
        HangingRuntime runtime = HangingRuntime.afterExec(shim);
        executing(shim, runtime);
        shim.eventually(() -> shim.processes().all().stream().noneMatch(pid -> shim.processes().file(pid, "cmdline").contains("2000")),
                "the process that was started is left, and nobody was told of it");
    }

    @Test
    @Tag("shim.calls.connection")
    void a_creation_ends_with_its_connection(Shim shim) {
        HangingRuntime runtime = HangingRuntime.beforeCreate(shim);
        Task task = shim.task("one").runtimeOfShim(runtime.path()).served();
        Client client = shim.connection();
        CompletableFuture<Reply> created = task.beginCreate(client);
        shim.eventually(() -> runtime.isHanging() || created.isDone(), "the runtime is not called");
        runtime.wasCalled();
        shim.disconnect(client);
        shim.eventually(() -> !runtime.hangs(), "the runtime's call goes on, for nobody");
        shim.eventually(() -> task.call(Method.STATE).reply().code() == Code.NOT_FOUND, "the task is left");
    }

    @Test
    @Tag("shim.shutdown.during-create")
    void a_shim_that_is_asked_to_end_during_a_creation_ends(Shim shim) {
        HangingRuntime runtime = HangingRuntime.beforeCreate(shim);
        Task task = shim.task("one").runtimeOfShim(runtime.path()).served();
        long pid = shim.pid();
        Client client = shim.connection();
        CompletableFuture<Reply> created = task.beginCreate(client);
        shim.eventually(() -> runtime.isHanging() || created.isDone(), "the runtime is not called");
        runtime.wasCalled();
        client.close();
        task.call(Method.DELETE);
        shim.call(Method.SHUTDOWN, "id", "one");
        shim.eventually(() -> !shim.isAlive(pid), "the shim is left, with no task");
    }
}
