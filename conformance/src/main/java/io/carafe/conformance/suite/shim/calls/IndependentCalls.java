package io.carafe.conformance.suite.shim.calls;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Client;
import io.carafe.conformance.ttrpc.Reply;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** While the start of a further process hangs in the runtime. */
class IndependentCalls {

    private static final int SIGKILL = 9;

    /** A running task, and a further process of it whose start is on its way for ever. */
    private static Task hung(Shim shim) {
        HangingRuntime runtime = HangingRuntime.beforeExec(shim);
        Task task = shim.task("one").runtimeOfShim(runtime.path());
        task.running();
        runtime.wasCalled();
        task.exec(HangingRuntime.EXEC, "sleep", "1000").response();
        shim.begin(Method.START, "id", "one", "exec_id", HangingRuntime.EXEC);
        runtime.awaitHanging();
        return task;
    }

    @Test
    @Tag("shim.calls.state")
    void what_only_looks_is_answered(Shim shim) {
        Task task = hung(shim);
        CompletableFuture<Reply> waiting = shim.begin(Method.WAIT, "id", "one");
        Expect.equal(Status.RUNNING, task.status(), "status of the task");
        Expect.that(task.call(Method.PIDS).response().toString().contains("pid"), "no pids");
        task.call(Method.STATS).response();
        task.call(Method.CONNECT).response();
        Expect.that(!waiting.isDone(), "Wait was answered while the process runs");
    }

    @Test
    @Tag("shim.calls.connect")
    void a_manager_that_comes_anew_is_answered(Shim shim) {
        hung(shim);
        try (Client manager = shim.connection()) {
            shim.await(Method.CONNECT, shim.begin(manager, Method.CONNECT, "id", "one")).response();
            shim.await(Method.STATE, shim.begin(manager, Method.STATE, "id", "one")).response();
            shim.await(Method.PIDS, shim.begin(manager, Method.PIDS, "id", "one")).response();
        }
    }

    @Test
    @Tag("shim.calls.exec")
    void another_further_process_lives_its_life(Shim shim) {
        Task task = hung(shim);
        task.running("other", "sh", "-c", "exit 5");
        Expect.equal(5L, task.ended("other"), "exit_status");
        task.call(Method.DELETE, "other").response();
        shim.events().await("exit one/other 5");
    }

    @Test
    @Tag("shim.calls.kill")
    void the_task_can_be_killed(Shim shim) {
        Task task = hung(shim);
        task.kill(SIGKILL).response();
        Expect.equal(128L + SIGKILL, task.ended(), "exit_status");
        shim.events().await("exit one 137");
    }

    @Test
    @Tag("shim.calls.other-task")
    void another_task_of_the_group_lives_its_life(Shim shim) {
        HangingRuntime runtime = HangingRuntime.beforeExec(shim);
        Task task = shim.task("one").group("g").runtimeOfShim(runtime.path());
        task.running();
        runtime.wasCalled();
        task.exec(HangingRuntime.EXEC, "sleep", "1000").response();
        shim.begin(Method.START, "id", "one", "exec_id", HangingRuntime.EXEC);
        runtime.awaitHanging();
        Task other = shim.task("other").group("g").script("exit 3");
        other.running();
        Expect.equal(3L, other.ended(), "exit_status");
        other.deleted();
        shim.events().expect("other", "create other", "start other", "exit other 3", "delete other");
    }
}
