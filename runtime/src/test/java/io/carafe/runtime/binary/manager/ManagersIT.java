package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The calls of containerd and docker (go-runc), conmon and podman, buildah, cri-o, one life of a container each, word for word. */
@ExtendWith(HostUnchanged.class)
class ManagersIT {

    private static final String PROCESS = "{\"args\":[\"/bin/sh\",\"-c\",\"%s\"],\"cwd\":\"/\",\"env\":[\"PATH=/bin\"],\"user\":{\"uid\":0,\"gid\":0}}";

    @TempDir
    private Path directory;
    private Path binary;
    private Bundle bundle;
    private String b;
    private String id;
    private Path pidFile;

    @BeforeEach
    void bundle() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        binary = Carafe.in(directory.resolve("root")).binary();
        bundle = Bundle.in(directory).writable();
        b = bundle.path().toString();
        id = bundle.id();
        pidFile = bundle.path().resolve("init.pid");
    }

    private void mkfifo(Path... paths) throws Exception {
        for (Path path : paths) {
            assertEquals(0, new ProcessBuilder("mkfifo", path.toString()).start().waitFor());
        }
    }

    private int finish(Process process) throws InterruptedException {
        assertTrue(process.waitFor(180, TimeUnit.SECONDS));
        return process.exitValue();
    }

    @Test
    void containerd_by_go_runc() throws Exception {
        bundle.script("read line; echo got $line; exec sleep 1000");
        Path log = bundle.path().resolve("log.json");
        Path[] fifos = {directory.resolve("stdin"), directory.resolve("stdout"), directory.resolve("stderr")};
        mkfifo(fifos);
        try (Caller shim = new Caller(binary, bundle.path(), Map.of("PATH", "/usr/bin:/bin"), "--root", directory.resolve("runc/k8s.io").toString(),
                "--log", log.toString(), "--log-format", "json")) {
            // The shim holds both ends of each FIFO, so that nobody sees the end of one when a call ends.
            Process holder = new ProcessBuilder("sh", "-c", "exec sleep 1000 3<>" + fifos[0] + " 4<>" + fifos[1] + " 5<>" + fifos[2]).start();
            ProcessBuilder create = shim.command("create", "--bundle", b, "--pid-file", pidFile.toString(), id)
                    .redirectInput(fifos[0].toFile()).redirectOutput(fifos[1].toFile()).redirectError(fifos[2].toFile());
            try {
                assertEquals(0, finish(create.start()));
                int pid = Caller.pid(pidFile);
                assertEquals(ProcessHandle.current().pid(), Caller.parent(pid), "the init falls to the subreaper");
                assertEquals("created", shim.status(id));
                shim.call("start", id).succeeds();
                assertEquals("running", shim.status(id));
                Process write = new ProcessBuilder("sh", "-c", "echo word > " + fifos[0]).start();
                Process read = new ProcessBuilder("sh", "-c", "read line < " + fifos[1] + "; echo $line").start();
                assertEquals(0, finish(write));
                assertEquals("got word\n", new String(read.getInputStream().readAllBytes(), StandardCharsets.UTF_8));

                Path process = Files.writeString(directory.resolve("process.json"), PROCESS.formatted("exit 3"));
                Path execPid = bundle.path().resolve("exec.pid");
                shim.call("exec", "--process", process.toString(), "--detach", "--pid-file", execPid.toString(), id).succeeds();
                assertEquals(3, shim.waitFor(Caller.pid(execPid)), "the exec falls to the subreaper, with its exit code");

                assertEquals("[" + pid + "]", shim.call("ps", "--format", "json", id).succeeds().output().strip());
                shim.call("pause", id).succeeds();
                assertEquals("paused", shim.status(id));
                shim.call("resume", id).succeeds();
                assertTrue(shim.call("events", "--stats", id).succeeds().output().startsWith("{\"type\":\"stats\",\"id\":\"" + id + "\","));
                assertFalse(Files.exists(log), "what succeeds writes nothing to the log");
                shim.call("kill", id, "9").succeeds();
                assertEquals(137, shim.waitFor(pid));
                assertEquals("stopped", shim.status(id));
                shim.call("kill", "--all", id, "9").succeeds();
                shim.call("kill", id, "9").fails("container not running");
                shim.call("delete", id).succeeds();
                shim.call("state", id).fails("does not exist");
                shim.call("delete", id).fails("does not exist");
                shim.call("delete", "--force", id).succeeds();
                List<String> records = Files.readAllLines(log);
                assertEquals(3, records.size(), "a record a failure, each with the message last");
                assertTrue(records.get(2).startsWith("{\"level\":\"error\",\"msg\":\"delete " + id + ": container"), records.get(2));
            } finally {
                holder.destroyForcibly().waitFor();
                shim.call("delete", "--force", id).succeeds();
            }
        }
    }

    /** Callers hand on what they have: scripts and conmon empty words, go-runc a null, the shims of containerd before 2.0 where CRIU is. */
    @Test
    void words_that_ask_for_nothing_are_passed_over() {
        bundle.script("sleep 1000");
        try (Caller shim = new Caller(binary, bundle.path(), Map.of(), "--root", directory.resolve("r").toString(), "--criu", "/usr/sbin/criu")) {
            shim.call("create", "--bundle", b, "--pid-file", "", "--console-socket", "", id).succeeds();
            try {
                shim.call("start", id).succeeds();
                for (String flag : new String[] {"--user", "--cwd", "--process-label", "--apparmor", "--console-socket", "--pid-file", "--env", "--cap"}) {
                    shim.call("exec", flag, "", id, "true").succeeds();
                    shim.call("exec", flag + "=", id, "true").succeeds();
                }
                shim.send("null\n", "update", "--resources=-", id).succeeds();
                shim.call("kill", id, "").succeeds();
            } finally {
                shim.call("delete", "--force", id).succeeds();
            }
        }
    }

    @Test
    void limits_change_by_json_on_stdin() {
        assumeTrue(Files.exists(Path.of("/sys/fs/cgroup/pids")) , "this host has no pids controller of v1");
        bundle.script("sleep 1000");
        try (Caller shim = new Caller(binary, bundle.path(), Map.of(), "--root", directory.resolve("r").toString())) {
            shim.call("create", "--bundle", b, "--pid-file", pidFile.toString(), id).succeeds();
            try {
                shim.call("start", id).succeeds();
                String json = "{\"memory\":{\"limit\":67108864},\"cpu\":{\"shares\":256},\"pids\":{\"limit\":17},\"blockIO\":{}}";
                for (String flag : new String[] {"--resources=-", "--resources"}) {
                    String[] words = flag.endsWith("-") ? new String[] {"update", flag, id} : new String[] {"update", flag, "-", id};
                    shim.send(json, words).succeeds();
                }
                assertTrue(shim.call("events", "--stats", id).output().contains("\"limit\":17}"));
                shim.send("{\"pids\":", "update", "--resources", "-", id).fails("update " + id);
                shim.send("{\"pids\":{\"limit\":\"many\"}}", "update", "--resources", "-", id).fails("pids.limit");
            } finally {
                shim.call("delete", "--force", id).succeeds();
            }
        }
    }

    @Test
    void conmon_and_podman() throws Exception {
        bundle.script("exec sleep 1000");
        Path log = directory.resolve("oci-log");
        String root = directory.resolve("root").toString();
        try (Caller conmon = new Caller(binary, bundle.path(), Map.of("XDG_RUNTIME_DIR", directory.toString(), "PATH", "/usr/bin:/bin"),
                "--log-format=json", "--log", log.toString(), "--root", root)) {
            conmon.call("create", "--bundle", b, "--pid-file", pidFile.toString(), id).succeeds();
            int pid = Caller.pid(pidFile);
            Caller podman = new Caller(binary, bundle.path(), Map.of("XDG_RUNTIME_DIR", directory.toString()), "--root", root);
            assertEquals("created", podman.status(id));
            podman.call("start", id).succeeds();
            Path process = Files.writeString(directory.resolve("exec-process"), PROCESS.formatted("kill -9 $$"));
            Path execPid = directory.resolve("exec.pid");
            conmon.call("exec", "--pid-file", execPid.toString(), "--process", process.toString(), "--detach", id).succeeds();
            assertEquals(137, conmon.waitFor(Caller.pid(execPid)));
            Path missing = Files.writeString(directory.resolve("missing"), PROCESS.replace("/bin/sh", "nonesuch"));
            conmon.call("exec", "--pid-file", execPid.toString(), "--process", missing.toString(), "--detach", id)
                    .failsWith(255, "executable file not found in");
            assertEquals(1, Files.readAllLines(log).size(), "podman reads the whole file as one object");
            podman.call("kill", id, "15").succeeds();
            podman.call("kill", "--all", id, "9").succeeds();
            assertEquals(137, conmon.waitFor(pid));
            assertEquals("stopped", podman.status(id));
            podman.call("delete", "--force", id).succeeds();
            podman.call("delete", "--force", id).succeeds();
        }
    }

    @Test
    void podman_asks_for_the_state_with_nothing_but_a_runtime_directory() throws Exception {
        Path runtimeDir = Files.createDirectories(directory.resolve("run"));
        Bundle rootless = Bundle.rootless(directory, 65534, 65534).args("/bin/sleep", "1000");
        assertEquals(0, new ProcessBuilder("chown", "-R", "65534:65534", directory.toString()).start().waitFor());
        String run = "setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all --bounding-set=-all env -i XDG_RUNTIME_DIR=" + runtimeDir + " "
                + binary + " ";
        Path out = directory.resolve("output");
        assertEquals(0, shell(run + "create --bundle " + rootless.path() + " " + rootless.id(), out), () -> text(out));
        try {
            assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(runtimeDir.resolve("carafe"))));
            assertEquals(01000, (int) Files.getAttribute(runtimeDir.resolve("carafe"), "unix:mode") & 01000, "sticky");
            assertEquals(0, shell(run + "state " + rootless.id(), out), () -> text(out));
            assertTrue(text(out).contains("\"status\": \"created\""), text(out));
            assertEquals(0, shell("env -i " + binary + " --root " + runtimeDir + "/carafe state " + rootless.id(), out), () -> text(out));
        } finally {
            assertEquals(0, shell(run + "delete --force " + rootless.id(), out), () -> text(out));
        }
        assertEquals(1, shell(run + "state " + rootless.id(), out));
        assertTrue(text(out).contains("does not exist"), text(out));
    }

    private static int shell(String command, Path out) throws Exception {
        return new ProcessBuilder("sh", "-c", "cd / && exec " + command).redirectErrorStream(true).redirectOutput(out.toFile())
                .redirectInput(Path.of("/dev/null").toFile()).start().waitFor();
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void buildah() throws Exception {
        bundle.script("exit 7");
        try (Caller buildah = new Caller(binary, bundle.path(), Map.of("PATH", "/usr/bin:/bin"), "--root", directory.resolve("root").toString())) {
            buildah.call("create", "--bundle", b, "--pid-file", pidFile.toString(), id).succeeds();
            int pid = Caller.pid(pidFile);
            buildah.call("start", id).succeeds();
            assertEquals(7, buildah.waitFor(pid));
            assertEquals("stopped", buildah.status(id));
            buildah.call("delete", id).succeeds();
        }
    }

    @Test
    void cri_o() throws Exception {
        bundle.script("trap 'exit 0' TERM; while :; do usleep 10000; done");
        try (Caller crio = new Caller(binary, bundle.path(), Map.of("PATH", "/usr/bin:/bin"), "--root=" + directory.resolve("root"))) {
            crio.call("create", "--bundle", b, "--pid-file", pidFile.toString(), id).succeeds();
            int pid = Caller.pid(pidFile);
            crio.call("start", id).succeeds();
            String state = crio.call("state", id).succeeds().output();
            assertTrue(state.lines().anyMatch(line -> line.matches("\t\"created\": \"\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d+Z\",")), state);
            Path process = Files.writeString(directory.resolve("process"), PROCESS.formatted("exit 42"));
            assertEquals(42, crio.call("exec", "--process", process.toString(), id).code(), "not detached: the exit code passes through");
            crio.call("pause", id).succeeds();
            crio.call("resume", id).succeeds();
            crio.send("{}", "update", "--resources", "-", id).succeeds();
            crio.call("kill", id, "KILL").succeeds();
            assertEquals(137, crio.waitFor(pid));
            crio.call("kill", "-a", id, "KILL").succeeds();
            crio.call("delete", "--force", id).succeeds();
        }
    }

    @Test
    void docker_wraps_the_runtime_in_a_script_when_it_has_arguments() throws Exception {
        Path script = directory.resolve("wrapper");
        Files.writeString(script, "#!/bin/sh\n" + binary + " --debug $@\n");
        script.toFile().setExecutable(true);
        bundle.args("/bin/true");
        try (Caller docker = new Caller(script, bundle.path(), Map.of("PATH", "/usr/bin:/bin"), "--root", directory.resolve("moby").toString())) {
            assertTrue(docker.call("features").succeeds().output().startsWith("{"));
            docker.call("create", "--bundle", b, "--pid-file", pidFile.toString(), id).succeeds();
            int pid = Caller.pid(pidFile);
            docker.call("start", id).succeeds();
            assertEquals(0, docker.waitFor(pid));
            docker.call("delete", id).succeeds();
        }
    }

    @Test
    void a_runtime_whose_caller_dies_takes_the_init_along() throws Exception {
        // PDEATHSIG: conmon and the shims set it on the runtime; a hook keeps create busy until its caller is killed.
        Path started = directory.resolve("started");
        bundle.args("/bin/sleep", "1000").config(config -> config.withHooks(new io.carafe.spec.Hooks(List.of(), List.of(new io.carafe.spec.Hook("/bin/sh",
                List.of("sh", "-c", "touch " + started + "; while test -e " + started + "; do sleep 0.1; done"), java.util.Optional.of(List.of("PATH=/usr/bin:/bin")), java.util.OptionalInt.empty())),
                List.of(), List.of(), List.of(), List.of())));
        String root = directory.resolve("root").toString();
        Process caller = new ProcessBuilder("sh", "-c", "setpriv --pdeathsig KILL " + binary + " --root " + root + " create --bundle " + b + " --pid-file "
                + pidFile + " " + id + "; true").redirectErrorStream(true).redirectOutput(directory.resolve("output").toFile()).start();
        for (int i = 0; i < 18_000 && !Files.exists(started); i++) {
            Thread.sleep(10);
        }
        assertTrue(Files.exists(started), () -> text(directory.resolve("output")));
        caller.destroyForcibly().waitFor();
        Carafe carafe = Carafe.in(directory.resolve("root"));
        for (int i = 0; i < 18_000 && !carafe.call("state", id).out().contains("\"stopped\""); i++) {
            Thread.sleep(10);
        }
        assertTrue(carafe.call("state", id).out().contains("\"stopped\""));
        assertFalse(Files.exists(pidFile));
        carafe.call("delete", "--force", id).succeeds();
        Files.delete(started);
    }
}
