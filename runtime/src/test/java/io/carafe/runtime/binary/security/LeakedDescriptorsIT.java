package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * CVE-2024-21626, GHSA-xr7r: the caller has left a descriptor open, 9, which leads to a directory of the host; an image whose
 * working directory, program or interpreter is {@code /proc/self/fd/9} comes by.
 */
@ExtendWith(HostUnchanged.class)
class LeakedDescriptorsIT {

    private static final String LEAKED = "/proc/self/fd/9";

    @TempDir
    private Path directory;
    private Path outside;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void leak() throws IOException {
        outside = Files.createDirectory(directory.resolve("outside"));
        Files.copy(Path.of("/bin/busybox"), outside.resolve("busybox"));
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable();
    }

    /** A call by somebody who has the descriptor open. */
    private Carafe.Result leaking(String... words) throws Exception {
        ProcessBuilder builder = carafe.builder(List.of("sh", "-c", "exec 9< \"$0\" && exec \"$@\"", outside.toString()), words);
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectInput(Path.of("/dev/null").toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        int code = process.waitFor();
        return new Carafe.Result(builder.command(), code, Files.readString(out), Files.readString(err));
    }

    private Carafe.Result run() throws Exception {
        return leaking("run", "--bundle", bundle.path().toString(), bundle.id());
    }

    private void script(String name, String text) throws IOException {
        Path file = Files.writeString(bundle.rootfs().resolve(name), text);
        assertTrue(file.toFile().setExecutable(true));
    }

    @Test
    void a_working_directory_that_leads_out_is_refused() throws Exception {
        bundle.args("/bin/true").process(process -> process.withCwd(LEAKED));
        assertTrue(run().fails().contains("process.cwd"));
        Files.createSymbolicLink(bundle.rootfs().resolve("work"), Path.of(LEAKED));
        bundle.process(process -> process.withCwd("/work"));
        assertTrue(run().fails().contains("process.cwd"));
    }

    @Test
    void no_number_is_a_working_directory() throws Exception {
        for (int fd = 3; fd <= 64; fd++) {
            String cwd = "/proc/self/fd/" + fd;
            bundle.args("/bin/true").process(process -> process.withCwd(cwd));
            run().fails();
        }
    }

    @Test
    void no_working_directory_is_made_outside() throws Exception {
        bundle.args("/bin/true").process(process -> process.withCwd(LEAKED + "/made"));
        run().fails();
        Files.createSymbolicLink(bundle.rootfs().resolve("work"), Path.of(LEAKED));
        bundle.process(process -> process.withCwd("/work/made"));
        run().fails();
        assertFalse(Files.exists(outside.resolve("made")));
    }

    @Test
    void no_program_of_the_host_is_run() throws Exception {
        for (String verb : List.of("create", "run")) {
            bundle.args(LEAKED + "/busybox", "true");
            assertTrue(leaking(verb, "--bundle", bundle.path().toString(), bundle.id()).fails().contains("ENOENT"));
        }
    }

    @Test
    void no_interpreter_of_the_host_is_run() throws Exception {
        script("entry", "#!" + LEAKED + "/busybox true\n");
        bundle.args("/entry");
        assertTrue(run().failsWith(255).contains("exec /entry: ENOENT"));
    }

    @Test
    void an_init_that_waits_holds_nothing_that_the_caller_left_open() throws Exception {
        Path pidFile = directory.resolve("pid");
        leaking("create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertEquals(List.of(), descriptorsTo(Files.readString(pidFile)));
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    @Test
    void an_exec_is_no_way_out_either() throws Exception {
        bundle.args("/bin/sleep", "1000");
        script("entry", "#!" + LEAKED + "/busybox true\n");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            leaking("exec", "--cwd", LEAKED, bundle.id(), "true").failsWith(255);
            leaking("exec", bundle.id(), LEAKED + "/busybox", "true").failsWith(255);
            leaking("exec", bundle.id(), "/entry").failsWith(255);
            assertEquals("0 1 2 3", leaking("exec", bundle.id(), "sh", "-c", "echo $(ls /proc/self/fd)").succeeds().out().strip());
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    private List<String> descriptorsTo(String pid) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> fds = Files.list(Path.of("/proc", pid, "fd"))) {
            for (Path fd : fds.toList()) {
                String target = Files.readSymbolicLink(fd).toString();
                if (target.equals(outside.toString())) {
                    found.add(target);
                }
            }
        }
        return found;
    }
}
