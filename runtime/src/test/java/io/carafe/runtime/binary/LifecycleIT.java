package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of a container, step by step, as managers drive it. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class LifecycleIT {

    private static final int MANY = 200;

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    private Carafe.Result create(Bundle bundle) {
        return carafe.call("create", "--bundle", bundle.path().toString(), bundle.id());
    }

    private String status(Bundle bundle) {
        String state = carafe.call("state", bundle.id()).succeeds().out();
        return state.lines().filter(line -> line.contains("\"status\"")).findFirst().orElseThrow().split("\"")[3];
    }

    private void awaitStatus(Bundle bundle, String status) {
        for (int i = 0; i < 18_000 && !status(bundle).equals(status); i++) {
            pause();
        }
        assertEquals(status, status(bundle));
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void a_container_is_created_started_killed_and_deleted() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        create(bundle).succeeds();
        assertEquals("created", status(bundle));
        carafe.call("start", bundle.id()).succeeds();
        assertEquals("running", status(bundle));
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        awaitStatus(bundle, "stopped");
        carafe.call("delete", bundle.id()).succeeds();
        assertTrue(carafe.call("state", bundle.id()).fails().contains("does not exist"));
    }

    @Test
    void an_init_that_waits_holds_no_way_to_the_host() throws IOException {
        // CVE-2016-9962, CVE-2024-21626: who joins the container before its start can look at pid 1's descriptors.
        Bundle bundle = Bundle.in(directory);
        Path pidFile = directory.resolve("pid");
        carafe.call("create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        List<String> open = new ArrayList<>();
        try (java.util.stream.Stream<Path> fds = Files.list(Path.of("/proc", Files.readString(pidFile), "fd"))) {
            for (Path fd : fds.filter(path -> Integer.parseInt(path.getFileName().toString()) > 2).toList()) {
                open.add(Files.readSymbolicLink(fd).toString().replaceAll("\\d+", "N"));
            }
        }
        assertEquals(List.of("socket:[N]"), open, "beside stdio, only the socket that it waits at");
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void the_program_runs_at_start_and_not_before() {
        Bundle bundle = Bundle.in(directory).writable().args("/bin/touch", "/ran");
        create(bundle).succeeds();
        assertFalse(Files.exists(bundle.rootfs().resolve("ran")));
        carafe.call("start", bundle.id()).succeeds();
        awaitStatus(bundle, "stopped");
        assertTrue(Files.exists(bundle.rootfs().resolve("ran")));
        carafe.call("delete", bundle.id()).succeeds();
    }

    @Test
    void the_state_names_what_the_specification_asks_for() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000")
                .config(config -> config.withAnnotations(java.util.Map.of("who", "me")));
        create(bundle).succeeds();
        String state = carafe.call("state", bundle.id()).succeeds().out();
        List<String> keys = state.lines().filter(line -> line.startsWith("\t\"")).map(line -> line.split("\"")[1]).toList();
        assertEquals(List.of("ociVersion", "id", "pid", "status", "bundle", "rootfs", "created", "annotations", "owner"), keys);
        assertTrue(state.contains("\"bundle\": \"" + bundle.path() + "\""), state);
        assertTrue(state.contains("\"who\": \"me\""), state);
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_created_container_that_never_started_is_deleted_by_force_only() {
        Bundle bundle = Bundle.in(directory);
        create(bundle).succeeds();
        assertTrue(carafe.call("delete", bundle.id()).fails().contains("not stopped: created"));
        assertEquals("created", status(bundle));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_running_container_is_deleted_by_force_only() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertTrue(carafe.call("delete", bundle.id()).fails().contains("not stopped"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void an_id_is_taken_once() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        create(bundle).succeeds();
        assertTrue(create(bundle).fails().contains("already exists"));
        assertEquals("created", status(bundle), "the first is untouched");
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_container_starts_once() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        create(bundle).succeeds();
        carafe.call("start", bundle.id()).succeeds();
        carafe.call("start", bundle.id()).fails();
        assertEquals("running", status(bundle));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void a_container_whose_init_was_killed_cannot_start() {
        Bundle bundle = Bundle.in(directory);
        create(bundle).succeeds();
        carafe.call("kill", bundle.id(), "9").succeeds();
        awaitStatus(bundle, "stopped");
        carafe.call("start", bundle.id()).fails();
        carafe.call("delete", bundle.id()).succeeds();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TERM", "SIGTERM", "sigterm", "15"})
    void a_signal_is_named_in_any_way(String signal) {
        Bundle bundle = Bundle.in(directory).script("trap 'exit 7' TERM; while :; do usleep 1000; done");
        carafe.call("run", "-d", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        pauseUntilTrapped();
        carafe.call("kill", bundle.id(), signal).succeeds();
        awaitStatus(bundle, "stopped");
        assertTrue(carafe.call("kill", bundle.id(), signal).fails().contains("container not running"));
        carafe.call("delete", bundle.id()).succeeds();
    }

    /** The shell needs a moment from exec to its trap; without a handler, pid 1 would not be sent the signal at all. */
    private static void pauseUntilTrapped() {
        for (int i = 0; i < 20; i++) {
            pause();
        }
    }

    @Test
    void signals_to_an_attached_run_reach_the_container() throws Exception {
        Bundle bundle = Bundle.in(directory).script("trap 'exit 9' USR1; while :; do usleep 1000; done");
        Process run = carafe.start("run", "--bundle", bundle.path().toString(), bundle.id());
        for (int i = 0; i < 18_000 && carafe.call("state", bundle.id()).code() != 0; i++) {
            pause();
        }
        awaitStatus(bundle, "running");
        pauseUntilTrapped();
        new ProcessBuilder("kill", "-USR1", Long.toString(run.pid())).start().waitFor();
        assertEquals(9, carafe.finish(run, "run").code());
        assertTrue(carafe.call("state", bundle.id()).fails().contains("does not exist"), "an attached container is deleted");
    }

    @Test
    void an_attached_container_can_be_deleted_from_elsewhere() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        Process run = carafe.start("run", "--bundle", bundle.path().toString(), bundle.id());
        for (int i = 0; i < 18_000 && carafe.call("state", bundle.id()).code() != 0; i++) {
            pause();
        }
        awaitStatus(bundle, "running");
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals(137, carafe.finish(run, "run").code());
    }

    @Test
    void keep_leaves_the_stopped_container() {
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        carafe.call("run", "--keep", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertEquals("stopped", status(bundle));
        carafe.call("delete", bundle.id()).succeeds();
    }

    @Test
    void the_pid_file_has_the_pid_of_the_state() throws IOException {
        Bundle bundle = Bundle.in(directory);
        Path file = directory.resolve("pid");
        carafe.call("create", "--pid-file", file.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String pid = Files.readString(file);
        assertTrue(carafe.call("state", bundle.id()).out().contains("\"pid\": " + pid + ","), pid);
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void list_shows_what_there_is() {
        Bundle bundle = Bundle.in(directory);
        create(bundle).succeeds();
        String table = carafe.call("list").succeeds().out();
        assertTrue(table.startsWith("ID  "), table);
        assertTrue(table.contains(bundle.id()) && table.contains("created"), table);
        assertEquals(bundle.id() + "\n", carafe.call("list", "-q").succeeds().out());
        assertTrue(carafe.call("list", "--format=json").succeeds().out().startsWith("[{\"ociVersion\":"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals("[]\n", carafe.call("list", "-f", "json").succeeds().out());
    }

    @Test
    void a_program_that_is_not_there_is_told_at_create_and_leaves_nothing() {
        Bundle bundle = Bundle.in(directory).args("nonesuch");
        assertTrue(create(bundle).fails().contains("executable file not found in $PATH"));
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void errors_go_to_the_log_as_one_record_and_to_stderr() throws IOException {
        Path log = directory.resolve("log.json");
        String line = carafe.call("--log", log.toString(), "--log-format", "json", "state", "nobody").fails();
        String record = Files.readString(log);
        assertEquals(1, record.lines().count(), record);
        assertTrue(record.startsWith("{\"level\":\"error\",\"msg\":\"state nobody: container \\\"nobody\\\" does not exist\",\"time\":\""), record);
        assertEquals("carafe: state nobody: container \"nobody\" does not exist", line);
    }

    @Test
    void a_trace_is_json_with_a_line_for_each_call() throws IOException {
        Path trace = directory.resolve("trace.json");
        Bundle bundle = Bundle.in(directory).args("/bin/true");
        carafe.call("--trace", trace.toString(), "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String text = Files.readString(trace);
        assertTrue(text.startsWith("["), text);
        for (String call : List.of("clone3", "execve", "pivot_root", "fsopen", "waitid")) {
            assertTrue(text.contains("\"name\":\"" + call + "\""), call);
        }
    }

    @Test
    void two_hundred_containers_of_one_image_live_at_once() {
        Bundle image = Bundle.in(directory).args("/bin/sleep", "1000");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            ids.add(image.id() + "-" + i);
        }
        List<Process> creating = new ArrayList<>();
        for (String id : ids) {
            creating.add(carafe.start("create", "--bundle", image.path().toString(), id));
        }
        creating.forEach(process -> carafe.finish(process, "create").succeeds());
        ids.forEach(id -> carafe.call("start", id).succeeds());
        String list = carafe.call("list").succeeds().out();
        assertEquals(MANY, list.lines().filter(line -> line.contains("running")).count(), list);
        List<Process> deleting = new ArrayList<>();
        for (String id : ids) {
            deleting.add(carafe.start("delete", "--force", id));
        }
        deleting.forEach(process -> carafe.finish(process, "delete").succeeds());
        assertEquals("", carafe.call("list", "-q").out());
    }
}
