package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.shim.Event;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Message;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a manager is told. */
class EventOrder {

    private static final int SIGKILL = 9;
    private static final int MANY = 8;

    private static void wholeLife(Task task) {
        task.running();
        task.ended();
        task.deleted();
    }

    @Test
    @Tag("shim.events.order")
    void from_create_to_delete(Shim shim) {
        wholeLife(shim.task("one").script("exit 7"));
        shim.events().expect("one", "create one", "start one", "exit one 7", "delete one");
    }

    @Test
    @Tag("shim.events.exec")
    void a_further_process_has_events(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.running("e", "sh", "-c", "exit 5");
        task.ended("e");
        shim.events().expect("one", "create one", "start one", "exec-added one/e", "exec-started one/e", "exit one/e 5");
    }

    @Test
    @Tag("shim.events.exec-delete")
    void the_removal_of_a_further_process_has_an_event(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.running("e", "true");
        task.ended("e");
        task.call(Method.DELETE, "e").response();
        // What is told after it: when this has come, that has not.
        task.running("f", "sleep", "1000");
        shim.events().await("exec-started one/f");
        Expect.that(shim.events().of("one").contains("delete one/e"), "no event of it: " + shim.events().of("one"));
    }

    @Test
    @Tag("shim.events.create")
    @Tag("shim.events.start")
    void creation_and_start_have_events_with_their_pid(Shim shim) {
        Task task = shim.task("one");
        task.outputs();
        long pid = task.running();
        Message created = shim.events().await("create one").fields();
        Expect.equal(pid, created.number("pid"), "pid of the creation");
        Expect.equal(task.bundle().toString(), created.text("bundle"), "bundle");
        Expect.that(created.message("io").text("stdout").endsWith("one-out"), "stdout: " + created.message("io"));
        Expect.equal(pid, shim.events().await("start one").fields().number("pid"), "pid of the start");
    }

    @Test
    @Tag("shim.events.exit")
    @Tag("shim.events.delete")
    void exit_and_deletion_have_events_with_status_and_time(Shim shim) {
        Task task = shim.task("one").script("exit 7");
        long pid = task.running();
        Message waited = task.call(Method.WAIT).response();
        task.deleted();
        Message ended = shim.events().await("exit one 7").fields();
        Expect.equal("one", ended.text("id"), "id");
        Expect.equal(pid, ended.number("pid"), "pid of the end");
        Expect.equal(waited.message("exited_at"), ended.message("exited_at"), "exited_at of the end");
        Message deleted = shim.events().await("delete one").fields();
        Expect.equal(pid, deleted.number("pid"), "pid of the deletion");
        Expect.equal(7L, deleted.number("exit_status"), "exit_status of the deletion");
        Expect.that(deleted.has("exited_at"), "no time of the deletion");
    }

    @Test
    @Tag("shim.events.oom")
    void a_task_that_runs_out_of_memory_has_an_event(Shim shim) {
        Expect.needs(shim.sandbox().controlled("memory", "/").isPresent(), "no controller memory");
        Task task = shim.task("one").with("/linux/resources/memory", Map.of("limit", 32 << 20))
                .script("until [ -e /go ]; do sleep 0.01; done; exec busybox dd if=/dev/zero of=/dev/null bs=200M count=1");
        task.running();
        TestFiles.write(task.rootfs().resolve("go"), "");
        Expect.equal(128L + SIGKILL, task.ended(), "exit_status");
        shim.events().await("oom one");
    }

    private static Task greedy(Shim shim, String id) {
        Expect.needs(shim.sandbox().controlled("memory", "/").isPresent(), "no controller memory");
        return shim.task(id).group("g").with("/linux/resources/memory", Map.of("limit", 16 << 20))
                .script("exec busybox dd if=/dev/zero of=/dev/null bs=200M count=1");
    }

    @Test
    @Tag("shim.events.oom.at-once")
    void memory_that_runs_out_at_once_has_an_event(Shim shim) {
        for (String id : List.of("a", "b", "c")) {
            Task task = greedy(shim, id);
            task.created();
            task.call(Method.START);
            Expect.equal(128L + SIGKILL, task.ended(), "exit_status");
            shim.events().await("oom " + id);
        }
    }

    @Test
    @Tag("shim.events.oom.many")
    void many_that_run_out_together_have_an_event_each(Shim shim) {
        List<Task> tasks = IntStream.range(0, MANY).mapToObj(i -> greedy(shim, "t" + i)).toList();
        tasks.forEach(Task::created);
        var starts = tasks.stream().map(task -> shim.begin(Method.START, "id", task.id())).toList();
        starts.forEach(start -> shim.await(Method.START, start));
        for (Task task : tasks) {
            Expect.equal(128L + SIGKILL, task.ended(), "exit_status of " + task.id());
            shim.events().await("oom " + task.id());
        }
    }

    @Test
    @Tag("shim.events.envelope")
    void an_event_says_when_and_where(Shim shim) {
        wholeLife(shim.task("elsewhere", "one").script("exit 0"));
        shim.events().await("delete one");
        List<String> namespaces = shim.events().all().stream().map(event -> event.envelope().text("namespace")).distinct().toList();
        Expect.equal(List.of("elsewhere"), namespaces, "namespaces");
        for (Event event : shim.events().all()) {
            Expect.that(event.envelope().has("timestamp"), "no time of " + event.words());
            Expect.that(event.envelope().text("topic").startsWith("/tasks/"), "topic of " + event.words());
        }
    }

    @Test
    @Tag("shim.events.last")
    void the_exit_of_the_container_comes_last(Shim shim) {
        Task task = shim.task("one");
        task.running();
        for (String exec : List.of("a", "b", "c")) {
            task.running(exec, "sleep", "1000");
        }
        task.kill(SIGKILL).response();
        for (String exec : List.of("a", "b", "c")) {
            shim.events().await("exit one/" + exec + " 137");
        }
        shim.events().await("exit one 137");
        List<String> events = shim.events().of("one");
        Expect.equal("exit one 137", events.get(events.size() - 1), "the last event");
    }

    @Test
    @Tag("shim.events.away")
    void events_of_the_time_without_a_manager_come_later(Shim shim) {
        Task task = shim.task("one").script("exit 7").served();
        shim.events().stop();
        task.create().response();
        task.call(Method.START).response();
        Expect.equal(7L, task.ended(), "exit_status");
        task.deleted();
        shim.events().restart();
        shim.events().expect("one", "create one", "start one", "exit one 7", "delete one");
    }

    @Test
    @Tag("shim.events.deaf")
    void a_manager_that_accepts_no_events_affects_no_task(Shim shim) {
        Task task = shim.task("one").group("g").served();
        shim.events().stopReading();
        wholeLife(task.script("exit 7"));
        Task other = shim.task("two").group("g");
        other.running();
        Expect.equal(Status.RUNNING, other.status(), "status");
    }
}
