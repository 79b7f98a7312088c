package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
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

    @TestFactory
    Stream<DynamicTest> delete_can_be_done_again_whichever_call_failed() {
        return everyCallOf(new String[] {"delete", "--force", bundle.id()}, ERRNOS,
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(),
                () -> carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds());
    }

    @TestFactory
    Stream<DynamicTest> run_leaves_nothing_whichever_call_fails() {
        bundle.args("/bin/true");
        return everyCallOf(new String[] {"run", "--bundle", bundle.path().toString(), bundle.id()}, List.of("EIO"),
                result -> carafe.call("delete", "--force", bundle.id()).succeeds(), () -> { });
    }

    private interface Aftermath {
        void of(Carafe.Result result);
    }

    /** A test for each stage of the call and each errno; each fails one call after the other until the call has no more. */
    private Stream<DynamicTest> everyCallOf(String[] words, List<String> errnos, Aftermath aftermath, Runnable before) {
        List<DynamicTest> tests = new ArrayList<>();
        for (String stage : List.of("parent", "init")) {
            for (String errno : errnos) {
                tests.add(DynamicTest.dynamicTest(words[0] + " " + stage + " " + errno, () -> {
                    int calls = 0;
                    boolean more = true;
                    for (int n = 1; more; n++) {
                        before.run();
                        Path report = directory.resolve("report");
                        Files.deleteIfExists(report);
                        Carafe.Result result = Carafe.faulty(root, stage + ":" + n + ":" + errno, report).call(words);
                        more = Files.exists(report);
                        calls += more ? 1 : 0;
                        try {
                            aftermath.of(result);
                            assertNothingIsLeft();
                        } catch (AssertionError e) {
                            throw new AssertionError("call " + n + " of " + stage + " failed with " + errno + ": "
                                    + (more ? Files.readString(report) : "") + "\n" + result, e);
                        }
                    }
                    System.out.println(words[0] + ": each of " + calls + " calls of " + stage + " failed once with " + errno);
                    assertTrue(calls > 0 || stage.equals("init"), "no call failed");
                }));
            }
        }
        return tests.stream();
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
