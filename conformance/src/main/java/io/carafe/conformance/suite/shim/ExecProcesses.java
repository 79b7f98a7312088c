package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.shim.CallResult;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Exec, and what becomes of the processes that it adds. */
class ExecProcesses {

    private static final int SIGKILL = 9;

    @Test
    @Tag("shim.exec.runs")
    void a_further_process_has_a_life_of_its_own(Shim shim) {
        Task task = shim.task("one");
        task.running();
        long pid = task.running("e", "sh", "-c", "exit 5");
        Expect.equal(5L, task.ended("e"), "exit_status");
        Message deleted = task.call(Method.DELETE, "e").response();
        Expect.equal(pid, deleted.number("pid"), "pid");
        Expect.equal(5L, deleted.number("exit_status"), "exit_status");
        task.call(Method.STATE, "e").fails(Code.NOT_FOUND);
        Expect.equal(Status.RUNNING, task.status(), "status of the task");
    }

    @Test
    @Tag("shim.exec.state")
    void the_state_of_a_further_process_is_its_own(Shim shim) {
        Task task = shim.task("one");
        long first = task.running();
        task.exec("e", "sleep", "1000").response();
        Expect.equal(Status.CREATED, task.status("e"), "status before Start");
        long pid = task.call(Method.START, "e").response().number("pid");
        Message state = task.call(Method.STATE, "e").response();
        Expect.equal((long) Status.RUNNING.ordinal(), state.number("status"), "status");
        Expect.equal(pid, state.number("pid"), "pid");
        Expect.equal("e", state.text("id"), "id");
        Expect.that(first != pid, "the pid is that of the task");
    }

    @Test
    @Tag("shim.exec.kill")
    void Kill_reaches_this_one_alone(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.running("e", "sleep", "1000");
        task.kill(SIGKILL, "e").response();
        Expect.equal(128L + SIGKILL, task.ended("e"), "exit_status");
        Expect.equal(Status.STOPPED, task.status("e"), "status of the further process");
        Expect.equal(Status.RUNNING, task.status(), "status of the task");
    }

    @Test
    @Tag("shim.exec.failure")
    void what_cannot_be_executed_is_an_error_of_Start(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.exec("e", "/nonesuch").response();
        task.call(Method.START, "e").fails();
        task.call(Method.DELETE, "e").response();
        Expect.equal(Status.RUNNING, task.status(), "status of the task");
        task.running("f", "sleep", "1000");
    }

    private static CallResult second(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.running("e", "sleep", "1000");
        CallResult second = task.exec("e", "sleep", "1000");
        second.fails();
        Expect.equal(Status.RUNNING, task.status("e"), "status of the first");
        return second;
    }

    @Test
    @Tag("shim.exec.twice")
    void a_second_Exec_of_an_id_is_an_error(Shim shim) {
        second(shim);
    }

    @Test
    @Tag("shim.exec.twice.code")
    void a_second_Exec_of_an_id_is_ALREADY_EXISTS(Shim shim) {
        second(shim).fails(Code.ALREADY_EXISTS);
    }

    @Test
    @Tag("shim.exec.stopped")
    void a_stopped_task_takes_no_further_process(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.killed();
        if (task.exec("e", "true").isOk()) {
            task.call(Method.START, "e").fails();
        }
        Expect.equal(Status.STOPPED, task.status(), "status of the task");
    }
}
