package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.runtime.binary.seccomp.ContainerProfiles;
import io.carafe.spec.Mount;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.TimeOffset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every call to the kernel fails once, and the creator is killed at every call: nothing is left behind.
 *
 * <p>Uses the image whose door can fail (FaultyCarafe). A failure that the code knows a way around is fine, too: then the operation
 * succeeds, and its container can be deleted.
 */
@ExtendWith(HostUnchanged.class)
class FaultIT {

    /** Some errno that no fallback waits for, and two that some do. */
    private static final List<String> ERRNOS = List.of("EIO", "EPERM", "ENOSYS");

    @TempDir
    private Path directory;
    private Path root;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        root = directory.resolve("root");
        carafe = Carafe.in(root);
        // With a filter, so that its steps are among the calls.
        bundle = Bundle.in(directory).args("/bin/sleep", "1000").linux(linux -> linux.withSeccomp(ContainerProfiles.likeDockers()));
    }

    @TestFactory
    Stream<DynamicTest> create_leaves_nothing_whichever_call_fails() {
        return everyCallOf(new String[] {"create", "--bundle", bundle.path().toString(), bundle.id()}, ERRNOS, result -> {
            if (result.code() == 0) {
                carafe.call("delete", "--force", bundle.id()).succeeds();
            } else {
                assertEquals(1, result.code(), result::toString);
                assertFalse(result.err().isBlank(), result::toString);
            }
        }, () -> { });
    }

    @TestFactory
    Stream<DynamicTest> a_creator_that_is_killed_leaves_nothing_that_delete_force_does_not_remove() {
        return everyCallOf(new String[] {"create", "--bundle", bundle.path().toString(), bundle.id()}, List.of("KILL"),
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(), () -> { });
    }

    @TestFactory
    Stream<DynamicTest> start_leaves_a_container_that_can_be_deleted_whichever_call_fails() {
        return everyCallOf(new String[] {"start", bundle.id()}, ERRNOS,
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(),
                () -> carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds());
    }

    /** What an init does when it is started is in the same stage as its creation: it is the same process. */
    @TestFactory
    Stream<DynamicTest> an_init_that_fails_when_it_is_started_tells_and_leaves_nothing() {
        Path calls = directory.resolve("calls");
        String[] create = {"create", "--bundle", bundle.path().toString(), bundle.id()};
        Carafe.faulty(root, "", calls).call(create).succeeds();
        int made = CountedCall.parse(text(calls)).size();
        carafe.call("start", bundle.id()).succeeds();
        List<CountedCall> all = CountedCall.parse(text(calls));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        List<DynamicTest> tests = new ArrayList<>();
        for (String outcome : ERRNOS) {
            tests.add(DynamicTest.dynamicTest("each of the " + (all.size() - made) + " calls of a started init gives " + outcome, () -> {
                for (CountedCall call : all.subList(made, all.size())) {
                    String fault = call.stage() + ":" + call.number() + ":" + outcome;
                    Carafe.Result created = Carafe.faulty(root, fault, directory.resolve(fault)).call(create);
                    Carafe.Result started = carafe.call("start", bundle.id());
                    try {
                        // A create that made more calls than the one that was counted met the fault itself: then it tells, too.
                        assertEquals(created.code() == 0 ? "" : "carafe: create ", created.err().substring(0, Math.min(15, created.err().length())));
                        assertEquals(started.code() == 0 ? "" : "carafe: start ", started.err().substring(0, Math.min(14, started.err().length())));
                        carafe.call("delete", "--force", bundle.id()).succeeds();
                        assertNothingIsLeft();
                    } catch (AssertionError e) {
                        throw new AssertionError(fault + " (" + call.name() + ")\n" + created + started, e);
                    }
                }
            }));
        }
        return tests.stream();
    }

    @TestFactory
    Stream<DynamicTest> delete_can_be_done_again_whichever_call_failed() {
        return everyCallOf(new String[] {"delete", "--force", bundle.id()}, ERRNOS,
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(),
                () -> carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds());
    }

    @TestFactory
    Stream<DynamicTest> exec_leaves_no_process_whichever_call_fails() {
        return everyCallOf(new String[] {"exec", bundle.id(), "/bin/true"}, ERRNOS, result -> {
            assertEquals(1, text(Path.of("/sys/fs/cgroup/pids", bundle.id(), "cgroup.procs")).lines().count(), "processes of the container");
            carafe.call("delete", "--force", bundle.id()).succeeds();
            if (result.code() != 0) {
                assertFalse(result.err().isBlank(), result::toString);
            }
        }, () -> carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds());
    }

    @TestFactory
    Stream<DynamicTest> run_leaves_nothing_whichever_call_fails() {
        bundle.args("/bin/true");
        return everyCallOf(new String[] {"run", "--bundle", bundle.path().toString(), bundle.id()}, List.of("EIO"),
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(), () -> { });
    }

    /** A user namespace, a network of others and an id-mapped volume: two more children, one of which is the init's forerunner. */
    @TestFactory
    Stream<DynamicTest> run_in_mapped_and_joined_namespaces_leaves_nothing_whichever_call_fails() throws Exception {
        Path volume = Files.createDirectory(directory.resolve("volume"));
        List<IdMapping> ids = List.of(new IdMapping(0, 100_000, 65536));
        bundle.writable().args("/bin/true").linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.removeIf(one -> one.type() == NamespaceType.NETWORK);
            namespaces.add(new Namespace(NamespaceType.NETWORK, Optional.of("/proc/self/ns/net")));
            namespaces.add(Namespace.of(NamespaceType.USER));
            namespaces.add(Namespace.of(NamespaceType.TIME));
            return linux.withNamespaces(namespaces).withMappings(ids, ids).withTimeOffsets(Map.of("boottime", new TimeOffset(5, 0)));
        }).config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of("/v", "none", volume.toString(), "bind", "idmap"));
            return config.withMounts(mounts);
        });
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.rootfs().toString()).start().waitFor());
        String[] run = {"run", "--bundle", bundle.path().toString(), bundle.id()};
        carafe.call(run).succeeds();
        return everyCallOf(run, List.of("EIO"), result -> carafe.call("delete", "--force", bundle.id()).succeeds(), () -> { });
    }

    @TestFactory
    Stream<DynamicTest> run_on_a_terminal_leaves_nothing_whichever_call_fails() {
        bundle.process(process -> process.withTerminal(true)).args("/bin/true");
        return everyCallOf(new String[] {"run", "--bundle", bundle.path().toString(), bundle.id()}, List.of("EIO"),
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(), () -> { });
    }

    private interface Aftermath {
        void of(Carafe.Result result);
    }

    /** A test for each stage of a call, which is one process at one executable, and each errno; it fails one call after the other. */
    private Stream<DynamicTest> everyCallOf(String[] words, List<String> outcomes, Aftermath aftermath, Runnable before) {
        Map<String, List<CountedCall>> stages = new LinkedHashMap<>();
        before.run();
        Path calls = directory.resolve("calls");
        aftermath.of(Carafe.faulty(root, "", calls).call(words));
        CountedCall.parse(text(calls)).forEach(call -> stages.computeIfAbsent(call.stage(), stage -> new ArrayList<>()).add(call));
        List<DynamicTest> tests = new ArrayList<>();
        stages.forEach((stage, counted) -> {
            for (String outcome : outcomes) {
                tests.add(DynamicTest.dynamicTest(words[0] + ": each of the " + counted.size() + " calls of " + stage + " gives " + outcome,
                        () -> counted.forEach(call -> fail(call, outcome, words, aftermath, before))));
            }
        });
        return tests.stream();
    }

    private void fail(CountedCall call, String outcome, String[] words, Aftermath aftermath, Runnable before) {
        before.run();
        String fault = call.stage() + ":" + call.number() + ":" + outcome;
        Path calls = directory.resolve(fault);
        Carafe.Result result = Carafe.faulty(root, fault, calls).call(words);
        try {
            aftermath.of(result);
            assertNothingIsLeft();
        } catch (AssertionError | IOException e) {
            throw new AssertionError(fault + " (" + call.name() + ")\n" + result, e);
        } finally {
            carafe.call("delete", "--force", bundle.id()); // the next fault starts afresh, whatever this one left
        }
        calls.toFile().delete();
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void assertNothingIsLeft() throws IOException {
        try (Stream<Path> states = Files.exists(root) ? Files.list(root) : Stream.empty()) {
            assertEquals(List.of(), states.filter(Files::isDirectory).toList(), "state directories");
        }
        try (Stream<Path> hierarchies = Files.list(Path.of("/sys/fs/cgroup"))) {
            assertEquals(List.of(), hierarchies.map(hierarchy -> hierarchy.resolve(bundle.id())).filter(Files::exists).toList(), "cgroups");
        }
        assertEquals(List.of(), processesOf(bundle.path().toString()), "processes");
    }

    /** Processes whose command line names the bundle: inits and what they run. */
    private static List<String> processesOf(String bundle) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> proc = Files.list(Path.of("/proc"))) {
            for (Path process : proc.filter(path -> Character.isDigit(path.getFileName().toString().charAt(0))).toList()) {
                try {
                    String command = Files.readString(process.resolve("cmdline"));
                    if (command.contains(bundle) && !Files.readString(process.resolve("stat")).contains(") Z ")) {
                        found.add(process.getFileName() + " " + command.replace('\0', ' '));
                    }
                } catch (IOException gone) {
                    continue;
                }
            }
        }
        return found;
    }
}
