package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.shim.CallResult;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

/** Pids, Pause, Update, Stats, Connect, Checkpoint, Shutdown; and all of them about nobody. */
class TaskRequests {

    private static final int SIGKILL = 9;

    private static List<Message> processes(Task task) {
        return task.call(Method.PIDS).response().messages("processes");
    }

    @Test
    @Tag("shim.pids")
    void Pids_are_the_containers(Shim shim) {
        Task task = shim.task("one");
        long first = task.running();
        long further = task.running("e", "sleep", "1000");
        List<Long> expected = new ArrayList<>(List.of(first, further));
        expected.sort(null);
        Expect.equal(expected, processes(task).stream().map(process -> process.number("pid")).sorted().toList(), "pids");
    }

    @Test
    @Tag("shim.pids.exec")
    void a_further_process_is_named_among_the_pids(Shim shim) {
        Task task = shim.task("one");
        task.running();
        long pid = task.running("e", "sleep", "1000");
        Message process = processes(task).stream().filter(one -> one.number("pid") == pid).findFirst().orElseThrow(
                () -> new AssertionError("its pid is not there"));
        Expect.equal("e", Message.parse("ProcessDetails", process.message("info").bytes("value")).text("exec_id"), "exec_id");
    }

    @Test
    @Tag("shim.pids.ended")
    void an_ended_init_is_still_among_the_pids(Shim shim) {
        Task task = shim.task("one").script("exit 3");
        task.running();
        task.ended();
        Expect.that(!processes(task).isEmpty(), "no pids");
    }

    private static void needsFreezer(Shim shim) {
        Expect.needs(shim.sandbox().hierarchies().contains("freezer") || shim.sandbox().host().layout().equals("v2"), "no freezer of cgroups");
    }

    private static long size(Task task) {
        return task.rootfs().resolve("ticks").toFile().length();
    }

    @Test
    @Tag("shim.pause")
    @Tag("shim.events.pause")
    void Pause_stops_and_Resume_lets_go_on(Shim shim) {
        needsFreezer(shim);
        Task task = shim.task("one").script("while :; do echo >>/ticks; sleep 0.001; done");
        task.running();
        shim.eventually(() -> size(task) > 0, "the program does not run");
        task.call(Method.PAUSE).response();
        long size = size(task);
        Expect.equal(Status.PAUSED, task.status(), "status");
        // As long as it had for many lines before; a frozen one writes none, however long it lasts.
        shim.sandbox().sh("sleep 0.05");
        Expect.equal(size, size(task), "what was written while it was paused");
        task.call(Method.RESUME).response();
        shim.eventually(() -> size(task) > size, "the program does not go on");
        Expect.equal(Status.RUNNING, task.status(), "status");
        shim.events().expect("one", "create one", "start one", "paused one", "resumed one");
    }

    private static Optional<Path> limit(Shim shim) {
        return shim.sandbox().controlled("pids", "/conformance/one/pids.max");
    }

    @Test
    @Tag("shim.update")
    void Update_reaches_the_cgroup(Shim shim) {
        Path file = limit(shim).orElseThrow(() -> new TestAbortedException("no controller pids"));
        Task task = shim.task("one");
        task.running();
        task.update("{\"pids\":{\"limit\":77}}").response();
        Expect.equal("77", shim.sandbox().read(file).strip(), "pids.max");
    }

    @Test
    @Tag("shim.stats")
    void Stats_are_true(Shim shim) {
        Expect.needs(!shim.sandbox().hierarchies().isEmpty(), "no cgroups that may be written to");
        boolean counted = limit(shim).isPresent();
        Task task = shim.task("one");
        if (counted) {
            task.with("/linux/resources/pids", Map.of("limit", 55));
        }
        task.running();
        Message stats = task.call(Method.STATS).response().message("stats");
        String type = stats.text("type_url");
        Expect.that(List.of("io.containerd.cgroups.v1.Metrics", "io.containerd.cgroups.v2.Metrics").contains(type), "type: " + type);
        if (counted) {
            Message pids = Message.parse(type.contains(".v1.") ? "MetricsV1" : "MetricsV2", stats.bytes("value")).message("pids");
            Expect.equal(1L, pids.number("current"), "pids.current");
            Expect.equal(55L, pids.number("limit"), "pids.limit");
        }
    }

    @Test
    @Tag("shim.connect")
    void Connect_returns_both_pids(Shim shim) {
        Task task = shim.task("one");
        long pid = task.running();
        Message connected = task.call(Method.CONNECT).response();
        Expect.equal(pid, connected.number("task_pid"), "task_pid");
        Expect.that(shim.processes().ofShim().contains(connected.number("shim_pid")), "no process of the shim has the pid " + connected);
    }

    @Test
    @Tag("shim.checkpoint")
    void Checkpoint_is_answered(Shim shim) {
        Task task = shim.task("one");
        task.running();
        CallResult answer = shim.call(Method.CHECKPOINT, "id", "one", "path", shim.sandbox().work().resolve("checkpoint").toString());
        if (!answer.isOk()) {
            Expect.equal(Status.RUNNING, task.status(), "status");
            task.killed().deleted();
        }
    }

    @Test
    @Tag("shim.unknown")
    void an_unknown_task_is_NOT_FOUND(Shim shim) {
        Task task = shim.task("one");
        task.running();
        Task other = shim.task("other");
        List<CallResult> answers = new ArrayList<>();
        for (Method method : List.of(Method.STATE, Method.START, Method.DELETE, Method.PIDS, Method.PAUSE, Method.RESUME, Method.WAIT,
                Method.STATS)) {
            answers.add(other.call(method));
        }
        answers.addAll(List.of(other.kill(SIGKILL), other.exec("e", "true"), other.resize(80, 25), other.closeStdin(),
                other.update("{}"), task.call(Method.STATE, "other"), task.call(Method.START, "other"), task.call(Method.DELETE, "other"),
                task.call(Method.WAIT, "other"), task.kill(SIGKILL, "other")));
        Expect.equal("", answers.stream().filter(answer -> answer.reply().code() != Code.NOT_FOUND).map(answer -> answer.method().text + ": "
                + answer.reply().outcome()).collect(Collectors.joining("; ")), "answers of another kind");
        Expect.equal(Status.RUNNING, task.status(), "status of who is there");
    }

    @Test
    @Tag("shim.shutdown.ends")
    void Shutdown_without_a_task_ends_the_shim(Shim shim) {
        Task task = shim.task("one");
        task.running();
        task.killed().deleted();
        long pid = shim.pid();
        // It may end before it has answered.
        shim.begin(Method.SHUTDOWN, "id", "one");
        shim.eventually(() -> !shim.isAlive(pid), "the shim lives");
        shim.eventually(() -> !Files.exists(shim.sandbox().inside(shim.socket())), "the socket is left");
    }

    @Test
    @Tag("shim.shutdown.stays")
    void Shutdown_ends_nothing_while_there_are_tasks(Shim shim) {
        Task one = shim.task("one").group("g");
        one.running();
        Task two = shim.task("two").group("g");
        long pid = two.running();
        one.killed().deleted();
        shim.call(Method.SHUTDOWN, "id", "one").response();
        Expect.equal(Status.RUNNING, two.status(), "status of the other");
        Expect.that(shim.isAlive(pid), "the other's process has gone");
    }
}
