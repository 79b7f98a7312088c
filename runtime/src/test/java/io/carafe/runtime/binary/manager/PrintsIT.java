package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.OciVersion;
import io.carafe.spec.codec.FeaturesJson;
import io.carafe.spec.features.Features;
import io.carafe.spec.features.LinuxFeatures;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What only prints: features, plan, version, help, completion. */
@ExtendWith(HostUnchanged.class)
class PrintsIT {

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
    }

    @Test
    void features_are_those_of_the_specification() {
        byte[] json = carafe.call("features").succeeds().out().getBytes(StandardCharsets.UTF_8);
        Features features = FeaturesJson.read(json, 0, json.length);
        assertEquals("1.0.0", features.ociVersionMin().text());
        assertEquals(OciVersion.CURRENT, features.ociVersionMax());
        assertEquals(List.of("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"), features.hooks().orElseThrow());
        assertTrue(features.mountOptions().orElseThrow().containsAll(List.of("rbind", "rro", "tmpcopyup", "nosymfollow")));
        assertEquals(Optional.of(List.of("io.carafe.rootfs.", "org.criu.config", "org.systemd.property.", "run.oci.keep_original_groups", "run.oci.mount_context_type",
                "run.oci.seccomp_fail_unknown_syscall")), features.potentiallyUnsafeConfigAnnotations());
        LinuxFeatures linux = features.linux().orElseThrow();
        assertTrue(linux.namespaces().orElseThrow().containsAll(List.of("cgroup", "ipc", "mount", "network", "pid", "user", "uts")));
        assertTrue(linux.capabilities().orElseThrow().contains("CAP_CHECKPOINT_RESTORE"));
        assertEquals(Optional.of(true), linux.cgroup().orElseThrow().v1());
        assertEquals(Optional.of(true), linux.cgroup().orElseThrow().v2());
        assertEquals(Optional.of(true), linux.cgroup().orElseThrow().systemd());
        assertEquals(Optional.of(true), linux.cgroup().orElseThrow().systemdUser());
        assertTrue(linux.seccomp().orElseThrow().actions().orElseThrow().contains("SCMP_ACT_NOTIFY"));
        assertTrue(linux.apparmor().isPresent() && linux.selinux().isPresent() && linux.intelRdt().isPresent()
                && linux.memoryPolicy().isPresent() && linux.mountExtensions().isPresent() && linux.netDevices().isPresent());
    }

    @Test
    void every_mount_option_of_the_features_is_taken() {
        byte[] json = carafe.call("features").out().getBytes(StandardCharsets.UTF_8);
        // An option that were passed to the file system instead would not be in the plan's way, but tmpfs would refuse it.
        for (String option : FeaturesJson.read(json, 0, json.length).mountOptions().orElseThrow()) {
            assertFalse(option.isBlank() || option.contains("="), option);
        }
    }

    @Test
    void a_plan_tells_every_step_and_does_none_even_without_root() throws IOException {
        Bundle bundle = Bundle.in(directory).config(config -> config.withHostname("planned"));
        List<Path> before = files();
        Carafe user = carafe.asOrdinaryUser();
        String plan = user.call("plan", bundle.path().toString()).succeeds().out();
        for (String step : List.of("make a namespace: pid", "bind root.path " + bundle.rootfs(), "mount proc on /proc", "pivot_root",
                "mask /proc/kcore", "set the host name planned", "become user 0, group 0", "execute sh")) {
            assertTrue(plan.contains(step), step + " in " + plan);
        }
        assertTrue(plan.indexOf("mount proc on /proc") < plan.indexOf("pivot_root") && plan.indexOf("pivot_root") < plan.indexOf("mask"), plan);
        String json = user.call("plan", "--format", "json", bundle.path().toString()).succeeds().out();
        assertTrue(json.startsWith("{\n\t\"cgroup\": [\n") && json.contains("\"mount proc on /proc\""), json);
        assertEquals(before, files(), "nothing was made");
        assertFalse(Files.exists(carafe.root()));
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.sorted().toList();
        }
    }

    @Test
    void a_plan_of_a_wrong_document_is_its_complaint() {
        Bundle bundle = Bundle.in(directory).process(process -> process.withCwd("tmp"));
        assertTrue(carafe.call("plan", bundle.path().toString()).fails().contains("process.cwd"));
    }

    @Test
    void the_version_is_as_docker_and_go_runc_parse_it() throws Exception {
        Process ask = new ProcessBuilder("../toolchain/commit").start();
        boolean known = ask.getInputStream().readAllBytes().length > 0;
        for (String flag : List.of("--version", "-v")) {
            List<String> lines = carafe.call(flag).succeeds().out().lines().toList();
            assertTrue(lines.get(0).matches("carafe version \\S+"), lines.get(0));
            assertEquals(known ? 3 : 2, lines.size());
            assertTrue(!known || lines.get(1).matches("commit: [0-9a-f]{40}(-dirty)?"), lines.get(1));
            assertEquals("spec: " + OciVersion.CURRENT, lines.get(lines.size() - 1));
        }
    }

    @Test
    void a_root_that_was_named_and_is_not_there_is_told() {
        String absent = directory.resolve("absent").toString();
        for (String format : List.of("table", "json")) {
            Carafe.Result result = Carafe.in(Path.of(absent)).call("list", "--format", format);
            assertTrue(result.fails().contains(absent + ": ENOENT"), result::toString);
        }
        // The default one may not have been made yet.
        Carafe.Result result = carafe.behind("unshare", "--mount", "--propagation", "private", "sh", "-c",
                "mount -t tmpfs none /run && exec $0 list -q").call();
        assertEquals("", result.succeeds().out());
    }

    @Test
    void words_that_are_no_UTF_8_are_the_bytes_that_they_are() throws Exception {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        String script = "d=$(printf 'x\\377'); mkdir \"$0/$d\" && cp -a \"$1/.\" \"$0/$d/\" && cd \"$0\" && "
                + "$2 --root \"$0/r$d\" run --detach --bundle \"$0/$d\" $3 && test -d \"$0/r$d/$3\" && "
                + "$2 --root \"$0/r$d\" exec $3 echo \"$d\" && $2 --root \"$0/r$d\" delete --force $3 && test ! -e \"$0/r$d/$3\"";
        Process shell = new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sh", "-c", script, directory.toString(),
                bundle.path().toString(), carafe.binary().toString(), bundle.id()).redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile())
                .start();
        assertEquals("x\u00ff\n", new String(shell.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1));
        assertEquals(0, shell.waitFor());
    }

    @Test
    void help_is_a_flag_and_a_verb() {
        assertEquals(carafe.call("--help").succeeds().out(), carafe.call("help").succeeds().out());
        assertEquals(carafe.call("run", "--help").succeeds().out(), carafe.call("help", "run").succeeds().out());
    }

    @Test
    void the_completion_of_bash_completes() throws Exception {
        Path script = directory.resolve("completion");
        Files.writeString(script, carafe.call("completion", "bash").succeeds().out());
        Process bash = new ProcessBuilder("bash", "-c", ". " + script + "; COMP_WORDS=(carafe upd); COMP_CWORD=1; _carafe; echo ${COMPREPLY[@]};"
                + "COMP_WORDS=(carafe kill --a); COMP_CWORD=2; _carafe; echo ${COMPREPLY[@]}").start();
        assertEquals("update\n--all\n", new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }

    @Test
    void another_configuration_may_stand_beside_config_json() throws IOException {
        Bundle bundle = Bundle.in(directory).script("echo other; sleep 1000");
        Files.move(bundle.path().resolve("config.json"), bundle.path().resolve("other.json"));
        bundle.save("{}");
        carafe.call("create", "--config", "other.json", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        carafe.call("start", bundle.id()).succeeds();
        assertEquals("/", carafe.call("exec", bundle.id(), "/bin/pwd").succeeds().out().strip());
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertTrue(carafe.call("run", "-f", "none.json", "-b", bundle.path().toString(), bundle.id()).fails().contains("none.json: ENOENT"));
    }

    @Test
    void without_a_cgroup_of_its_own_it_stays_in_the_callers() throws IOException {
        Bundle bundle = Bundle.in(directory).script("cat /proc/self/cgroup");
        Set<String> own = Set.copyOf(Files.readAllLines(Path.of("/proc/self/cgroup")));
        bundle.linux(linux -> linux.withNamespaces(linux.namespaces().stream()
                .filter(namespace -> namespace.type() != io.carafe.spec.linux.NamespaceType.CGROUP).toList()));
        String cgroups = carafe.call("--cgroup-manager", "disabled", "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds().out();
        assertEquals(own, Set.copyOf(cgroups.lines().toList()));
    }

    @Test
    void several_containers_are_deleted_at_once() {
        Bundle one = Bundle.in(directory).args("/bin/sleep", "1000");
        Bundle other = Bundle.in(directory).args("/bin/sleep", "1000");
        for (Bundle bundle : List.of(one, other)) {
            carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        }
        assertTrue(carafe.call("delete", one.id(), other.id()).fails().contains(one.id() + " that is not stopped: created"));
        carafe.call("delete", "--force", one.id(), other.id()).succeeds();
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void containers_are_killed_and_deleted_by_a_pattern_and_no_other() {
        Bundle bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        String web1 = bundle.id() + "-web-1";
        String web2 = bundle.id() + "-web-2";
        String db1 = bundle.id() + "-db-1";
        try {
            for (String id : List.of(web1, web2, db1)) {
                carafe.call("run", "--detach", "--bundle", bundle.path().toString(), id).succeeds();
            }
            carafe.call("kill", "--regex", "web-[0-9]$", "KILL").succeeds();
            for (String id : List.of(web1, web2)) {
                while (!carafe.call("state", id).succeeds().out().contains("\"stopped\"")) {
                    Thread.onSpinWait();
                }
            }
            assertTrue(carafe.call("kill", "--regex", "1$", "0").fails().contains("container not running"));
            assertTrue(carafe.call("delete", "--regex", "1$").fails().contains(db1 + " that is not stopped"));
            assertEquals(db1 + "\n" + web2 + "\n", carafe.call("list", "-q").out());
        } finally {
            carafe.call("delete", "--force", "--regex", ".").succeeds();
        }
        assertEquals("", carafe.call("list", "-q").out());
        carafe.call("delete", "--regex", "none").succeeds();
        assertTrue(carafe.call("delete", "--regex", "(").fails().contains("--regex: expected a regular expression, found \"(\""));
    }
}
