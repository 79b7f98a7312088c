package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.host.Sandbox;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Where the bytes of a process come from and go to. */
class Stdio {

    private static final int LINES = 200_000;

    @Test
    @Tag("shim.stdio.output")
    void all_output_arrives(Shim shim) {
        Task task = shim.task("one").script("seq " + LINES + "; echo oops >&2");
        String out = task.fifo("out");
        String err = task.fifo("err");
        Sandbox.Running stdout = task.reader(out);
        Sandbox.Running stderr = task.reader(err);
        task.stdout(out).stderr(err).running();
        String text = task.readToEnd(stdout);
        Expect.that(text.equals(IntStream.rangeClosed(1, LINES).mapToObj(line -> line + "\n").collect(Collectors.joining())),
                text.length() + " characters have come, and not those that were written");
        Expect.equal("oops\n", task.readToEnd(stderr), "stderr");
        Expect.equal(0L, task.ended(), "exit_status");
    }

    @Test
    @Tag("shim.stdio.stdin")
    void stdin_is_heard_and_ends(Shim shim) {
        Task task = shim.task("one").args("cat");
        String in = task.fifo("in");
        Sandbox.Running stdout = task.outputs();
        task.stdin(in).running();
        task.writer(in, "hello", false);
        shim.eventually(() -> shim.sandbox().out(stdout.number()).equals("hello"), "what is written into stdin does not come out of cat");
        task.closeStdin().response();
        Expect.equal(0L, task.ended(), "exit_status");
        Expect.equal("hello", task.readToEnd(stdout), "stdout");
    }

    @Test
    @Tag("shim.stdio.stdin.close")
    void stdin_ends_by_CloseIO(Shim shim) {
        Task task = shim.task("one").args("cat");
        String in = task.fifo("in");
        task.outputs();
        task.stdin(in).running();
        task.closeStdin().response();
        Expect.equal(0L, task.ended(), "exit_status");
    }

    /** As a manager that is killed, and started anew. */
    @Test
    @Tag("shim.stdio.stdin.holder")
    void stdin_survives_the_client_that_holds_it(Shim shim) {
        Task task = shim.task("one").args("cat");
        String in = task.fifo("in");
        Sandbox.Running stdout = task.outputs();
        task.stdin(in).running();
        task.writer(in, "first ", false);
        shim.eventually(() -> shim.sandbox().out(stdout.number()).equals("first "), "what the first writer writes does not come out");
        task.writer(in, "second", false);
        shim.eventually(() -> shim.sandbox().out(stdout.number()).equals("first second"), "what the second writer writes does not come out");
        Expect.equal(Status.RUNNING, task.status(), "status");
        task.closeStdin().response();
        Expect.equal(0L, task.ended(), "exit_status");
    }

    @Test
    @Tag("shim.stdio.drain")
    void what_a_further_process_leaves_holds_no_reader_after_its_Delete(Shim shim) {
        Task task = shim.task("one");
        task.running();
        String out = task.fifo("exec-out");
        String err = task.fifo("exec-err");
        Sandbox.Running stdout = task.reader(out);
        Sandbox.Running stderr = task.reader(err);
        task.execInto("e", out, err, "sh", "-c", "echo begun; (sleep 0.5; echo late; exec sleep 1000) &").response();
        task.call(Method.START, "e").response();
        Expect.equal(0L, task.ended("e"), "exit_status");
        task.call(Method.DELETE, "e").response();
        Expect.equal("begun\nlate\n", task.readToEnd(stdout), "stdout");
        Expect.equal("", task.readToEnd(stderr), "stderr");
        Expect.equal(Status.RUNNING, task.status(), "status of the task");
    }

    @Test
    @Tag("shim.stdio.reader-gone")
    void a_reader_may_go_and_another_come(Shim shim) {
        Task task = shim.task("one").script("echo one; until [ -e /two ]; do sleep 0.01; done; echo two; touch /written; "
                + "until [ -e /end ]; do sleep 0.01; done");
        String out = task.fifo("out");
        String err = task.fifo("err");
        task.reader(err);
        Sandbox.Running first = shim.sandbox().start(List.of("head", "-n", "1", out), Map.of(), "/dev/null");
        task.stdout(out).stderr(err).running();
        Expect.equal("one\n", task.readToEnd(first), "what the first reader gets");
        TestFiles.write(task.rootfs().resolve("two"), "");
        shim.eventually(() -> Files.exists(task.rootfs().resolve("written")), "nothing can be written without a reader");
        Sandbox.Running second = task.reader(out);
        shim.eventually(() -> shim.sandbox().out(second.number()).equals("two\n"), "the second reader gets: " + shim.sandbox().out(second.number()));
        TestFiles.write(task.rootfs().resolve("end"), "");
        Expect.equal(0L, task.ended(), "exit_status");
        Expect.equal("two\n", task.readToEnd(second), "what the second reader gets");
    }

    @Test
    @Tag("shim.stdio.no-reader")
    void a_FIFO_without_a_reader_delays_no_Create(Shim shim) {
        Task task = shim.task("one").script("echo hello; exec sleep 1000").served();
        task.stdout(task.fifo("out")).stderr(task.fifo("err"));
        var created = task.beginCreate();
        shim.eventually(created::isDone, "Create is not answered");
        shim.await(Method.CREATE, created).response();
        task.call(Method.START).response();
    }

    @Test
    @Tag("shim.stdio.deaf")
    void a_FIFO_that_is_not_read_blocks_only_its_writer(Shim shim) {
        Task loud = shim.task("loud").group("g").args("seq", "1000000");
        for (String fifo : List.of(loud.fifo("out"), loud.fifo("err"))) {
            // Open, and never read from.
            shim.sandbox().start(List.of("sleep", "1000"), Map.of(), fifo);
        }
        loud.stdout(shim.sandbox().work() + "/loud-out").stderr(shim.sandbox().work() + "/loud-err").running();
        Task other = shim.task("other").group("g").script("exit 3");
        other.running();
        Expect.equal(3L, other.ended(), "exit_status of the other");
        other.deleted();
        Expect.equal(Status.RUNNING, loud.status(), "status of the writer");
        loud.killed();
    }

    @Test
    @Tag("shim.stdio.owner")
    void the_streams_have_the_owner_of_the_options(Shim shim) {
        Task task = shim.task("one").args("stat", "-L", "-c", "%u:%g", "/proc/self/fd/1").with("/process/user/uid", 1234);
        Sandbox.Running stdout = task.outputs();
        task.owner(1234).running();
        Expect.equal("1234:1234\n", task.readToEnd(stdout), "owner of stdout");
    }

    @Test
    @Tag("shim.stdio.file")
    void a_file_takes_both_streams(Shim shim) {
        Path log = shim.sandbox().work().resolve("log-file");
        Task task = shim.task("one").script("echo hello; echo oops >&2");
        task.stdout("file://" + log).stderr("file://" + log).running();
        Expect.equal(0L, task.ended(), "exit_status");
        shim.eventually(() -> shim.sandbox().read(log).lines().sorted().toList().equals(List.of("hello", "oops")),
                "the file has: " + shim.sandbox().read(log));
    }

    @Test
    @Tag("shim.stdio.binary")
    void a_logger_gets_both_streams(Shim shim) {
        Path log = shim.sandbox().work().resolve("logged");
        Path logger = shim.sandbox().work().resolve("logger");
        TestFiles.program(logger, "#!/bin/sh\ntrap '' TERM\nexec 5>&-\n{ echo $CONTAINER_NAMESPACE $CONTAINER_ID $1 $2; cat <&3; cat <&4; } >" + log + ".new\nmv "
                + log + ".new " + log + "\n");
        String uri = "binary://" + logger + "?key=value";
        Task task = shim.task("one").script("echo hello; echo oops >&2");
        task.stdout(uri).stderr(uri).running();
        Expect.equal(0L, task.ended(), "exit_status");
        task.deleted();
        shim.eventually(() -> !shim.sandbox().read(log).isEmpty(), "the logger does not end");
        Expect.equal(Shim.NAMESPACE + " one key value\nhello\noops\n", shim.sandbox().read(log), "what was logged");
    }

    @Test
    @Tag("shim.terminal.copies")
    @Tag("shim.terminal.size")
    void a_terminal_is_copied_both_ways_and_has_a_size(Shim shim) {
        Task task = shim.task("one").script("read line; echo got $line; stty size").terminal();
        String in = task.fifo("in");
        Sandbox.Running stdout = task.outputs();
        task.stdin(in).created();
        task.resize(123, 45).response();
        task.call(Method.START).response();
        task.writer(in, "something\n", true);
        Expect.equal("something\r\ngot something\r\n45 123\r\n", task.readToEnd(stdout), "what comes out");
        Expect.equal(0L, task.ended(), "exit_status");
    }

    @Test
    @Tag("shim.terminal.whole")
    void all_that_is_written_to_a_terminal_comes_out(Shim shim) {
        Task task = shim.task("one").args("seq", "50000").terminal();
        Sandbox.Running stdout = task.outputs();
        task.running();
        String text = task.readToEnd(stdout);
        Expect.that(text.endsWith("49999\r\n50000\r\n"), "the end: " + text.substring(Math.max(0, text.length() - 40)));
        Expect.equal(50_000L, text.lines().count(), "lines");
    }

    @Test
    @Tag("shim.terminal.exec")
    void a_further_process_may_have_a_terminal(Shim shim) {
        Task task = shim.task("one");
        task.running();
        String out = task.fifo("exec-out");
        Sandbox.Running stdout = task.reader(out);
        task.exec("e", true, out, "sh", "-c", "test -t 1 && echo terminal").response();
        task.call(Method.START, "e").response();
        Expect.equal("terminal\r\n", task.readToEnd(stdout), "what comes out");
        Expect.equal(0L, task.ended("e"), "exit_status");
    }

    @Test
    @Tag("shim.terminal.exec.request")
    void the_request_decides_on_its_terminal(Shim shim) {
        Task task = shim.task("one");
        task.running();
        String out = task.fifo("exec-out");
        Sandbox.Running stdout = task.reader(out);
        task.exec("e", true, false, out, "sh", "-c", "test -t 1 && echo terminal").response();
        task.call(Method.START, "e").response();
        Expect.equal("terminal\r\n", task.readToEnd(stdout), "what comes out");
    }
}
