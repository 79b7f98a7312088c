package io.carafe.conmon.binary;

import static io.carafe.linux.abi.SocketFlags.SOCK_SEQPACKET;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Containers by carafe under a monitor: terminals, memory, a further process. */
class ContainerIT {

    private static final String CARAFE = System.getProperty("carafe.binary", "");
    private static final int LONGEST = 16 * 1024;

    @TempDir
    Path directory;
    private final Linux linux = Linux.over(Door.open());
    private Monitored monitored;
    private String id;

    @BeforeEach
    void open() throws Exception {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        monitored = new Monitored(Monitored.ours(), directory.resolve("m"));
        id = "conmon-it-" + ProcessHandle.current().pid();
        Path bin = Files.createDirectories(monitored.bundle.resolve("rootfs/bin"));
        Files.copy(Path.of("/bin/busybox"), bin.resolve("busybox"));
        for (String applet : List.of("sh", "stty", "cat", "echo", "sleep", "tail")) {
            Files.createSymbolicLink(bin.resolve(applet), Path.of("busybox"));
        }
        assertEquals(0, carafe("spec", "--bundle", monitored.bundle.toString()));
    }

    @AfterEach
    void close() throws Exception {
        carafe("--root", directory + "/state", "delete", "--force", id);
    }

    private int carafe(String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(CARAFE));
        command.addAll(List.of(words));
        return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(directory.resolve("said").toFile()).start().waitFor();
    }

    private void configure(String script, boolean terminal, String resources) throws IOException {
        Path config = monitored.bundle.resolve("config.json");
        String text = Files.readString(config).replaceFirst("\"terminal\": *(true|false)", "\"terminal\": " + terminal)
                .replaceFirst("\"args\": *\\[[^]]*]", "\"args\": [\"sh\", \"-c\", \"" + script.replace("\"", "\\\\\"").replace("$", "\\$") + "\"]")
                .replaceFirst("\"resources\": *\\{", "\"resources\": {" + resources);
        Files.writeString(config, text);
    }

    private List<String> words(String... further) {
        List<String> words = new ArrayList<>(monitored.create("-r", CARAFE, "--runtime-arg", "--root=" + directory + "/state", "-c", id));
        words.addAll(List.of(further));
        return words;
    }

    private Process start(String... further) throws Exception {
        Process process = monitored.start(words(further));
        AttachIT.until(() -> monitored.text("sync").contains("data") || !process.isAlive());
        assertTrue(process.isAlive(), monitored.text("sync"));
        return process;
    }

    private static int end(Process process) throws Exception {
        assertTrue(process.waitFor(180, TimeUnit.SECONDS), "the monitor does not end");
        return process.exitValue();
    }

    @Test
    void a_terminal_has_the_size_that_was_asked_for_before_and_afterwards() throws Exception {
        configure("stty size; read x; echo got $x; stty size; exit 9", true, "");
        Process process = start("-t", "-i");
        Files.writeString(monitored.bundle.resolve("ctl"), "1 40 100\n");
        try (Fd client = linux.sockets.connect(monitored.bundle + "/attach", SOCK_SEQPACKET)) {
            assertEquals(0, carafe("--root", directory + "/state", "start", id));
            StringBuilder seen = new StringBuilder();
            while (!seen.toString().contains("40 100\r\n")) {
                seen.append(text(client));
            }
            Files.writeString(monitored.bundle.resolve("winsz"), "50 120\n");
            linux.sockets.send(client, "hello\r".getBytes(StandardCharsets.UTF_8), List.of());
            for (String more = text(client); !more.isEmpty(); more = text(client)) {
                seen.append(more);
            }
            assertTrue(seen.toString().endsWith("got hello\r\n50 120\r\n"), seen.toString());
        }
        assertEquals(9, end(process));
        assertTrue(monitored.log().endsWith("stdout F 50 120"), monitored.log());
    }

    private String text(Fd client) {
        byte[] packet = linux.sockets.receive(client, LONGEST).content();
        return packet.length == 0 ? "" : new String(packet, 1, packet.length - 1, StandardCharsets.UTF_8);
    }

    @Test
    void who_runs_out_of_memory_is_told_of_by_a_file() throws Exception {
        configure("tail /dev/zero", false, "\"memory\": {\"limit\": 16000000, \"swap\": 16000000},");
        Path config = monitored.bundle.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"linux\": *\\{", "\"linux\": {\"cgroupsPath\": \"/" + id + "\","));
        Process process = start();
        assumeTrue(isMemoryLimited(), "no memory controller");
        assertEquals(0, carafe("--root", directory + "/state", "start", id));
        assertEquals(137, end(process));
        assertTrue(Files.exists(monitored.bundle.resolve("oom")) && Files.exists(monitored.directory.resolve("persist/oom")));
    }

    private boolean isMemoryLimited() {
        return Files.exists(Path.of("/sys/fs/cgroup/memory/" + id)) || Files.exists(Path.of("/sys/fs/cgroup/" + id + "/memory.max"));
    }

    @Test
    void a_further_process_has_a_monitor_of_its_own() throws Exception {
        configure("sleep 1000", false, "");
        Process process = start();
        assertEquals(0, carafe("--root", directory + "/state", "start", id));
        Monitored further = new Monitored(Monitored.ours(), directory.resolve("further"));
        Files.writeString(further.directory.resolve("process.json"),
                "{\"cwd\": \"/\", \"user\": {\"uid\": 0, \"gid\": 0}, \"env\": [\"PATH=/bin\"], \"args\": [\"sh\", \"-c\", \"echo out; echo err >&2; exit 11\"]}");
        assertEquals(11, further.run(further.exec("-r", CARAFE, "--runtime-arg", "--root=" + directory + "/state", "-c", id)));
        assertEquals("{\"data\": PID}|{\"data\": 11}|", further.plain(further.text("sync")).replace('\n', '|'));
        assertEquals("stdout F out|stderr F err", further.log());
        assertEquals(0, carafe("--root", directory + "/state", "kill", id, "KILL"));
        assertEquals(137, end(process));
    }

    @Test
    void a_program_that_is_not_there_is_told_of_by_the_pipe() throws Exception {
        configure("", false, "");
        Path config = monitored.bundle.resolve("config.json");
        Files.writeString(config, Files.readString(config).replaceFirst("\"args\": *\\[[^]]*]", "\"args\": [\"nonesuch\"]"));
        assertEquals(1, monitored.run(words()));
        assertTrue(monitored.text("sync").startsWith("{\"data\": -1, \"message\": \"carafe: create " + id), monitored.text("sync"));
        assertTrue(monitored.text("sync").contains("\\\"nonesuch\\\": executable file not found in $PATH"), monitored.text("sync"));
        assertFalse(Files.exists(monitored.bundle.resolve("attach")));
    }
}
