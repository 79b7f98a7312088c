package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The action delete: what a manager does when a shim has gone. */
class DeleteAction {

    /** SIGKILL to the shim, and it is gone. */
    private static void kill(Shim shim) {
        long pid = shim.pid();
        shim.sandbox().sh("kill -9 " + pid);
        shim.eventually(() -> !shim.isAlive(pid), "the shim lives after SIGKILL");
    }

    @Test
    @Tag("shim.delete-action.answer")
    void the_action_prints_a_response(Shim shim) {
        Task task = shim.task("one");
        task.running();
        kill(shim);
        Expect.that(task.deleteAction().has("exited_at"), "no time of the end");
    }

    @Test
    @Tag("shim.delete-action.status")
    void the_response_has_the_status_of_the_killed_process(Shim shim) {
        Task task = shim.task("one");
        long pid = task.running();
        kill(shim);
        Message response = task.deleteAction();
        Expect.equal(137L, response.number("exit_status"), "exit_status");
        Expect.equal(pid, response.number("pid"), "pid");
    }

    @Test
    @Tag("shim.delete-action.kills")
    @Tag("shim.traces.shim-killed")
    void processes_live_until_the_action(Shim shim) {
        Task task = shim.task("one");
        long pid = task.running();
        long further = task.running("e", "sleep", "1000");
        kill(shim);
        Expect.that(shim.isAlive(pid) && shim.isAlive(further), "the container has gone with its shim");
        task.deleteAction();
        shim.eventually(() -> !shim.isAlive(pid) && !shim.isAlive(further), "a process is left");
    }

    @Test
    @Tag("shim.delete-action.unmounts")
    void the_root_file_system_is_unmounted(Shim shim) {
        Task task = TaskWithMountedRootfs.task(shim);
        task.running();
        Expect.contains(shim.sandbox().sh("cat /proc/mounts").out(), task.rootfs() + " ", "mounts of a running task");
        kill(shim);
        task.deleteAction();
        Expect.lacks(shim.sandbox().sh("cat /proc/mounts").out(), task.rootfs() + " ", "mounts after the action");
    }

    @Test
    @Tag("shim.delete-action.cgroup")
    void cgroups_are_removed(Shim shim) {
        Expect.needs(!shim.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        Task task = shim.task("one");
        task.running();
        String hierarchy = shim.sandbox().hierarchies().stream().filter(name -> name.equals("pids")).findFirst()
                .orElse(shim.sandbox().hierarchies().get(0));
        Path cgroup = shim.sandbox().cgroup(hierarchy, "/conformance/one");
        Expect.that(Files.exists(cgroup), "no cgroup of a running task");
        kill(shim);
        task.deleteAction();
        shim.eventually(() -> !Files.exists(cgroup), "the cgroup is left");
    }

    @Test
    @Tag("shim.delete-action.state")
    void the_id_can_be_used_anew(Shim shim) {
        Task task = shim.task("one");
        task.running();
        kill(shim);
        task.deleteAction();
        shim.use(task.startAction().out());
        task.create().response();
        task.call(Method.START).response();
        Expect.equal(Status.RUNNING, task.status(), "status");
    }

    @Test
    @Tag("shim.delete-action.never-created")
    void the_action_works_for_what_was_never_created(Shim shim) {
        Task task = shim.task("one").served();
        kill(shim);
        task.deleteAction();
    }

    @Test
    @Tag("shim.delete-action.others")
    void others_of_the_group_are_left_alone(Shim shim) {
        Task one = shim.task("one").group("g");
        long first = one.running();
        Task two = shim.task("two").group("g");
        long second = two.running();
        kill(shim);
        one.deleteAction();
        shim.eventually(() -> !shim.isAlive(first), "the process is left");
        Expect.that(shim.isAlive(second), "the other task has gone, too");
    }

    @Test
    @Tag("shim.delete-action.after-all")
    void after_Shutdown_there_is_nothing_to_do(Shim shim) {
        Task task = shim.task("one");
        task.running();
        long pid = shim.pid();
        task.killed().deleted();
        shim.begin(Method.SHUTDOWN, "id", "one");
        shim.eventually(() -> !shim.isAlive(pid), "the shim lives");
        task.deleteAction();
    }
}
