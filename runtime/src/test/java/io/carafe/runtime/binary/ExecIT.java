package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Errno;
import io.carafe.runtime.binary.kernel.RefusedCall;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A further process in a running container. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class ExecIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void running() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable().args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private String exec(String... command) {
        return exec(List.of(), command);
    }

    private String exec(List<String> flags, String... command) {
        List<String> words = new ArrayList<>(List.of("exec"));
        words.addAll(flags);
        words.add(bundle.id());
        words.addAll(List.of(command));
        return carafe.call(words.toArray(String[]::new)).succeeds().out().strip();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pid", "net", "mnt", "ipc", "uts", "cgroup"})
    void it_is_in_the_namespaces_of_pid_1(String namespace) {
        String link = "/proc/%s/ns/" + namespace;
        assertEquals(exec("readlink", link.formatted("1")), exec("readlink", link.formatted("self")));
    }

    @Test
    void it_is_in_the_cgroups_of_pid_1() {
        assertEquals(exec("cat", "/proc/1/cgroup"), exec("cat", "/proc/self/cgroup"));
    }

    @Test
    void the_exit_code_is_the_programs() {
        assertEquals(3, carafe.call("exec", bundle.id(), "sh", "-c", "exit 3").code());
    }

    @Test
    void flags_change_the_containers_process() {
        assertEquals("/tmp\nb\n1000:1001", carafe.call("exec", "--cwd", "/tmp", "-e", "A=a", "--env=A=b", "--user", "1000:1001", bundle.id(),
                "sh", "-c", "pwd; echo $A; echo $(id -u):$(id -g)").succeeds().out().strip());
    }

    @Test
    void a_user_without_a_group_keeps_the_containers_groups_and_gets_more() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
        bundle.process(process -> process.withUser(new User(5, 6, OptionalInt.of(027), List.of(7L), Optional.empty())));
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String script = "id -u; id -g; grep Groups: /proc/self/status";
        assertEquals("1000\n6\nGroups:\t7 8 9", exec(List.of("-u", "1000", "-g", "8", "--additional-gids=9"), "sh", "-c", script));
        assertEquals("5\n6\nGroups:\t7", exec("sh", "-c", script));
    }

    /** setresuid(-1) and setresgid(-1) change nothing: it would run as root. */
    @ParameterizedTest
    @CsvSource({"uid", "gid"})
    void a_process_document_with_an_id_that_is_none_is_refused(String id) throws IOException {
        Path file = Files.writeString(directory.resolve("process.json"),
                "{\"args\":[\"id\"],\"cwd\":\"/\",\"env\":[],\"user\":{\"uid\":1,\"gid\":1,\"umask\":0}}".replace('"' + id + "\":1", '"' + id + "\":4294967295"));
        assertTrue(carafe.call("exec", "--process", file.toString(), bundle.id()).failsWith(255)
                .contains("user." + id + ": expected an integer from 0 to 4294967294, found 4294967295"));
    }

    @ParameterizedTest
    @CsvSource({"x", "-1", "4294967295", "01"})
    void a_group_that_is_no_number_is_refused(String gid) {
        assertTrue(carafe.call("exec", "--additional-gids=" + gid, bundle.id(), "true").fails().contains("--additional-gids: expected a GID"));
    }

    @Test
    void cap_adds_to_what_a_root_program_gets_and_to_nothing_that_a_file_could_take() {
        // CVE-2022-29162: neither inheritable nor ambient
        final long own = 1L << 5 | 1L << 10 | 1L << 29;
        final long chown = 1;
        assertEquals("CapInh:\t%016x\nCapPrm:\t%016x\nCapEff:\t%016x\nCapBnd:\t%016x\nCapAmb:\t%016x".formatted(0, own | chown, own | chown,
                own | chown, 0), exec(List.of("--cap", "CAP_CHOWN", "-c", "CAP_KILL"), "grep", "Cap", "/proc/self/status"));
        assertEquals("CapInh:\t%016x\nCapPrm:\t%016x".formatted(0, own), exec("grep", "-E", "Cap(Inh|Prm)", "/proc/self/status"));
    }

    @Test
    void a_capability_that_nobody_knows_warns() {
        Carafe.Result result = carafe.call("exec", "--cap", "CAP_NONESUCH", bundle.id(), "true").succeeds();
        assertTrue(result.err().contains("CAP_NONESUCH is not known"), result::toString);
    }

    @Test
    void no_new_privs_is_the_containers_unless_it_is_said() {
        assertTrue(bundle.config().process().orElseThrow().noNewPrivileges());
        assertEquals("NoNewPrivs:\t1", exec("grep", "NoNewPrivs", "/proc/self/status"));
        assertEquals("NoNewPrivs:\t0", exec(List.of("--no-new-privs=false"), "grep", "NoNewPrivs", "/proc/self/status"));
        assertEquals("NoNewPrivs:\t1", exec(List.of("--no-new-privs"), "grep", "NoNewPrivs", "/proc/self/status"));
    }

    @Test
    void the_containers_process_is_known_without_the_bundle() throws IOException {
        carafe.call("delete", "--force", bundle.id()).succeeds();
        bundle.process(process -> process.withEnv(List.of("PATH=/bin", "COLOUR=red")).withCwd("/tmp")
                .withRlimits(List.of(new io.carafe.spec.process.Rlimit("RLIMIT_NOFILE", 77, 66))));
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Files.delete(bundle.path().resolve("config.json"));
        assertEquals("red /tmp 66", exec("sh", "-c", "echo $COLOUR $(pwd) $(ulimit -n)"));
        assertEquals("blue", exec(List.of("-e", "COLOUR=blue"), "sh", "-c", "echo $COLOUR"));
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(Process.of("/", List.of("sh", "-c", "ulimit -n"), List.of("PATH=/bin"))));
        assertEquals("66", carafe.call("exec", "--process", file.toString(), bundle.id()).succeeds().out().strip(), "limits that it leaves open");
    }

    /** The container's cgroups by hierarchy, as its state file has them. */
    private Map<String, Path> cgroups() throws IOException {
        Map<String, Path> cgroups = new TreeMap<>();
        Matcher matcher = Pattern.compile("\"([^\"]+)\":\"(/sys/fs/cgroup/[^\"]+)\"")
                .matcher(Files.readString(carafe.root().resolve(bundle.id()).resolve("state.json")));
        while (matcher.find()) {
            cgroups.put(matcher.group(1), Path.of(matcher.group(2)));
        }
        return cgroups;
    }

    private Path cgroup(String hierarchy) throws IOException {
        assumeTrue(cgroups().containsKey(hierarchy), "needs the cgroup hierarchy " + hierarchy);
        return cgroups().get(hierarchy);
    }

    @Test
    void cgroup_puts_it_below_the_containers() throws IOException {
        for (Path cgroup : cgroups().values()) {
            Files.createDirectories(cgroup.resolve("sub/deep"));
            Path mems = cgroup.resolve("cpuset.mems");
            if (Files.exists(mems) && Files.exists(cgroup.resolve("tasks"))) { // v1: a cpuset without them takes nobody
                for (String dir : List.of("sub", "sub/deep")) {
                    Files.write(cgroup.resolve(dir).resolve("cpuset.mems"), Files.readAllBytes(mems));
                    Files.write(cgroup.resolve(dir).resolve("cpuset.cpus"), Files.readAllBytes(cgroup.resolve("cpuset.cpus")));
                }
            }
        }
        String[] lines = exec(List.of("--cgroup", "sub/deep"), "cat", "/proc/self/cgroup").split("\n");
        for (String line : lines) {
            assertTrue(line.endsWith(":/sub/deep"), String.join("\n", lines));
        }
        assertEquals(exec("cat", "/proc/1/cgroup"), exec(List.of("--cgroup", "/"), "cat", "/proc/self/cgroup"));
        assertTrue(carafe.call("exec", "--cgroup", "absent", bundle.id(), "true").failsWith(255).contains("ENOENT"));
    }

    @Test
    void cgroup_may_name_v1_controllers() throws IOException {
        Files.createDirectory(cgroup("pids").resolve("some"));
        Files.createDirectory(cgroup("memory").resolve("other"));
        String own = exec(List.of("--cgroup", "pids:some", "--cgroup", "memory:/other"), "cat", "/proc/self/cgroup");
        assertTrue(own.contains(":pids:/some\n") && own.contains(":memory:/other\n") && own.contains(":freezer:/\n"), own);
    }

    @ParameterizedTest
    @ValueSource(strings = {"../other", "..", "sub/../../other", "/../../..", "memory:../other", "nonesuch:sub"})
    void cgroup_does_not_lead_out(String path) {
        // crun before 1.28
        assertTrue(carafe.call("exec", "--cgroup", path, bundle.id(), "true").failsWith(255).contains("--cgroup " + path));
    }

    @Test
    void it_follows_an_init_that_has_moved_down_to_hand_on_its_controllers() throws IOException {
        Path root = Path.of("/sys/fs/cgroup/unified");
        assumeTrue(Files.exists(root.resolve("cgroup.controllers"))
                && Files.readString(root.resolve("cgroup.controllers")).contains("hugetlb"), "needs a cgroup2 tree with hugetlb");
        Path cgroup = cgroup("unified");
        boolean before = Files.readString(root.resolve("cgroup.subtree_control")).contains("hugetlb");
        Files.writeString(root.resolve("cgroup.subtree_control"), "+hugetlb");
        try {
            Files.createDirectory(cgroup.resolve("init"));
            Files.writeString(cgroup.resolve("init/cgroup.procs"), Files.readString(cgroup.resolve("cgroup.procs")).strip());
            Files.writeString(cgroup.resolve("cgroup.subtree_control"), "+hugetlb");
            assertTrue(exec("cat", "/proc/self/cgroup").contains("0::/init"));
            RefusedCall.around("clone3", Errno.ENOSYS.number, List.of(), () -> { // nor is there CLONE_INTO_CGROUP then
                assertTrue(exec("cat", "/proc/self/cgroup").contains("0::/init"));
                assertTrue(carafe.call("exec", "--cgroup", "/", bundle.id(), "true").failsWith(255).contains("EBUSY"));
                return null;
            });
            assertTrue(carafe.call("exec", "--cgroup", "/", bundle.id(), "true").failsWith(255).contains("EBUSY"), "not where it was not asked");
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
            if (!before) {
                Files.writeString(root.resolve("cgroup.subtree_control"), "-hugetlb");
            }
        }
    }

    @Test
    void a_process_file_says_everything() throws IOException {
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(Process.of("/tmp", List.of("sh", "-c", "pwd; id -u; grep CapEff /proc/self/status"),
                List.of("PATH=/bin")).withUser(User.of(7, 7))));
        assertEquals("/tmp\n7\nCapEff:\t0000000000000000",
                carafe.call("exec", "--process", file.toString(), bundle.id()).succeeds().out().strip());
    }

    @Test
    void a_detached_one_goes_on_and_its_pid_is_in_the_file() throws IOException {
        Path pidFile = directory.resolve("pid");
        carafe.call("exec", "--detach", "--pid-file", pidFile.toString(), bundle.id(), "sleep", "1000").succeeds();
        assertTrue(Files.readString(Path.of("/proc", Files.readString(pidFile), "cmdline")).startsWith("sleep"));
    }

    @Test
    void only_stdio_is_inherited() {
        assertEquals("0 1 2 3", exec("sh", "-c", "echo $(ls /proc/self/fd)"), "3 is ls reading its directory");
    }

    @Test
    void a_working_directory_that_leads_out_is_refused() {
        // CVE-2024-21626
        for (int fd = 3; fd < 16; fd++) {
            carafe.call("exec", "--cwd", "/proc/self/fd/" + fd, bundle.id(), "true").failsWith(255);
        }
    }

    @Test
    void a_program_that_is_not_there_is_told() {
        assertTrue(carafe.call("exec", bundle.id(), "nonesuch").failsWith(255).contains("executable file not found in $PATH"));
    }

    @ParameterizedTest
    @CsvSource({"01", "1:", ":1", "4294967295", "-1", "1x", "1:1:1", "99999999999"})
    void a_user_that_is_not_two_numbers_is_refused(String user) {
        // CVE-2026-30892
        assertTrue(carafe.call("exec", "--user=" + user, bundle.id(), "true").fails().contains("--user: expected UID or UID:GID"));
    }

    @Test
    void a_program_that_a_signal_ends_gives_128_and_the_signal() {
        assertEquals(137, carafe.call("exec", bundle.id(), "sh", "-c", "kill -9 $$").code());
    }

    @Test
    void a_created_container_runs_further_processes_before_its_own() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertEquals("here", exec("echo", "here"));
        assertTrue(carafe.call("state", bundle.id()).succeeds().out().contains("created"));
        // CVE-2016-9962: an init that waits shows nobody its descriptors, and has none of the host where somebody has the right to look.
        assertEquals(1, carafe.call("exec", bundle.id(), "readlink", "/proc/1/fd/0").code());
        for (String fd : exec(List.of("--cap", "CAP_SYS_PTRACE"), "sh", "-c", "for f in /proc/1/fd/*; do readlink $f; done").split("\n")) {
            assertTrue(fd.isEmpty() || fd.startsWith("/dev/null") || fd.startsWith("socket:") || fd.startsWith("pipe:")
                    || fd.startsWith(directory.toString()) && fd.matches(".*/(out|err)\\d+( \\(deleted\\))?"), fd);
        }
    }

    @Test
    void a_paused_container_runs_nothing_before_it_is_resumed() throws Exception {
        Path freezer = cgroup("freezer").resolve("freezer.state");
        Files.writeString(freezer, "FROZEN");
        try {
            assumeTrue(carafe.call("state", bundle.id()).out().contains("paused"), "needs a state that tells of the pause");
            assertTrue(carafe.call("exec", bundle.id(), "true").failsWith(255).contains("cannot exec in a paused container"));
            java.lang.Process waiting = carafe.start("exec", "--ignore-paused", bundle.id(), "echo", "resumed");
            Thread.sleep(200);
            assertTrue(waiting.isAlive());
            assertEquals(1, Files.readAllLines(freezer.resolveSibling("cgroup.procs")).size(), "nobody is put into a frozen cgroup");
            Files.writeString(freezer, "THAWED");
            assertEquals("resumed", carafe.finish(waiting, "exec").succeeds().out().strip());
        } finally {
            Files.writeString(freezer, "THAWED");
        }
    }

    @Test
    void a_container_that_is_not_there_is_told_as_managers_read_it() {
        assertTrue(carafe.call("exec", "nonesuch", "true").failsWith(255).contains("container \"nonesuch\" does not exist"));
    }

    @Test
    void a_stopped_container_runs_nothing() throws InterruptedException {
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        for (int i = 0; i < 18_000 && !carafe.call("state", bundle.id()).out().contains("stopped"); i++) {
            Thread.sleep(10);
        }
        assertTrue(carafe.call("exec", bundle.id(), "true").failsWith(255).contains("container not running"));
    }
}
