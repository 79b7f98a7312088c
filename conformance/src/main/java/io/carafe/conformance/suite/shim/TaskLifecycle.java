package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.shim.CallResult;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Create, Start, Kill, Delete. */
class TaskLifecycle {

    private static final int SIGKILL = 9;
    private static final int SIGTERM = 15;

    @Test
    @Tag("shim.create.pid")
    void Create_answers_with_a_pid(Shim shim) {
        long pid = shim.task("one").created();
        Expect.that(shim.isAlive(pid), "no process " + pid);
    }

    @Test
    @Tag("shim.create.state")
    void after_Create_the_state_is_CREATED(Shim shim) {
        Task task = shim.task("one");
        task.outputs();
        long pid = task.created();
        Message state = task.call(Method.STATE).response();
        Expect.equal((long) Status.CREATED.ordinal(), state.number("status"), "status");
        Expect.equal(pid, state.number("pid"), "pid");
        Expect.equal("one", state.text("id"), "id");
        Expect.equal(task.bundle().toString(), state.text("bundle"), "bundle");
        Expect.that(state.text("stdout").endsWith("one-out"), "stdout: " + state.text("stdout"));
    }

    @Test
    @Tag("shim.create.waits")
    @Tag("shim.start-task.runs")
    void the_program_runs_at_Start(Shim shim) {
        Task task = shim.task("one").script("touch /ran; exec sleep 1000");
        long pid = task.created();
        task.call(Method.STATE).response();
        Expect.that(!Files.exists(task.rootfs().resolve("ran")), "the program has run before Start");
        Expect.equal(pid, task.call(Method.START).response().number("pid"), "pid of Start");
        Expect.equal(Status.RUNNING, task.status(), "status");
        shim.eventually(() -> Files.exists(task.rootfs().resolve("ran")), "the program has not run after Start either");
    }

    private static CallResult secondCreate(Shim shim) {
        Task task = shim.task("one");
        long pid = task.running();
        CallResult second = task.create();
        second.fails();
        Expect.equal(Status.RUNNING, task.status(), "status of the first");
        Expect.that(shim.isAlive(pid), "the first one's process has gone");
        return second;
    }

    @Test
    @Tag("shim.create.twice")
    void a_second_Create_is_an_error(Shim shim) {
        secondCreate(shim);
    }

    @Test
    @Tag("shim.create.twice.code")
    void a_second_Create_is_ALREADY_EXISTS(Shim shim) {
        secondCreate(shim).fails(Code.ALREADY_EXISTS);
    }

    @Test
    @Tag("shim.create.failure")
    @Tag("shim.events.failure")
    void what_cannot_run_leaves_nothing(Shim shim) {
        Task task = shim.task("one").args("/nonesuch").served();
        task.create().fails();
        task.call(Method.STATE).fails(Code.NOT_FOUND);
        task.args("sleep", "1000").create().response();
        shim.events().expect("one", "create one");
    }

    @Test
    @Tag("shim.create.rootfs")
    void the_root_file_system_is_mounted_and_unmounted(Shim shim) {
        Task task = TaskWithMountedRootfs.task(shim);
        task.running();
        Expect.contains(shim.sandbox().sh("cat /proc/mounts").out(), task.rootfs() + " ", "mounts of a running task");
        task.killed().deleted();
        Expect.lacks(shim.sandbox().sh("cat /proc/mounts").out(), task.rootfs() + " ", "mounts after Delete");
    }

    @Test
    @Tag("shim.create.binary-name")
    void the_runtime_that_is_named_is_called(Shim shim) {
        Path called = shim.sandbox().work().resolve("called");
        Path runtime = shim.sandbox().work().resolve("runtime");
        TestFiles.program(runtime, "#!/bin/sh\necho \"$@\" >>" + called + "\nexit 1\n");
        Task task = shim.task("one").runtimeOfShim(runtime.toString()).served();
        task.create().fails();
        Expect.contains(shim.sandbox().read(called), "create", "what the runtime was called with");
    }

    @Test
    @Tag("shim.create.root")
    void states_are_kept_where_the_request_says(Shim shim) {
        shim.task("one").running();
        Path state = shim.root().resolve(Shim.NAMESPACE).resolve("one");
        Expect.that(Files.isDirectory(state), "no directory " + state);
    }

    @Test
    @Tag("shim.create.parent")
    void the_shim_is_the_parent(Shim shim) {
        long pid = shim.task("one").created();
        String stat = shim.processes().file(pid, "stat");
        Expect.equal(Long.toString(shim.pid()), stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1], "parent of the container's process");
    }

    private static CallResult secondStart(Shim shim) {
        Task task = shim.task("one");
        task.running();
        CallResult second = task.call(Method.START);
        second.fails();
        Expect.equal(Status.RUNNING, task.status(), "status");
        return second;
    }

    @Test
    @Tag("shim.start-task.twice")
    void a_second_Start_is_an_error(Shim shim) {
        secondStart(shim);
    }

    @Test
    @Tag("shim.start-task.twice.code")
    void a_second_Start_is_FAILED_PRECONDITION(Shim shim) {
        secondStart(shim).fails(Code.FAILED_PRECONDITION);
    }

    @Test
    @Tag("shim.wait.signal")
    @Tag("shim.kill.signal")
    void a_signal_ends_with_128_and_its_number(Shim shim) {
        Task task = shim.task("one").script("trap 'exit 5' TERM; touch /ready; while :; do sleep 0.01; done");
        task.running();
        shim.eventually(() -> Files.exists(task.rootfs().resolve("ready")), "the program does not run");
        task.kill(SIGTERM).response();
        Expect.equal(5L, task.ended(), "status of who catches SIGTERM");
        Task other = shim.task("two");
        shim.use(other.startAction().out());
        other.create().response();
        other.call(Method.START).response();
        other.kill(SIGKILL).response();
        Expect.equal(128L + SIGKILL, other.ended(), "status of who was killed");
    }

    @Test
    @Tag("shim.kill.all")
    void Kill_with_all_ends_all(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.running("e", "sleep", "1000");
        shim.call(Method.KILL, "id", "one", "signal", SIGKILL, "all", true).response();
        Expect.equal(128L + SIGKILL, task.ended("e"), "status of the further process");
        Expect.equal(128L + SIGKILL, task.ended(), "status of the first process");
    }

    @Test
    @Tag("shim.kill.stopped")
    void Kill_of_an_ended_task_is_NOT_FOUND(Shim shim) {
        Task task = shim.task("one").script("exit 0");
        task.running();
        task.ended();
        task.kill(SIGKILL).fails(Code.NOT_FOUND);
    }

    @Test
    @Tag("shim.delete.answer")
    void Delete_returns_the_exit_once_more(Shim shim) {
        Task task = shim.task("one").script("exit 7");
        long pid = task.running();
        Message ended = task.call(Method.WAIT).response();
        Message deleted = task.call(Method.DELETE).response();
        Expect.equal(pid, deleted.number("pid"), "pid");
        Expect.equal(7L, deleted.number("exit_status"), "exit_status");
        Expect.equal(ended.message("exited_at"), deleted.message("exited_at"), "exited_at");
    }

    private static CallResult deleteRunning(Shim shim) {
        Task task = shim.task("one");
        task.running();
        CallResult deleted = task.call(Method.DELETE);
        deleted.fails();
        Expect.equal(Status.RUNNING, task.status(), "status");
        return deleted;
    }

    @Test
    @Tag("shim.delete.running")
    void a_running_task_is_not_deleted(Shim shim) {
        deleteRunning(shim);
    }

    @Test
    @Tag("shim.delete.running.code")
    void Delete_of_a_running_task_is_FAILED_PRECONDITION(Shim shim) {
        deleteRunning(shim).fails(Code.FAILED_PRECONDITION);
    }

    @Test
    @Tag("shim.delete.created")
    void what_was_never_started_can_be_deleted(Shim shim) {
        Task task = shim.task("one");
        long pid = task.created();
        task.deleted();
        shim.eventually(() -> !shim.isAlive(pid), "the process is left");
        shim.events().await("delete one");
        Expect.equal("create one", shim.events().of("one").get(0), "the first event");
    }

    @Test
    @Tag("shim.delete.gone")
    void the_id_of_a_deleted_task_can_be_used_anew(Shim shim) {
        shim.task("other").group("g").running();
        Task task = shim.task("one").group("g");
        task.running();
        task.killed().deleted();
        task.call(Method.STATE).fails(Code.NOT_FOUND);
        task.running();
        Expect.equal(Status.RUNNING, task.status(), "status");
    }
}
