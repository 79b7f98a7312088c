package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Address;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The action start, and what else the binary answers. */
class StartAction {

    @Test
    @Tag("shim.start.address")
    void start_prints_where_the_task_service_listens(Shim shim) {
        Task task = shim.task("one");
        CommandResult answer = task.startAction();
        Expect.equal(0, answer.code(), "exit code");
        shim.use(answer.out());
        task.call(Method.STATE).fails(Code.NOT_FOUND);
    }

    @Test
    @Tag("shim.start.nothing-else")
    void start_says_nothing_else(Shim shim) {
        CommandResult answer = shim.task("one").startAction();
        Expect.equal("", answer.err(), "stderr");
        Expect.equal(1L, answer.out().strip().lines().count(), "lines on stdout");
        Expect.that(Files.exists(shim.sandbox().inside(Address.of(answer.out()).socket())), "no socket at what it prints: " + answer.out());
    }

    @Test
    @Tag("shim.start.lets-go")
    void no_process_keeps_the_streams_of_start(Shim shim) {
        CommandResult answer = shim.task("one").startAction();
        String stream = "/commands/" + shim.sandbox().last() + ".";
        shim.use(answer.out());
        Expect.that(!shim.processes().descriptors(shim.pid()).isEmpty(), "the pid that Connect names has no descriptors");
        Expect.equal(List.of(), shim.processes().all().stream().filter(pid -> shim.processes().descriptors(pid).stream().anyMatch(link -> link.contains(stream)))
                .map(pid -> shim.processes().file(pid, "comm").strip()).toList(), "who has the streams of start");
    }

    @Test
    @Tag("shim.start.flags")
    void start_takes_containerds_flags(Shim shim) {
        CommandResult answer = shim.task("one").startAction("-debug");
        Expect.equal(0, answer.code(), "exit code with -debug");
        shim.use(answer.out().lines().reduce((first, last) -> last).orElse(""));
        Expect.that(shim.pid() > 0, "no pid of the shim");
    }

    @Test
    @Tag("shim.start.options")
    void start_takes_options_on_stdin(Shim shim) {
        Task task = shim.task("one");
        CommandResult answer = task.startActionWith(shim.options());
        Expect.equal(0, answer.code(), "exit code");
        shim.use(answer.out());
        task.create().response();
    }

    @Test
    @Tag("shim.start.bootstrap")
    void start_takes_what_containerd_2_3_says(Shim shim) {
        Task task = shim.task("one");
        shim.environment("MAX_SHIM_VERSION", "2");
        CommandResult answer = task.startActionWith(shim.bootstrap("one"));
        Expect.equal(0, answer.code(), "exit code");
        shim.use(answer.out());
        task.create().response();
    }

    @Test
    @Tag("shim.start.max-version")
    void a_newer_manager_gets_an_address_or_JSON(Shim shim) {
        CommandResult answer = shim.environment("MAX_SHIM_VERSION", "2").task("one").startAction();
        if (answer.out().strip().startsWith("{")) {
            Document result = Document.parse(answer.out());
            Expect.that(result.number("/version") >= 2 && result.number("/version") <= 3, "version " + result.number("/version"));
            Expect.equal("ttrpc", result.text("/protocol"), "protocol");
        }
        shim.use(answer.out());
        Expect.that(shim.pid() > 0, "no pid of the shim");
    }

    @Test
    @Tag("shim.start.again")
    void a_second_start_leads_to_the_same_shim(Shim shim) {
        Task task = shim.task("one");
        task.running();
        CommandResult again = task.startAction();
        Expect.equal(0, again.code(), "exit code of the second start");
        Expect.equal(shim.socket(), Address.of(again.out()).socket(), "address");
        Expect.equal(Status.RUNNING, task.status(), "status");
    }

    @Test
    @Tag("shim.start.own")
    void without_a_group_each_task_has_its_shim(Shim shim) {
        shim.task("one").served();
        Expect.that(!shim.socket().equals(Address.of(shim.task("two").startAction().out()).socket()), "one address for both");
    }

    @Test
    @Tag("shim.start.namespaces")
    void namespaces_do_not_meet(Shim shim) {
        Task one = shim.task("first", "one");
        one.running();
        CommandResult other = shim.task("second", "one").startAction();
        Expect.that(!shim.socket().equals(Address.of(other.out()).socket()), "one address for both");
    }

    @Test
    @Tag("shim.start.group")
    void a_group_shares_a_shim(Shim shim) {
        shim.task("one").group("g").running();
        Task two = shim.task("two").group("g");
        Expect.equal(shim.socket(), Address.of(two.startAction().out()).socket(), "address");
        two.create().response();
        two.call(Method.START).response();
        Expect.equal(Status.RUNNING, two.status(), "status");
    }

    @Test
    @Tag("shim.start.pod")
    void a_pod_shares_a_shim(Shim shim) {
        Map<String, String> pod = Map.of("io.kubernetes.cri.sandbox-id", "pod");
        shim.task("one").with("/annotations", pod).served();
        Expect.equal(shim.socket(), Address.of(shim.task("two").with("/annotations", pod).startAction().out()).socket(), "address");
    }

    @Test
    @Tag("shim.start.no-bundle")
    void start_without_a_configuration_is_an_error_or_serves(Shim shim) {
        Path empty = shim.sandbox().work().resolve("empty");
        TestFiles.directory(empty);
        CommandResult answer = shim.run(empty, "/dev/null", "-namespace", Shim.NAMESPACE, "-address", shim.addressOfManager().toString(),
                "-publish-binary", "/bin/true", "-id", "empty", "start");
        if (!answer.failed()) { // the bundle of a sandbox has none, since containerd 2.0
            shim.use(answer.out());
            shim.begin(Method.SHUTDOWN, "id", "empty");
        }
        shim.eventually(() -> shim.processes().ofShim().isEmpty(), "processes are left: " + shim.processes().ofShim());
    }

    @Test
    @Tag("shim.start.socket")
    void only_the_owner_may_connect(Shim shim) throws IOException {
        shim.task("one").served();
        Path socket = Path.of(shim.socket());
        boolean closed = false;
        for (Path path = socket; path != null && path.getNameCount() > 0; path = path.getParent()) {
            int mode = (Integer) Files.getAttribute(shim.sandbox().inside(path.toString()), "unix:mode");
            // Of a directory the right to pass counts, of the socket that to write.
            closed |= (mode & (path.equals(socket) ? 0022 : 0011)) == 0;
        }
        Expect.that(closed, "others may reach " + socket);
    }

    @Test
    @Tag("shim.start.oom-score")
    void the_shim_goes_first_when_memory_runs_out(Shim shim) {
        shim.task("one").served();
        String ours = shim.sandbox().sh("cat /proc/self/oom_score_adj").out().strip();
        Expect.that(Integer.parseInt(shim.processes().file(shim.pid(), "oom_score_adj").strip()) > Integer.parseInt(ours),
                "oom_score_adj of the shim is " + shim.processes().file(shim.pid(), "oom_score_adj").strip() + ", of who starts it " + ours);
    }

    @Test
    @Tag("shim.version")
    void minus_v_prints_a_version(Shim shim) {
        CommandResult answer = shim.run(shim.sandbox().work(), "/dev/null", "-v");
        Expect.equal(0, answer.code(), "exit code");
        Expect.that(!answer.out().isBlank(), "nothing is printed");
    }

    @Test
    @Tag("shim.info")
    void minus_info_prints_a_message(Shim shim) {
        CommandResult answer = shim.run(shim.sandbox().work(), shim.options(), "-info");
        Expect.equal(0, answer.code(), "exit code");
        Message info = Message.parse("RuntimeInfo", shim.sandbox().bytes(shim.sandbox().last()));
        Expect.that(!info.text("name").isEmpty(), "no name");
    }
}
