package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Client;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Wait; and that no end of a process is lost, and none told twice. */
class WaitAndExits {

    private static final int SIGKILL = 9;
    private static final int TASKS = 15;
    private static final int PROCESSES = 25;

    @Test
    @Tag("shim.wait.blocks")
    @Tag("shim.wait.many")
    void Wait_is_answered_at_the_end(Shim shim) {
        Task task = shim.task("one").script("until [ -e /end ]; do sleep 0.01; done; exit 3");
        task.running();
        List<CompletableFuture<Reply>> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            waiting.add(shim.begin(Method.WAIT, "id", "one"));
        }
        task.call(Method.STATE).response();
        Expect.that(waiting.stream().noneMatch(CompletableFuture::isDone), "Wait was answered while the process runs");
        TestFiles.write(task.rootfs().resolve("end"), "");
        for (CompletableFuture<Reply> one : waiting) {
            Expect.equal(3L, shim.await(Method.WAIT, one).response().number("exit_status"), "exit_status");
        }
    }

    @Test
    @Tag("shim.wait.after")
    @Tag("shim.wait.status")
    void Wait_after_the_end_returns_the_same(Shim shim) {
        Task task = shim.task("one").script("exit 42");
        task.running();
        Message first = task.call(Method.WAIT).response();
        Expect.equal(42L, first.number("exit_status"), "exit_status");
        Expect.that(first.has("exited_at"), "no time of the end");
        Expect.equal(first, task.call(Method.WAIT).response(), "the second answer");
    }

    @Test
    @Tag("shim.state.stopped")
    void after_the_end_the_state_is_STOPPED(Shim shim) {
        Task task = shim.task("one").script("exit 7");
        task.running();
        task.ended();
        Message state = task.call(Method.STATE).response();
        Expect.equal((long) Status.STOPPED.ordinal(), state.number("status"), "status");
        Expect.equal(7L, state.number("exit_status"), "exit_status");
        Expect.that(state.has("exited_at"), "no time of the end");
    }

    @Test
    @Tag("shim.exits.early")
    void of_tasks_that_end_at_once_no_end_is_lost(Shim shim) {
        for (int i = 0; i < TASKS; i++) {
            String id = "t" + i;
            Task task = shim.task(id).group("g").script("exit " + i);
            task.running();
            Expect.equal((long) i, task.ended(), "exit_status of " + id);
            task.deleted();
        }
        for (int i = 0; i < TASKS; i++) {
            String id = "t" + i;
            shim.events().expect(id, "create " + id, "start " + id, "exit " + id + " " + i, "delete " + id);
        }
    }

    @Test
    @Tag("shim.exits.many")
    void of_many_that_end_together_each_has_one_event(Shim shim) {
        Task task = shim.task("one");
        task.running();
        List<CompletableFuture<Reply>> starts = new ArrayList<>();
        List<CompletableFuture<Reply>> waits = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            task.exec("e" + i, "sh", "-c", "exit " + i).response();
        }
        for (int i = 0; i < PROCESSES; i++) {
            starts.add(shim.begin(Method.START, "id", "one", "exec_id", "e" + i));
            waits.add(shim.begin(Method.WAIT, "id", "one", "exec_id", "e" + i));
        }
        for (int i = 0; i < PROCESSES; i++) {
            shim.await(Method.START, starts.get(i)).response();
            Expect.equal((long) i, shim.await(Method.WAIT, waits.get(i)).response().number("exit_status"), "exit_status of e" + i);
        }
        for (int i = 0; i < PROCESSES; i++) {
            shim.events().await("exit one/e" + i + " " + i);
        }
        // What is told after all of them.
        task.killed();
        shim.events().await("exit one 137");
        for (int i = 0; i < PROCESSES; i++) {
            String process = "one/e" + i;
            Expect.equal(List.of("exec-added " + process, "exec-started " + process, "exit " + process + " " + i), shim.events().of("one")
                    .stream().filter(words -> words.matches(".* " + process + "( .*)?")).toList(), "events of " + process);
        }
    }

    @Test
    @Tag("shim.exits.waiter-gone")
    void a_client_that_waits_and_disconnects_loses_no_exit(Shim shim) {
        Task task = shim.task("one");
        task.running();
        try (Client other = shim.connection()) {
            shim.begin(other, Method.WAIT, "id", "one");
            // The same connection's next call: when it is answered the one before has been read.
            shim.await(Method.STATE, shim.begin(other, Method.STATE, "id", "one")).response();
        }
        task.kill(SIGKILL).response();
        Expect.equal(128L + SIGKILL, task.ended(), "exit_status");
        shim.events().expect("one", "create one", "start one", "exit one 137");
    }

    @Test
    @Tag("shim.exits.between")
    void an_end_before_Start_is_not_lost(Shim shim) {
        Task task = shim.task("one");
        long pid = task.created();
        shim.sandbox().sh("kill -9 " + pid);
        shim.eventually(() -> !shim.isAlive(pid), "the process lives after SIGKILL");
        Expect.equal(128L + SIGKILL, task.ended(), "exit_status");
        task.deleted();
        shim.events().await("delete one");
    }
}
