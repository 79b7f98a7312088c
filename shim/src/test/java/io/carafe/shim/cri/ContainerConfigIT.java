package io.carafe.shim.cri;

import static io.carafe.shim.cri.ContainerConfig.container;
import static io.carafe.shim.cri.PodConfig.pod;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.shim.cri.ContainerConfig.Profile;
import io.carafe.shim.cri.ContainerConfig.Propagation;
import io.carafe.shim.cri.PodConfig.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the kubelet's words become in a container: namespaces, users, rights, volumes, devices, limits. A row a subject. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerConfigIT {

    private static final String CAPABILITIES = "grep CapEff /proc/self/status | cut -f2";
    private static final String NO_CHMOD = """
            {"defaultAction": "SCMP_ACT_ALLOW",
             "syscalls": [{"names": ["chmod", "fchmodat", "fchmodat2"], "action": "SCMP_ACT_ERRNO"}]}
            """;

    @TempDir
    static Path directory;
    private Node node;

    /** @param expected what the container says, as a regular expression */
    private record Row(String subject, PodConfig pod, UnaryOperator<ContainerConfig> container, String script, String expected) {

        private Row(String subject, UnaryOperator<ContainerConfig> container, String script, String expected) {
            this(subject, PodConfig.pod(), container, script, expected);
        }

        private Row(String subject, PodConfig pod, String script, String expected) {
            this(subject, pod, same -> same, script, expected);
        }

        @Override
        public String toString() {
            return subject;
        }
    }

    @BeforeAll
    void open() throws IOException {
        node = new Node(directory);
        Files.writeString(directory.resolve("no-chmod.json"), NO_CHMOD);
        Files.writeString(Files.createDirectories(directory.resolve("volume")).resolve("file"), "of the node\n");
        Files.createSymbolicLink(directory.resolve("link"), Path.of("volume"));
        nsenter("mkdir", directory.resolve("shared/volume").toString());
    }

    @AfterAll
    void close() throws IOException {
        if (node != null) {
            node.close();
        }
    }

    private void nsenter(String... command) throws IOException {
        Process process = new ProcessBuilder(Stream.concat(Stream.of("nsenter", "-m", "-t", Long.toString(node.containerd().process())),
                Stream.of(command)).toList()).inheritIO().start();
        assertEquals(0, process.onExit().join().exitValue());
    }

    static Stream<Row> subjects() {
        return Stream.of(namespaces(), users(), rights(), volumes(), limits()).flatMap(rows -> rows);
    }

    private static Stream<Row> namespaces() {
        return Stream.of(
                new Row("pid: the container's own", pod(), "echo $$", "1\n"),
                new Row("pid: the node's", pod().pids(Mode.NODE), "ps -o args | grep -c '^containerd --config'", "1\n"),
                new Row("pid: the pod's", pod().pids(Mode.POD), "test $$ != 1 && ps | grep -c '^ *1 '", "1\n"),
                new Row("ipc: the node's", pod().ipc(Mode.NODE), "readlink /proc/self/ns/ipc", "@ipc\n"),
                new Row("ipc: the pod's", pod(), "readlink /proc/self/ns/ipc", "(?!@ipc)ipc:.*\n"),
                new Row("network: the node's", pod(), "readlink /proc/self/ns/net", "@net\n"),
                new Row("network: the pod's", pod().network(Mode.POD), "readlink /proc/self/ns/net; ip link show lo | grep -o ,UP",
                        "(?!@net)net:.*\n,UP\n"),
                new Row("host name", pod().network(Mode.POD).hostname("vessel"), "hostname", "vessel\n"),
                new Row("name servers", pod().nameServer("10.1.2.3", "example.org"), "cat /etc/resolv.conf",
                        "search example.org\nnameserver 10.1.2.3\n"),
                new Row("sysctls", pod().network(Mode.POD).sysctl("kernel.shm_rmid_forced", "1").sysctl("net.ipv4.ip_forward", "1"),
                        "cat /proc/sys/kernel/shm_rmid_forced /proc/sys/net/ipv4/ip_forward", "1\n1\n"),
                new Row("/dev/shm is the pod's", pod(), "df -k /dev/shm | tail -n 1 | tr -s ' ' | cut -d' ' -f2", "65536\n"));
    }

    private static Stream<Row> users() {
        return Stream.of(
                new Row("user", container -> container.user(1234), "id -u; id -g", "1234\n0\n"),
                new Row("user that the image knows", container -> container.user(1001), "id -u; id -g; id -G", "1001\n1002\n1002 1003\n"),
                new Row("name of a user", container -> container.userName("alice"), "id -u; id -g; id -G", "1001\n1002\n1002 1003\n"),
                new Row("group", container -> container.user(1234).group(4321), "id -u; id -g", "1234\n4321\n"),
                new Row("further groups", container -> container.user(1234).groups(4322, 4323), "id -G", ".*4322 4323\n"),
                new Row("working directory", container -> container.directory("/etc"), "pwd", "/etc\n"),
                new Row("environment", container -> container.variable("VESSEL", "a b"), "echo \"$VESSEL\"", "a b\n"));
    }

    private static Stream<Row> rights() {
        return Stream.of(
                new Row("read-only root", ContainerConfig::readOnlyRoot, "touch /file 2>/dev/null || echo refused", "refused\n"),
                new Row("not privileged", pod(), "mount -t tmpfs none /tmp 2>/dev/null || echo refused", "refused\n"),
                new Row("privileged", pod().privileged(), ContainerConfig::privileged,
                        "mount -t tmpfs none /tmp && echo mounted; test -w /proc/sys/kernel/shm_rmid_forced && echo writable; ls /dev/kmsg",
                        "mounted\nwritable\n/dev/kmsg\n"),
                new Row("a capability more", container -> container.addCapability("NET_ADMIN"), CAPABILITIES, "00000000a80435fb\n"),
                new Row("a capability less", container -> container.dropCapability("CHOWN"), CAPABILITIES, "00000000a80425fa\n"),
                new Row("no capability", container -> container.dropCapability("ALL"), CAPABILITIES, "0{16}\n"),
                new Row("no new privileges", ContainerConfig::noNewPrivileges, "grep NoNewPrivs /proc/self/status | cut -f2", "1\n"),
                new Row("masked path", container -> container.maskedPath("/etc/passwd").maskedPath("/sys/firmware"),
                        "wc -c </etc/passwd; ls /sys/firmware | wc -l", "0\n0\n"),
                new Row("read-only path", container -> container.readOnlyPath("/tmp"), "touch /tmp/file 2>/dev/null || echo refused", "refused\n"),
                new Row("seccomp: the runtime's", container -> container.seccomp(Profile.RUNTIME_DEFAULT, ""),
                        "grep Seccomp: /proc/self/status | cut -f2", "2\n"),
                new Row("seccomp: none", container -> container.seccomp(Profile.UNCONFINED, ""),
                        "grep Seccomp: /proc/self/status | cut -f2", "0\n"),
                new Row("seccomp: a file of the node", container -> container.seccomp(Profile.LOCALHOST, directory.resolve("no-chmod.json")),
                        "chmod 700 /tmp 2>/dev/null || echo refused", "refused\n"));
    }

    private static Stream<Row> volumes() {
        Path volume = directory.resolve("volume");
        Path shared = directory.resolve("shared/volume");
        String peers = "grep -o ' /mnt .* - ' /proc/self/mountinfo | grep -oE 'shared|master'";
        return Stream.of(
                new Row("volume", container -> container.mount(volume, "/mnt"), "cat /mnt/file; touch /mnt/made && echo written",
                        "of the node\nwritten\n"),
                new Row("read-only volume", container -> container.mount(volume, "/mnt", true, Propagation.PRIVATE),
                        "touch /mnt/no 2>/dev/null || echo refused", "refused\n"),
                new Row("a file as a volume", container -> container.mount(volume.resolve("file"), "/etc/motd"), "cat /etc/motd", "of the node\n"),
                new Row("a volume by a link", container -> container.mount(directory.resolve("link"), "/mnt"), "cat /mnt/file", "of the node\n"),
                new Row("a volume below another", container -> container.mount(volume, "/mnt").mount(volume.resolve("file"), "/mnt/made"),
                        "cat /mnt/made", "of the node\n"),
                new Row("propagation: none", container -> container.mount(shared, "/mnt"), peers + " | wc -l", "0\n"),
                new Row("propagation: into the container", container -> container.mount(shared, "/mnt", false, Propagation.HOST_TO_CONTAINER),
                        peers, "master\n"),
                new Row("propagation: both ways", pod().privileged(),
                        container -> container.privileged().mount(shared, "/mnt", false, Propagation.BIDIRECTIONAL), peers, "shared\n"),
                new Row("device", container -> container.device("/dev/null", "/dev/extra", "rwm"), "echo >/dev/extra && echo written", "written\n"),
                new Row("device to be read", container -> container.addCapability("SYSLOG").device("/dev/kmsg", "/dev/extra", "r"),
                        "( : </dev/extra ) && echo read; ( : >/dev/extra ) 2>/dev/null || echo refused", "read\nrefused\n"));
    }

    private static Stream<Row> limits() {
        return Stream.of(
                new Row("memory", container -> container.memory(64 << 20),
                        "cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory.max 2>/dev/null", (64 << 20) + "\n"),
                new Row("processors", container -> container.cpu(512, 50_000, 100_000),
                        "cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu.max 2>/dev/null", "50000( 100000)?\n"),
                new Row("OOM score", container -> container.oomScore(999), "cat /proc/self/oom_score_adj", "999\n"));
    }

    @ParameterizedTest
    @MethodSource("subjects")
    void has_it(Row row) throws IOException {
        Cri cri = node.cri();
        String name = row.subject().replaceAll("\\W+", "-");
        String sandbox = cri.runPod(row.pod());
        String id = cri.run(sandbox, row.pod(), row.container().apply(container(row.pod(), name, row.script())));
        Node.await(() -> cri.status(id).state() == Cri.EXITED, "the container ends");
        cri.removePod(sandbox);
        String expected = row.expected().replace("@ipc", ofNode("ipc")).replace("@net", ofNode("net"));
        assertTrue(node.said(name).matches(expected), () -> node.log(name) + " where " + expected + " is expected");
    }

    private String ofNode(String namespace) throws IOException {
        String link = Files.readSymbolicLink(Path.of("/proc", Long.toString(node.containerd().process()), "ns", namespace)).toString();
        return link.replace("[", "\\[").replace("]", "\\]");
    }
}
