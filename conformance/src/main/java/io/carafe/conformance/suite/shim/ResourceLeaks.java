package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Task;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A shim leaks nothing: descriptors, processes and memory after tasks that were deleted, descriptors into a container. */
class ResourceLeaks {

    @Test
    @Tag("shim.traces.container-fds")
    void a_containers_processes_have_three_descriptors(Shim shim) {
        Task task = shim.task("one");
        task.outputs();
        long pid = task.running();
        long further = task.running("e", "sleep", "1000");
        for (long process : List.of(pid, further)) {
            List<String> descriptors = shim.processes().descriptors(process);
            Expect.that(descriptors.size() == 3, "descriptors of " + process + ": " + descriptors);
        }
    }

    private static void comeAndGo(Shim shim, int round) {
        Task task = shim.task("t" + round).group("g").script("echo hello");
        Sandbox.Running reader = task.outputs();
        task.running();
        task.readToEnd(reader);
        task.ended();
        task.deleted();
    }

    @Test
    @Tag("shim.traces.fds")
    @Tag("shim.traces.zombies")
    void nothing_is_left_of_tasks_that_have_gone(Shim shim) {
        Task stays = shim.task("stays").group("g");
        stays.running();
        long pid = shim.pid();
        comeAndGo(shim, 0); // what is opened once and kept
        int before = shim.processes().descriptors(pid).size();
        for (int i = 1; i <= 5; i++) {
            comeAndGo(shim, i);
            stays.running("e" + i, "true");
            stays.ended("e" + i);
            stays.call(Method.DELETE, "e" + i).response();
        }
        shim.eventually(() -> shim.processes().descriptors(pid).size() <= before, "descriptors of the shim: before " + before + ", after "
                + shim.processes().descriptors(pid));
        shim.eventually(() -> zombies(shim, pid).isEmpty(), "unreaped: " + zombies(shim, pid));
    }

    private static List<String> zombies(Shim shim, long parent) {
        return shim.sandbox().sh("for s in /proc/[0-9]*/stat; do read -r line <$s && echo \"$line\"; done 2>/dev/null").out().lines()
                .filter(line -> line.contains(") Z " + parent + " ")).toList();
    }

    @Test
    @Tag("shim.traces.orphans")
    void a_shared_pid_namespace_keeps_no_process(Shim shim) {
        Task task = shim.task("one").withoutNamespace("pid").script("sleep 1000 & echo $! >/pid; exit 2");
        task.running();
        Expect.equal(2L, task.ended(), "exit_status");
        long pid = Long.parseLong(shim.sandbox().read(task.rootfs().resolve("pid")).strip());
        shim.eventually(() -> !shim.isAlive(pid), "its further process lives");
    }
}
