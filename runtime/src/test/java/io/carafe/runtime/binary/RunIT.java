package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container sees of itself. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class RunIT {

    private static final long FIRST_MAPPED = 100_000;

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    private String output(Bundle bundle) {
        return carafe.run(bundle).succeeds().out().strip();
    }

    @Test
    void the_program_is_pid_1() {
        assertEquals("1", output(Bundle.in(directory).script("echo $$")));
    }

    @Test
    void the_exit_code_is_the_programs() {
        assertEquals(42, carafe.run(Bundle.in(directory).script("exit 42")).code());
    }

    @Test
    void a_program_that_a_signal_ends_gives_128_and_its_number() {
        // A child of pid 1: pid 1 itself gets no signal from inside that it does not handle (pid_namespaces(7)).
        assertEquals(137, carafe.run(Bundle.in(directory).script("sh -c 'kill -9 $$'; exit $?")).code());
    }

    @ParameterizedTest
    @ValueSource(strings = {"pid", "net", "mnt", "ipc", "uts", "cgroup"})
    void namespaces_are_new(String namespace) throws IOException {
        String inside = output(Bundle.in(directory).args("/bin/readlink", "/proc/self/ns/" + namespace));
        assertNotEquals(Files.readSymbolicLink(Path.of("/proc/self/ns/" + namespace)).toString(), inside);
    }

    @Test
    void host_name_and_working_directory_are_the_documents() {
        Bundle bundle = Bundle.in(directory).config(config -> config.withHostname("kitchen"))
                .process(process -> process.withCwd("/tmp")).script("hostname; pwd");
        assertEquals("kitchen\n/tmp", output(bundle));
    }

    @Test
    void a_missing_working_directory_is_made() {
        assertEquals("/made/for/it", output(Bundle.in(directory).process(process -> process.withCwd("/made/for/it")).script("pwd")));
    }

    @Test
    void of_a_variable_that_is_given_twice_the_last_counts() {
        Bundle bundle = Bundle.in(directory).process(process -> process.withEnv(List.of("PATH=/bin", "A=1", "A=2"))).script("env");
        List<String> env = output(bundle).lines().filter(line -> line.startsWith("A=")).toList();
        assertEquals(List.of("A=2"), env);
    }

    @Test
    void user_group_and_groups_are_the_documents() {
        Bundle bundle = Bundle.in(directory).process(process -> process.withUser(
                new User(1000, 1001, OptionalInt.of(027), List.of(5L, 6L), java.util.Optional.empty()))).script("id -u; id -g; id -G; umask");
        assertEquals("1000\n1001\n1001 5 6\n0027", output(bundle));
    }

    @Test
    void capabilities_are_the_documents_and_a_program_of_root_gains_what_is_bounding() {
        List<String> bounding = List.of("CAP_CHOWN", "CAP_KILL");
        Bundle bundle = Bundle.in(directory).process(process -> process.withNoNewPrivileges(false).withCapabilities(
                new Capabilities(bounding, List.of("CAP_KILL"), List.of(), bounding, List.of()))).args("/bin/grep", "Cap", "/proc/1/status");
        assertEquals(List.of("CapInh:\t0000000000000000", "CapPrm:\t0000000000000021", "CapEff:\t0000000000000021",
                "CapBnd:\t0000000000000021", "CapAmb:\t0000000000000000"), output(bundle).lines().toList());
    }

    @Test
    void a_user_without_ambient_capabilities_has_none() {
        List<String> kill = List.of("CAP_KILL");
        Bundle bundle = Bundle.in(directory).process(process -> process.withUser(User.of(1000, 1000))
                .withCapabilities(new Capabilities(kill, kill, List.of(), kill, List.of()))).args("/bin/grep", "Cap(Prm|Eff|Bnd)", "-E", "/proc/1/status");
        assertEquals(List.of("CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000020"), output(bundle).lines().toList());
    }

    @Test
    void an_ambient_capability_reaches_a_user() {
        List<String> kill = List.of("CAP_KILL");
        Bundle bundle = Bundle.in(directory).process(process -> process.withUser(User.of(1000, 1000))
                .withCapabilities(new Capabilities(kill, kill, kill, kill, kill))).args("/bin/grep", "CapEff", "/proc/1/status");
        assertEquals("CapEff:\t0000000000000020", output(bundle));
    }

    @Test
    void an_unknown_or_ungrantable_capability_only_warns() {
        List<String> names = List.of("CAP_FLY", "CAP_SYS_RESOURCE", "CAP_KILL");
        Carafe.Result result = carafe.run(Bundle.in(directory).process(process -> process.withCapabilities(
                new Capabilities(names, names, List.of(), names, List.of()))).args("/bin/true")).succeeds();
        assertTrue(result.err().contains("CAP_FLY is not known"), result::toString);
    }

    @Test
    void no_new_privileges_is_set_when_asked() {
        assertEquals("NoNewPrivs:\t1", output(Bundle.in(directory).args("/bin/grep", "NoNewPrivs", "/proc/1/status")));
        assertEquals("NoNewPrivs:\t0", output(Bundle.in(directory).process(process -> process.withNoNewPrivileges(false))
                .args("/bin/grep", "NoNewPrivs", "/proc/1/status")));
    }

    @Test
    void rlimits_are_set() {
        Bundle bundle = Bundle.in(directory).process(process -> process.withRlimits(
                List.of(new Rlimit("RLIMIT_NOFILE", 512, 256), new Rlimit("RLIMIT_CORE", 0, 0)))).script("ulimit -Sn; ulimit -Hn; ulimit -c");
        assertEquals("256\n512\n0", output(bundle));
    }

    @Test
    void rlimits_that_nobody_mentions_are_the_callers() throws IOException {
        String mine = Files.readAllLines(Path.of("/proc/self/limits")).stream().filter(line -> line.startsWith("Max processes"))
                .findFirst().orElseThrow().replaceAll(" +", " ");
        Bundle bundle = Bundle.in(directory).process(process -> process.withRlimits(List.of())).args("/bin/grep", "Max processes", "/proc/1/limits");
        assertEquals(mine.strip(), output(bundle).replaceAll(" +", " "));
    }

    @Test
    void the_soft_limit_of_open_files_is_not_raised_behind_the_users_back() throws IOException, InterruptedException {
        Bundle bundle = Bundle.in(directory).process(process -> process.withRlimits(List.of())).script("ulimit -Sn; ulimit -Hn");
        Process process = new ProcessBuilder("sh", "-c", "ulimit -Sn 100; ulimit -Hn 200; exec " + carafe.binary() + " --root " + carafe.root()
                + " run --bundle " + bundle.path() + " " + bundle.id()).redirectErrorStream(true).start();
        assertEquals("100\n200", new String(process.getInputStream().readAllBytes()).strip());
        process.waitFor();
    }

    @Test
    void oom_score_is_adjusted() {
        Bundle bundle = Bundle.in(directory).save(new String(io.carafe.spec.codec.ConfigJson.write(Bundle.in(directory)
                .args("/bin/cat", "/proc/1/oom_score_adj").config())).replace("\"cwd\"", "\"oomScoreAdj\": 321, \"cwd\""));
        assertEquals("321", output(bundle));
    }

    @Test
    void only_the_three_descriptors_of_stdio_are_inherited() {
        assertEquals("0\n1\n2\n3", output(Bundle.in(directory).args("/bin/ls", "/proc/1/fd")), "3 is ls reading its directory");
    }

    /** No file of an image is worth the start. @param laid what stands at /etc */
    @ParameterizedTest
    @ValueSource(strings = {"chmod 600 etc/passwd", "chmod 700 etc", "rm etc/passwd; ln -s passwd etc/passwd", "rm -r etc; echo > etc", "rm -r etc",
        "rm etc/passwd; mkdir etc/passwd", "rm etc/passwd; mkfifo etc/passwd", "printf '\\377:x:7:7::' > etc/passwd"})
    void who_has_no_entry_that_can_be_read_is_at_home_at_the_root(String laid) throws Exception {
        Bundle bundle = Bundle.in(directory).process(process -> process.withUser(User.of(7, 7))).script("echo $HOME");
        assertEquals(0, new ProcessBuilder("sh", "-c", "cd " + bundle.rootfs() + "; " + laid).start().waitFor());
        assertEquals("/", output(bundle));
    }

    @Test
    void default_devices_and_links_are_there() {
        assertEquals("""
                /dev/full 1 7 666
                /dev/null 1 3 666
                /dev/random 1 8 666
                /dev/tty 5 0 666
                /dev/urandom 1 9 666
                /dev/zero 1 5 666
                /proc/self/fd
                /proc/self/fd/0
                /proc/self/fd/1
                /proc/self/fd/2
                pts/ptmx""".strip(), output(Bundle.in(directory).script("""
                cd /dev; stat -c '%n %t %T %a' /dev/full /dev/null /dev/random /dev/tty /dev/urandom /dev/zero
                readlink fd; readlink stdin; readlink stdout; readlink stderr; readlink ptmx""")));
    }

    @ParameterizedTest
    @CsvSource({"/proc/kcore, 0", "/proc/keys, 0", "/proc/timer_list, 0"})
    void masked_files_are_empty(String path, long size) {
        assertEquals(Long.toString(size), output(Bundle.in(directory).script("test ! -e " + path + " && echo 0 || cat " + path + " | wc -c")));
    }

    @Test
    void masked_directories_are_empty_and_read_only() {
        assertEquals("read-only", output(Bundle.in(directory).script("ls /sys/firmware; touch /sys/firmware/x 2>/dev/null || echo read-only")));
    }

    @Test
    void readonly_paths_cannot_be_written() {
        assertEquals("refused", output(Bundle.in(directory).script("echo 1 2>/dev/null > /proc/sys/vm/swappiness || echo refused")));
        assertEquals("refused", output(Bundle.in(directory).writable().linux(linux -> linux.withPaths(linux.maskedPaths(), List.of("/")))
                .script("touch /x 2>/dev/null || echo refused")));
    }

    @Test
    void a_read_only_root_refuses_writes_and_a_writable_one_takes_them() {
        assertEquals("refused", output(Bundle.in(directory).script("touch /x 2>/dev/null || echo refused")));
        Bundle writable = Bundle.in(directory).writable().script("touch /x && echo written");
        assertEquals("written", output(writable));
        assertTrue(Files.exists(writable.rootfs().resolve("x")));
    }

    @Test
    void a_bind_mount_shows_a_folder_of_the_host() throws IOException {
        Path shared = Files.createDirectory(directory.resolve("shared"));
        Files.writeString(shared.resolve("note"), "hello");
        Bundle bundle = Bundle.in(directory).config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/mnt/shared", "bind", shared.toString(), "rbind", "ro"));
            return config.withMounts(mounts);
        }).script("cat /mnt/shared/note; touch /mnt/shared/x 2>/dev/null || echo ' refused'");
        assertEquals("hello refused", output(bundle));
        assertFalse(Files.exists(shared.resolve("x")));
    }

    @Test
    void the_hosts_root_is_not_to_be_seen_in_the_mount_table() {
        String mounts = output(Bundle.in(directory).args("/bin/cat", "/proc/self/mountinfo"));
        assertTrue(mounts.lines().findFirst().orElseThrow().contains(" / ro"), mounts);
        assertEquals(1, mounts.lines().filter(line -> line.split(" ")[4].equals("/")).count(), mounts);
    }

    @Test
    void the_loopback_device_is_up() {
        assertTrue(output(Bundle.in(directory).args("/bin/ip", "link", "show", "lo")).contains("UP"));
    }

    @Test
    void root_in_a_user_namespace_is_another_id_outside() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<IdMapping> map = List.of(new IdMapping(0, FIRST_MAPPED, 1000));
        Bundle bundle = Bundle.in(directory).writable().linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(map, map);
        }).script("id -u; touch /made; stat -c %u:%g /made; dd if=/dev/zero of=/dev/null bs=1 count=1 2>/dev/null && echo devices");
        assertEquals(0, new ProcessBuilder("chown", "-R", FIRST_MAPPED + ":" + FIRST_MAPPED, bundle.rootfs().toString()).start().waitFor());
        assertEquals("0\n0:0\ndevices", carafe.run(bundle).succeeds().out().strip());
        assertEquals((int) FIRST_MAPPED, Files.getAttribute(bundle.rootfs().resolve("made"), "unix:uid"));
    }
}
