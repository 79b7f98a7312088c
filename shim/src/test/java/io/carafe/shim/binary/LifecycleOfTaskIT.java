package io.carafe.shim.binary;

import static io.carafe.linux.abi.SocketFlags.SOCK_NONBLOCK;
import static io.carafe.linux.abi.SocketFlags.SOCK_STREAM;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.runtime.protobuf.FieldType;
import io.carafe.runtime.protobuf.MessageTable;
import io.carafe.shim.message.Any;
import io.carafe.shim.message.CreateTask;
import io.carafe.shim.message.Requests;
import io.carafe.shim.message.Responses;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.ttrpc.Response;
import io.carafe.spec.codec.ResourcesJson;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.resources.Resources;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a task and its processes, as whoever calls the shim sees it. */
@Tag("guest")
class LifecycleOfTaskIT {

    private static final int NOT_FOUND = 5;
    private static final int ALREADY_EXISTS = 6;
    private static final int FAILED_PRECONDITION = 9;
    private static final int UNIMPLEMENTED = 12;
    private static final int INVALID_ARGUMENT = 3;

    /** The heap before it is collected, and what lives in it. */
    private static final long MOST_ANONYMOUS_KILOBYTES = 3_000;

    @TempDir
    Path directory;
    private TestShim shim;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        shim = new TestShim(directory, TestShim.carafe());
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    private void lifecycle() throws IOException {
        TaskBundle bundle = shim.bundle("one", "exit 7");
        shim.start(bundle);
        int pid = shim.create(bundle, false, "", "", "");
        Responses.State created = shim.state("one");
        assertEquals(pid, created.pid());
        assertEquals(TaskStatus.CREATED.number, created.status());
        assertEquals(bundle.path().toString(), created.bundle());
        assertEquals(pid, Responses.Pid.TABLE.read(shim.call("Start", TestShim.id("one"))).pid());
        assertEquals(7, shim.waitFor("one"));
        assertEquals(TaskStatus.STOPPED.number, shim.state("one").status());
        Responses.Deleted deleted = shim.delete("one");
        assertEquals(pid, deleted.pid());
        assertEquals(7, deleted.exitStatus());
        assertTrue(deleted.exitedAt().isPresent());
        assertEquals(NOT_FOUND, shim.fails("State", TestShim.id("one")).code());
        shim.awaitEvents(4);
        assertEquals(List.of("create one", "start one", "exit one 7", "delete one"), shim.events);
    }

    @Test
    void from_create_to_delete() throws IOException {
        lifecycle();
    }

    @Test
    void from_create_to_delete_by_version_3() throws IOException {
        shim.callVersion3();
        lifecycle();
    }

    @Test
    void from_create_to_delete_with_runc() throws IOException {
        Path runc = Path.of("/usr/sbin/runc");
        assumeTrue(Files.isExecutable(runc), "runc is not installed");
        shim.close();
        shim = new TestShim(directory, runc.toString());
        lifecycle();
    }

    @Test
    void no_early_end_is_lost() throws IOException {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            String id = "c" + i;
            shim.run(shim.bundle(id, Map.of("io.containerd.runc.v2.group", "all"), process -> process.withTerminal(false).withArgs(List.of("true"))));
            assertEquals(0, shim.waitFor(id));
            shim.delete(id);
            expected.addAll(List.of("create " + id, "start " + id, "exit " + id + " 0", "delete " + id));
        }
        shim.awaitEvents(expected.size());
        assertEquals(expected, shim.events);
    }

    @Test
    void a_further_process_has_a_life_of_its_own() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, "", "sh", "-c", "exit 5");
        assertEquals(TaskStatus.CREATED.number, shim.state("one", "e").status());
        int pid = Responses.Pid.TABLE.read(shim.call("Start", TestShim.id("one", "e"))).pid();
        assertEquals(5, shim.waitFor("one", "e"));
        assertEquals(pid, shim.delete("one", "e").pid());
        assertEquals(NOT_FOUND, shim.fails("State", TestShim.id("one", "e")).code());
        shim.awaitEvents(5);
        assertEquals(List.of("create one", "start one", "exec-added one", "exec-started one", "exit e 5"), shim.events);
    }

    @Test
    void the_ends_of_further_processes_are_told_before_that_of_the_init() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        for (String exec : List.of("a", "b", "c")) {
            shim.exec("one", exec, false, "", "sleep", "1000");
            shim.call("Start", TestShim.id("one", exec));
        }
        shim.kill("one", 9);
        assertEquals(137, shim.waitFor("one"));
        shim.awaitEvents(12);
        assertEquals("exit one 137", shim.events.get(11));
        assertEquals(3, shim.events.stream().filter(event -> event.matches("exit [abc] 137")).count());
    }

    @Test
    void a_process_that_cannot_be_executed_is_an_error_of_its_start() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, "", "nonesuch");
        assertTrue(shim.fails("Start", TestShim.id("one", "e")).message().contains("nonesuch"));
        shim.delete("one", "e");
    }

    @Test
    void a_task_that_cannot_be_created_leaves_nothing() throws IOException {
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(false).withArgs(List.of("nonesuch")));
        shim.start(bundle);
        Response.Status failure = shim.fails("Create", shim.createRequest(bundle, false, "", "", ""));
        assertTrue(failure.message().startsWith("OCI runtime create failed: ") && failure.message().contains("nonesuch"), failure.message());
        assertEquals(NOT_FOUND, shim.fails("State", TestShim.id("one")).code());
    }

    /** Of others in the pod the shim goes on to serve: an init that never was has no pid that could be killed. */
    @Test
    void a_delete_that_comes_while_a_creation_fails_finds_nothing() throws IOException {
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(false).withArgs(List.of("nonesuch")));
        shim.start(bundle);
        List<String> answered = new ArrayList<>();
        shim.ask("Create", shim.createRequest(bundle, false, "", "", ""), response -> answered.add("Create " + response.isOk()));
        shim.ask("Delete", TestShim.id("one"), response -> answered.add("Delete " + response.status().orElseThrow().code()));
        shim.wire.turnUntil(() -> answered.size() == 2 || shim.isGone());
        assertEquals(List.of("Create false", "Delete " + NOT_FOUND), answered);
    }

    /** The client of containerd 2.x closes its connection when it has the answer to a delete. */
    @Test
    void whoever_sent_a_signal_is_answered_before_the_delete() throws IOException {
        Path slow = Files.writeString(directory.resolve("slow"), "#!/bin/sh\n" + TestShim.carafe() + " \"$@\"\nstatus=$?\n"
                + "case \" $* \" in *' kill '*) sleep 0.5 ;; esac\nexit $status\n");
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
        shim.close();
        shim = new TestShim(Files.createDirectory(directory.resolve("other")), slow.toString());
        shim.run(shim.bundle("one", "exec sleep 1000"));
        List<String> answered = new ArrayList<>();
        shim.ask("Kill", TestShim.signal("one", 9), response -> answered.add("Kill " + response.isOk()));
        assertEquals(137, shim.waitFor("one"));
        shim.ask("Delete", TestShim.id("one"), response -> answered.add("Delete " + response.isOk()));
        shim.wire.turnUntil(() -> answered.size() == 2);
        assertEquals(List.of("Kill true", "Delete true"), answered);
    }

    /** Seen in a soak: one that is killed in the middle may leave a state directory without a state. */
    @Test
    void what_a_runtime_that_was_killed_left_of_a_delete_is_removed() throws IOException {
        Path state = directory.resolve("other/state").resolve(TestShim.NAMESPACE).resolve("one");
        Path cut = Files.writeString(directory.resolve("cut"), "#!/bin/sh\ncase \" $* \" in *' delete one '*) rm -f " + state
                + "/state.json ;; esac\nexec " + TestShim.carafe() + " \"$@\"\n");
        Files.setPosixFilePermissions(cut, PosixFilePermissions.fromString("rwx------"));
        shim.close();
        shim = new TestShim(Files.createDirectory(directory.resolve("other")), cut.toString());
        shim.run(shim.bundle("one", "exit 3"));
        assertEquals(3, shim.waitFor("one"));
        assertEquals(3, shim.delete("one").exitStatus());
        assertFalse(Files.exists(state));
    }

    @Test
    void a_task_that_was_never_started_can_be_deleted() throws IOException {
        TaskBundle bundle = shim.bundle("one", "true");
        shim.start(bundle);
        shim.create(bundle, false, "", "", "");
        assertEquals(137, shim.delete("one").exitStatus());
        shim.awaitEvents(3);
        assertEquals(List.of("create one", "exit one 137", "delete one"), shim.events);
    }

    @Test
    void what_cannot_be_done_now_is_refused() throws IOException {
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        shim.run(bundle);
        assertEquals(FAILED_PRECONDITION, shim.fails("Delete", TestShim.id("one")).code());
        assertEquals(FAILED_PRECONDITION, shim.fails("Start", TestShim.id("one")).code());
        assertEquals(ALREADY_EXISTS, shim.fails("Create", shim.createRequest(bundle, false, "", "", "")).code());
        assertEquals(NOT_FOUND, shim.fails("Wait", TestShim.id("other")).code());
        assertEquals(NOT_FOUND, shim.fails("State", TestShim.id("one", "other")).code());
        assertEquals(INVALID_ARGUMENT, shim.fails("Checkpoint", TestShim.id("one")).code());
        assertEquals(UNIMPLEMENTED, shim.fails("Nonesuch", new byte[0]).code());
        shim.kill("one", 9);
        shim.waitFor("one");
        assertEquals(NOT_FOUND, shim.fails("Kill", Requests.Kill.TABLE.write(new Requests.Kill("one", "", 9, false))).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "", "a/b", ".", "..", "a b"})
    void an_id_is_no_path(String id) throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        assertEquals(3, shim.fails("Exec", io.carafe.shim.message.ExecProcess.TABLE.write(new io.carafe.shim.message.ExecProcess("one", id,
                false, "", "", "", Optional.of(new Any("x", new byte[0]))))).code());
    }

    @Test
    void pause_and_resume() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.call("Pause", TestShim.id("one"));
        assertEquals(TaskStatus.PAUSED.number, shim.state("one").status());
        shim.call("Resume", TestShim.id("one"));
        assertEquals(TaskStatus.RUNNING.number, shim.state("one").status());
        shim.awaitEvents(4);
        assertEquals(List.of("create one", "start one", "paused one", "resumed one"), shim.events);
    }

    @Test
    void pids_are_those_of_the_container_with_the_ids_of_further_processes() throws IOException {
        int init = shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, "", "sleep", "1000");
        int pid = Responses.Pid.TABLE.read(shim.call("Start", TestShim.id("one", "e"))).pid();
        List<Responses.ProcessInfo> processes = Responses.Pids.TABLE.read(shim.call("Pids", TestShim.id("one"))).processes();
        assertEquals(List.of(init, pid), processes.stream().map(Responses.ProcessInfo::pid).sorted().toList());
        Any details = processes.stream().filter(process -> process.pid() == pid).findFirst().orElseThrow().info().orElseThrow();
        assertEquals("e", Responses.ProcessDetails.TABLE.read(details.value()).execId());
    }

    /** Else containerd takes its shim for a leak when it is started anew, and deletes it. */
    @Test
    void who_has_ended_is_still_named() throws IOException {
        int init = shim.run(shim.bundle("one", "exit 4"));
        assertEquals(4, shim.waitFor("one"));
        List<Responses.ProcessInfo> processes = Responses.Pids.TABLE.read(shim.call("Pids", TestShim.id("one"))).processes();
        assertEquals(List.of(init), processes.stream().map(Responses.ProcessInfo::pid).toList());
    }

    @Test
    void an_update_reaches_the_cgroup_and_the_statistics() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.call("Update", Requests.UpdateTask.TABLE.write(new Requests.UpdateTask("one",
                Optional.of(new Any("x", "{\"pids\":{\"limit\":77}}".getBytes(StandardCharsets.UTF_8))))));
        Any stats = Responses.Stats.TABLE.read(shim.call("Stats", TestShim.id("one"))).stats().orElseThrow();
        int fieldOfPids = stats.typeUrl().equals("io.containerd.cgroups.v1.Metrics") ? 2 : 1;
        record Pids(long current, long limit) { }
        var table = MessageTable.<Pids>of(row -> new Pids(row.next(), row.next()),
                MessageTable.field(1, FieldType.INT64, Pids::current), MessageTable.field(2, FieldType.INT64, Pids::limit));
        var metrics = MessageTable.<Optional<Pids>>of(row -> row.next(),
                MessageTable.field(fieldOfPids, FieldType.message(table), pids -> pids));
        assertEquals(Optional.of(new Pids(1, 77)), metrics.read(stats.value()));
    }

    @Test
    void who_runs_out_of_memory_is_told_of_before_its_end() throws IOException {
        Path controllers = Path.of("/sys/fs/cgroup/cgroup.controllers");
        assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/memory")) || Files.exists(controllers) && Files.readString(controllers).contains("memory"),
                "no memory controller");
        byte[] limit = "{\"memory\":{\"limit\":33554432}}".getBytes(StandardCharsets.UTF_8);
        Resources resources = ResourcesJson.read(limit, 0, limit.length);
        TaskBundle bundle = shim.bundle("one", "until [ -e /tmp/go ]; do usleep 10000; done; exec dd if=/dev/zero of=/dev/null bs=200M count=1")
                .config(config -> config.withLinux(config.linux().orElseThrow().withResources(resources)));
        shim.run(bundle);
        Files.createFile(bundle.path().resolve("rootfs/tmp/go"));
        assertEquals(137, shim.waitFor("one"));
        shim.awaitEvents(4);
        assertEquals(List.of("create one", "start one", "oom one", "exit one 137"), shim.events);
    }

    /** Each with 15 MiB, of which it wants 20 at once: some have ended before their start is answered. */
    @Test
    void whenever_the_memory_runs_out_there_is_an_event() throws IOException {
        Path controllers = Path.of("/sys/fs/cgroup/cgroup.controllers");
        assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/memory")) || Files.exists(controllers) && Files.readString(controllers).contains("memory"),
                "no memory controller");
        byte[] limit = "{\"memory\":{\"limit\":15728640}}".getBytes(StandardCharsets.UTF_8);
        Resources resources = ResourcesJson.read(limit, 0, limit.length);
        List<String> expected = new ArrayList<>();
        int[] started = new int[1];
        for (int i = 0; i < 24; i++) {
            TaskBundle bundle = shim.bundle("c" + i, Map.of("io.containerd.runc.v2.group", "all"), process -> process.withTerminal(false)
                    .withArgs(List.of("dd", "if=/dev/zero", "of=/dev/null", "bs=20M", "count=1")))
                    .config(config -> config.withLinux(config.linux().orElseThrow().withResources(resources)));
            shim.start(bundle);
            shim.create(bundle, false, "", "", "");
            expected.addAll(List.of("oom c" + i, "exit c" + i + " 137"));
        }
        for (int i = 0; i < 24; i++) {
            shim.ask("Start", TestShim.id("c" + i), response -> started[0]++);
        }
        shim.wire.turnUntil(() -> started[0] == 24);
        for (int i = 0; i < 24; i++) {
            assertEquals(137, shim.waitFor("c" + i));
            String[] those = {"oom c" + i, "exit c" + i + " 137"};
            shim.wire.turnUntil(() -> shim.events.contains(those[1]));
            assertEquals(1, shim.events.stream().filter(those[0]::equals).count(), shim.events::toString);
            assertTrue(shim.events.indexOf(those[0]) < shim.events.indexOf(those[1]));
        }
        assertTrue(shim.events.containsAll(expected));
    }

    @Test
    void a_container_without_a_pid_namespace_leaves_no_process() throws IOException {
        TaskBundle bundle = shim.bundle("one", "sleep 1000 & echo $! >/tmp/pid; exit 2").config(config -> config.withLinux(
                config.linux().orElseThrow().withNamespaces(config.linux().orElseThrow().namespaces().stream()
                        .filter(namespace -> namespace.type() != NamespaceType.PID).toList())));
        shim.run(bundle);
        assertEquals(2, shim.waitFor("one"));
        Path stat = Path.of("/proc", Files.readString(bundle.path().resolve("rootfs/tmp/pid")).strip(), "stat");
        shim.wire.turnUntil(() -> !Files.exists(stat));
    }

    @ParameterizedTest
    @ValueSource(strings = {"host", "container"})
    void layers_are_mounted_where_the_annotation_says_and_gone_at_the_end(String where) throws IOException {
        TaskBundle bundle = shim.bundle("one", Map.of("io.carafe.shim.layers", where),
                process -> process.withTerminal(false).withArgs(List.of("sh", "-c", "echo changed >/tmp/new; exec sleep 1000")));
        Path lower = Files.move(bundle.path().resolve("rootfs"), directory.resolve("lower"));
        Path upper = Files.createDirectory(directory.resolve("upper"));
        Path work = Files.createDirectory(directory.resolve("work"));
        shim.start(bundle);
        CreateTask plain = CreateTask.TABLE.read(shim.createRequest(bundle, false, "", "", ""));
        CreateTask request = new CreateTask("one", plain.bundle(), List.of(new CreateTask.Mount("overlay", "overlay", "",
                List.of("index=off", "workdir=" + work, "upperdir=" + upper, "lowerdir=" + lower))), false, "", "", "", "", plain.options());
        shim.call("Create", CreateTask.TABLE.write(request));
        shim.call("Start", TestShim.id("one"));
        shim.wire.turnUntil(() -> Files.exists(upper.resolve("tmp/new")));
        assertEquals(where.equals("host"), isMounted(bundle));
        shim.kill("one", 9);
        shim.waitFor("one");
        shim.delete("one");
        assertFalse(isMounted(bundle));
    }

    private static boolean isMounted(TaskBundle bundle) throws IOException {
        return Files.readString(Path.of("/proc/self/mountinfo")).contains(bundle.path().toString());
    }

    @Test
    void a_shim_runs_in_the_cgroup_that_its_options_name() throws IOException {
        Path unified = Path.of(Files.isDirectory(Path.of("/sys/fs/cgroup/unified")) ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup");
        assumeTrue(Files.exists(unified.resolve("cgroup.controllers")), "this host has no cgroup2");
        Path cgroup = Files.createDirectory(unified.resolve("carafe-shim-" + ProcessHandle.current().pid()));
        try {
            shim.inCgroup("/" + cgroup.getFileName()).start(shim.bundle("one", "true"));
            assertEquals(List.of(Integer.toString(shim.shimPid())), Files.readAllLines(cgroup.resolve("cgroup.procs")));
            shim.call("Shutdown", new byte[0]);
            shim.wire.turnUntil(() -> shim.isGone() && isEmpty(cgroup));
        } finally {
            Files.delete(cgroup);
        }
    }

    private static boolean isEmpty(Path cgroup) {
        try {
            return Files.readAllLines(cgroup.resolve("cgroup.events")).contains("populated 0");
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void no_shim_is_left_where_its_cgroup_is_not_there() throws IOException {
        TestShim.Result result = shim.inCgroup("/no/such/cgroup").startAction(shim.bundle("one", "true"));
        assertEquals(1, result.code());
        assertEquals("io.containerd.carafe.v2: shim_cgroup: expected a cgroup that is there, found /no/such/cgroup\n", result.err());
        shim.wire.turnUntil(() -> ProcessHandle.allProcesses()
                .noneMatch(process -> process.info().commandLine().orElse("").contains("-address " + shim.wire.path())));
    }

    /** Many more of them with {@code -Dcarafe.shim.rounds=1000}. */
    @Test
    void further_processes_leave_no_descriptor_and_no_memory() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        Path fds = Path.of("/proc/" + shim.shimPid() + "/fd");
        Path rollup = Path.of("/proc/" + shim.shimPid() + "/smaps_rollup");
        long before = count(fds);
        int rounds = Integer.getInteger("carafe.shim.rounds", 10);
        for (int round = 0; round < rounds; round++) {
            for (int i = 0; i < 20; i++) {
                shim.exec("one", "e" + i, false, "", "true");
                shim.call("Start", TestShim.id("one", "e" + i));
            }
            for (int i = 0; i < 20; i++) {
                assertEquals(0, shim.waitFor("one", "e" + i));
                shim.delete("one", "e" + i);
            }
        }
        assertEquals(before, count(fds));
        assertTrue(kilobytes(rollup, "Pss_Anon:") < MOST_ANONYMOUS_KILOBYTES);
        assertEquals(3 * 20 * rounds + 2, eventsOnceThereAre(3 * 20 * rounds + 2));
    }

    private int eventsOnceThereAre(int count) {
        shim.awaitEvents(count);
        return shim.events.size();
    }

    private static long count(Path directory) throws IOException {
        try (var files = Files.list(directory)) {
            return files.count();
        }
    }

    /** The kernel's count of what would be gone with the process, and its share of the rest. */
    @Test
    void an_idle_shim_lets_go_of_its_executable() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        Path rollup = Path.of("/proc/" + shim.shimPid() + "/smaps_rollup");
        for (int i = 0; i < 4; i++) {
            shim.wire.turnUntil(() -> kilobytes(rollup, "Rss:") < 2_000);
            assertTrue(kilobytes(rollup, "Pss_Anon:") < 1_000);
            // All that it had changed is still there.
            shim.exec("one", "e" + i, false, "", "sh", "-c", "exit 5");
            shim.call("Start", TestShim.id("one", "e" + i));
            assertEquals(5, shim.waitFor("one", "e" + i));
            shim.delete("one", "e" + i);
        }
        assertEquals(TaskStatus.RUNNING.number, shim.state("one").status());
    }

    private static long kilobytes(Path rollup, String name) {
        try {
            return Files.readAllLines(rollup).stream().filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void who_sends_nonsense_harms_no_container() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        String socket = shim.address.substring("unix://".length());
        try (Fd half = shim.wire.linux.sockets.connect(socket, SOCK_STREAM); Fd large = shim.wire.linux.sockets.connect(socket, SOCK_STREAM);
                Fd deaf = shim.wire.linux.sockets.connect(socket, SOCK_STREAM | SOCK_NONBLOCK)) {
            shim.wire.linux.files.write(half, new byte[] {0, 0, 0, 100, 0, 0});
            shim.wire.linux.files.write(large, new byte[] {-1, -1, -1, -1, 0, 0, 0, 1, 1, 0, 1, 2, 3});
            byte[] state = {0, 0, 0, 32, 0, 0, 0, 0, 1, 0, 0x0a, 0x17, 'c', 'o', 'n', 't', 'a', 'i', 'n', 'e', 'r', 'd', '.', 't', 'a', 's', 'k',
                '.', 'v', '2', '.', 'T', 'a', 's', 'k', 0x12, 5, 'S', 't', 'a', 't', 'e'};
            for (int i = 0; i < 10_000; i++) {
                int stream = 2 * i + 1;
                for (int place = 0; place < Integer.BYTES; place++) {
                    state[4 + place] = (byte) (stream >>> Byte.SIZE * (3 - place));
                }
                if (shim.wire.linux.files.tryWrite(deaf, state, 0, state.length) != state.length) {
                    break; // nothing more is read from one who takes no answers
                }
            }
            assertEquals(TaskStatus.RUNNING.number, shim.state("one").status());
        }
        assertEquals(TaskStatus.RUNNING.number, shim.state("one").status());
    }

    @Test
    void a_pod_has_one_shim_which_ends_with_its_last_container() throws IOException {
        Map<String, String> pod = Map.of("io.kubernetes.cri.sandbox-id", "pod");
        TaskBundle one = shim.bundle("one", pod, process -> process.withTerminal(false).withArgs(List.of("sleep", "1000")));
        TaskBundle two = shim.bundle("two", pod, process -> process.withTerminal(false).withArgs(List.of("sleep", "1000")));
        shim.run(one);
        assertEquals(shim.address, shim.start(two));
        shim.create(two, false, "", "", "");
        shim.call("Start", TestShim.id("two"));
        shim.kill("one", 9);
        shim.waitFor("one");
        shim.delete("one");
        shim.call("Shutdown", new byte[0]);
        assertEquals(TaskStatus.RUNNING.number, shim.state("two").status());
        assertFalse(shim.isGone());
    }

    @Test
    void a_shim_that_was_killed_is_cleaned_up_after() throws IOException {
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        int pid = shim.run(bundle);
        shim.wire.linux.processes.kill(shim.shimPid(), 9);
        shim.wire.turnUntil(shim::isGone);
        assertTrue(Files.exists(Path.of("/proc/" + pid)));
        TestShim.Result result = shim.deleteAction(bundle);
        assertEquals(0, result.code(), result::err);
        assertEquals("", result.err());
        Responses.Deleted deleted = Responses.Deleted.TABLE.read(result.out());
        assertEquals(pid, deleted.pid());
        assertEquals(137, deleted.exitStatus());
        shim.wire.turnUntil(() -> !Files.exists(Path.of("/proc/" + pid)));
        assertFalse(Files.exists(Path.of(shim.address.substring("unix://".length()))));
        assertFalse(Files.exists(directory.resolve("state").resolve(TestShim.NAMESPACE).resolve("one")));
    }

    /** The default runtime need not be installed where requests name another one. */
    @Test
    void what_was_never_created_is_cleaned_up_without_a_runtime() throws IOException {
        TaskBundle bundle = shim.bundle("one", "true");
        shim.start(bundle);
        shim.wire.linux.processes.kill(shim.shimPid(), 9);
        shim.wire.turnUntil(shim::isGone);
        TestShim.Result result = shim.deleteAction(bundle);
        assertEquals(0, result.code(), result::err);
        assertFalse(Files.exists(Path.of(shim.address.substring("unix://".length()))));
    }

    @Test
    void version_and_info() {
        TestShim.Result version = shim.run(directory, Map.of(), "-v");
        assertTrue(version.text().matches("containerd-shim-carafe-v2:\n  Version:  0[.].*\n  Revision: ([0-9a-f]{40}(-dirty)?)?\n"), version.text());
        TestShim.Result info = shim.run(directory, Map.of("PATH", Path.of(TestShim.carafe()).getParent().toString()), "-info");
        assertEquals(0, info.code(), info::err);
        assertTrue(info.text().contains("io.containerd.carafe.v2") && info.text().contains("ociVersionMax"));
    }

    @Test
    void a_newer_containerd_is_told_the_address_as_json() throws IOException {
        TaskBundle bundle = shim.bundle("one", "true");
        shim.start(bundle);
        TestShim.Result result = shim.run(bundle.path(), Map.of("MAX_SHIM_VERSION", "2"), "-namespace", TestShim.NAMESPACE, "-address",
                shim.wire.path(), "-id", "one", "start");
        assertEquals("{\"version\":2,\"address\":\"" + shim.address + "\",\"protocol\":\"ttrpc\"}", result.text());
    }
}
