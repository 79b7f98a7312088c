package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Hooks: each in its moment and place, with the state on stdin; what a failure of each comes to. */
@ExtendWith(HostUnchanged.class)
class HooksIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Path log;

    @BeforeEach
    void root() {
        carafe = Carafe.in(directory.resolve("root"));
        log = directory.resolve("log");
    }

    private static Hook shell(String script) {
        return new Hook("/bin/sh", List.of("sh", "-c", script), Optional.of(List.of("PATH=/bin:/usr/bin")), OptionalInt.empty());
    }

    /** Writes a line: the hook's kind, its state's status and pid. */
    private Hook logging(String kind, Path to) {
        return shell("s=$(cat | tr -d '\\n\\t '); st=${s#*status\\\":\\\"}; pid=${s#*pid\\\":}; echo " + kind
                + " ${st%%\\\"*} ${pid%%[,\\}]*} >> " + to);
    }

    private Bundle with(Hooks hooks) {
        return Bundle.in(directory).writable().config(config -> config.withHooks(hooks));
    }

    @Test
    void every_hook_runs_in_its_moment_with_the_state_of_the_moment() throws IOException {
        Path inside = Path.of("/log");
        Bundle bundle = with(new Hooks(List.of(logging("prestart", log)), List.of(logging("createRuntime", log)),
                List.of(logging("createContainer", log)), List.of(logging("startContainer", inside)), List.of(logging("poststart", log)),
                List.of(logging("poststop", log)))).args("/bin/sleep", "1000");
        Files.createSymbolicLink(bundle.rootfs().resolve("bin/tr"), Path.of("busybox"));
        Path pidFile = directory.resolve("pid");
        carafe.call("create", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String pid = Files.readString(pidFile);
        assertEquals(List.of("prestart creating " + pid, "createRuntime creating " + pid, "createContainer creating " + pid),
                Files.readAllLines(log));
        assertFalse(Files.exists(bundle.rootfs().resolve("log")), "startContainer waits for start");
        carafe.call("start", bundle.id()).succeeds();
        assertEquals(List.of("startContainer created " + pid), Files.readAllLines(bundle.rootfs().resolve("log")));
        assertEquals("poststart running " + pid, Files.readAllLines(log).get(3));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals("poststop stopped " + pid, Files.readAllLines(log).get(4));
    }

    @Test
    void a_hook_before_the_start_that_fails_ends_the_create_and_says_what_the_hook_said() throws IOException {
        for (int kind = 0; kind < 3; kind++) {
            List<Hook> none = List.of();
            List<Hook> bad = List.of(shell("echo it is broken >&2; exit 3"));
            Path ended = directory.resolve("ended" + kind);
            Bundle bundle = with(new Hooks(kind == 0 ? bad : none, kind == 1 ? bad : none, kind == 2 ? bad : none, none, none,
                    List.of(shell("cat > " + ended))));
            String line = carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).fails();
            assertTrue(line.contains("[0] /bin/sh: exit status 3: it is broken"), line);
            assertEquals("", carafe.call("list", "-q").out());
            assertTrue(Files.readString(ended).contains("\"status\":\"stopped\""), "poststop hooks run with the state " + Files.readString(ended));
        }
    }

    @Test
    void a_startContainer_hook_that_fails_ends_the_container_and_the_poststop_hooks_run() throws IOException {
        List<Hook> none = List.of();
        Bundle bundle = with(new Hooks(none, none, none, List.of(shell("exit 1")), none, List.of(shell("echo ended > " + log))))
                .args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertTrue(carafe.call("start", bundle.id()).fails().contains("hooks.startContainer[0]"));
        assertEquals("ended", Files.readString(log).strip());
        assertTrue(carafe.call("state", bundle.id()).fails().contains("does not exist"));
    }

    @Test
    void a_hook_that_outlives_its_timeout_is_killed() {
        Bundle bundle = with(new Hooks(List.of(), List.of(new Hook("/bin/sleep", List.of("sleep", "100"), Optional.of(List.of()), OptionalInt.of(1))),
                List.of(), List.of(), List.of(), List.of()));
        assertTrue(carafe.run(bundle).fails().contains("still running after its timeout of 1 s"));
    }

    @Test
    void a_poststart_hook_that_fails_is_an_error_and_ends_the_container() throws IOException {
        Bundle bundle = with(new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(shell("exit 1")), List.of(shell("echo ended > " + log))))
                .args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        assertTrue(carafe.call("start", bundle.id()).fails().contains("hooks.poststart[0]"));
        assertEquals("ended", Files.readString(log).strip());
        assertTrue(carafe.call("state", bundle.id()).fails().contains("does not exist"));
    }

    @Test
    void a_poststop_hook_that_fails_only_warns_and_the_next_runs() throws IOException {
        Bundle bundle = with(new Hooks(List.of(), List.of(), List.of(), List.of(), List.of(), List.of(shell("exit 1"),
                shell("echo second > " + log), shell("exit 3")))).args("/bin/true");
        Carafe.Result result = carafe.run(bundle).succeeds();
        assertTrue(result.err().startsWith("carafe: warning: hooks.poststop[0]"), result::toString);
        assertTrue(result.err().contains("\ncarafe: warning: hooks.poststop[2]"), result::toString);
        assertEquals("second", Files.readString(log).strip());
    }

    @Test
    void a_relative_path_is_refused() {
        Bundle bundle = with(new Hooks(List.of(), List.of(new Hook("hook", List.of(), Optional.of(List.of()), OptionalInt.empty())), List.of(), List.of(),
                List.of(), List.of()));
        assertTrue(carafe.run(bundle).fails().contains("hooks.createRuntime[0].path: expected an absolute path"));
    }

    /** @param fails what goes wrong when the program is to start */
    @ParameterizedTest
    @CsvSource({"startContainer, false", "startContainer, true", "poststart, false", "poststart, true"})
    void a_run_that_fails_at_its_start_leaves_no_pid_file(String fails, boolean detached) throws IOException {
        List<Hook> failing = List.of(shell("exit 3"));
        List<Hook> none = List.of();
        Bundle bundle = with(new Hooks(none, none, none, fails.equals("startContainer") ? failing : none, fails.equals("poststart") ? failing : none,
                none)).args("/bin/sleep", "1000");
        Path pidFile = directory.resolve("pid");
        Carafe.Result result = detached
                ? carafe.call("run", "--detach", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id())
                : carafe.call("run", "--pid-file", pidFile.toString(), "--bundle", bundle.path().toString(), bundle.id());
        assertTrue(result.fails().contains(fails), result::toString);
        assertFalse(Files.exists(pidFile), "a pid file with a pid that is nobody's");
        assertTrue(carafe.call("state", bundle.id()).fails().contains("does not exist"));
    }

    private static Hooks of(String kind, Hook hook) {
        List<Hook> none = List.of();
        List<Hook> one = List.of(hook);
        return new Hooks(kind.equals("prestart") ? one : none, kind.equals("createRuntime") ? one : none, kind.equals("createContainer") ? one : none,
                kind.equals("startContainer") ? one : none, kind.equals("poststart") ? one : none, kind.equals("poststop") ? one : none);
    }

    /** What a hook of a kind writes to {@code $out}. @param env of the hook */
    private String written(String kind, Optional<List<String>> env, String script) throws IOException {
        boolean inside = kind.equals("startContainer");
        Bundle bundle = with(of(kind, new Hook("/bin/sh", List.of("sh", "-c", "out=" + (inside ? "/log" : log) + "; " + script), env,
                OptionalInt.empty()))).process(process -> process.withEnv(List.of("PATH=/bin", "OF=the process")).withCwd("/tmp"))
                .args("/bin/sleep", "1000");
        Carafe caller = carafe.behind("env", "FOO=of the caller", "unshare", "--mount", "--propagation", "private");
        caller.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        caller.call("start", bundle.id()).succeeds();
        caller.call("delete", "--force", bundle.id()).succeeds();
        return Files.readString(inside ? bundle.rootfs().resolve("log") : log).strip().replace(bundle.path().toString(), "BUNDLE");
    }

    @ParameterizedTest
    @CsvSource({"prestart, of the caller, '', BUNDLE", "createRuntime, of the caller, '', BUNDLE", "createContainer, of the caller, '', BUNDLE",
        "startContainer, '', the process, /tmp", "poststart, of the caller, '', BUNDLE", "poststop, of the caller, '', BUNDLE"})
    void a_hook_without_an_environment_has_that_of_who_runs_it(String kind, String caller, String process, String cwd) throws IOException {
        assertEquals("[" + caller + "] [" + process + "] " + cwd,
                written(kind, Optional.empty(), "echo \"[$FOO] [$OF] $(pwd)\" > $out"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"})
    void a_hook_with_an_empty_environment_has_none(String kind) throws IOException {
        String script = "tr '\\0' '\\n' < /proc/$$/environ > $out; echo end >> $out";
        assertEquals("end", written(kind, Optional.of(List.of()), script.replace("tr ", kind.equals("startContainer") ? "/bin/busybox tr " : "/usr/bin/tr ")));
    }

    /** The bytes, whatever they are in any encoding. */
    @Test
    void what_is_no_utf8_in_the_environment_reaches_a_hook() throws Exception {
        Bundle bundle = with(of("createRuntime", new Hook("/bin/sh", List.of("sh", "-c", "printf %s \"$BYTES\" > " + log), Optional.empty(),
                OptionalInt.empty()))).args("/bin/true");
        carafe.behind("sh", "-c", "BYTES=$(printf 'a\\377b\\303\\251') exec \"$@\"", "sh", "unshare", "--mount", "--propagation", "private")
                .run(bundle).succeeds();
        assertArrayEquals(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xc3, (byte) 0xa9}, Files.readAllBytes(log));
    }

    @Test
    void the_poststop_hooks_of_a_bundle_that_has_gone_run() throws Exception {
        Bundle bundle = with(of("poststop", shell("echo ended > " + log))).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        Files.move(bundle.path(), directory.resolve("gone"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals("ended", Files.readString(log).strip());
    }
}
