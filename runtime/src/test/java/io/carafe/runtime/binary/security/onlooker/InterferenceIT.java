package io.carafe.runtime.binary.security.onlooker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A container with CAP_SYS_PTRACE takes the sockets of what carafe has born into its pid namespace, and speaks in its place: it may spoil the
 * call, as by killing the process, and nothing comes of it that carafe does to the host or with the host's rights.
 */
@ExtendWith(HostUnchanged.class)
class InterferenceIT {

    private static final int ROUNDS = Integer.getInteger("onlooker.rounds", 60);
    private static final int MOST_ROUNDS = 50 * ROUNDS;

    @TempDir
    private Path directory;

    private Carafe carafe;
    private Bundle onlooker;

    private void interfere(String which, String bytes) throws Exception {
        carafe = Carafe.in(directory.resolve("root"));
        onlooker = Bundle.in(directory).writable();
        Interferer.into(onlooker);
        List<String> names = List.of("CAP_SYS_PTRACE", "CAP_KILL", "CAP_DAC_OVERRIDE", "CAP_SETUID", "CAP_SETGID");
        onlooker.args("/bin/interfere", which, bytes)
                .process(process -> process.withCapabilities(new Capabilities(names, names, List.of(), names, List.of())));
        carafe.call("run", "--detach", "--bundle", onlooker.path().toString(), onlooker.id()).succeeds();
    }

    @AfterEach
    void remove() {
        if (onlooker != null) {
            carafe.call("delete", "--force", onlooker.id());
        }
    }

    /** What it said, and what was answered. */
    private String end() throws Exception {
        carafe.call("kill", onlooker.id(), "TERM").succeeds();
        Path said = onlooker.rootfs().resolve("tmp/said");
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(3);
        while (!carafe.call("state", onlooker.id()).out().contains("stopped")) {
            assertFalse(System.nanoTime() > deadline, "the onlooker does not end");
            Thread.sleep(20);
        }
        String text = Files.readString(said);
        assumeFalse(text.contains("said 0\n"), "the onlooker was never fast enough");
        return text;
    }

    /** For some rounds, and until the onlooker has been fast enough once. */
    private boolean goesOn(int round) {
        return round < ROUNDS || round < MOST_ROUNDS && !Files.exists(onlooker.rootfs().resolve("tmp/said"));
    }

    /** The complaints of {@code exec}, but for those that tell of the interference. */
    private TreeSet<String> complaints(String... words) {
        TreeSet<String> complaints = new TreeSet<>();
        for (int i = 0; goesOn(i); i++) {
            String err = carafe.call(words).err();
            boolean told = err.isEmpty() || err.contains("another process of its pid namespace has interfered") || err.contains("the init was killed")
                    || err.contains("the init has closed its socket") || err.contains("how is known to who traces it alone");
            if (!told) {
                complaints.add(err);
            }
        }
        return complaints;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"a kind that is none, all, c8", "a kind beyond the last, all, 3c", "READY with a descriptor that nobody asked for, all, 0330",
            "READY with what is no number, all, 03781b", "PARKED, all, 05", "SOURCES, all, 0a", "MOUNTED, all, 01", "no pid, last, 62",
            "what an intermediate says before, last, 73"})
    void what_is_said_in_place_of_a_further_process_is_told_as_that(String what, String which, String bytes) throws Exception {
        interfere(which, bytes);
        assertEquals("[]", complaints("exec", onlooker.id(), "/bin/true").toString(), what);
        end();
    }

    /** Its end is not told to its parent before the tracer has let it go (ptrace(2)). */
    @Test
    void a_process_that_is_traced_beyond_its_end_keeps_no_call_for_ever() throws Exception {
        interfere("hold", "00");
        Path pidFile = directory.resolve("pid");
        int told = 0;
        for (int i = 0; told < 2 && i < MOST_ROUNDS; i++) {
            Carafe.Result result = carafe.call("exec", "--pid-file", pidFile.toString(), onlooker.id(), "/bin/true");
            if (result.code() != 0) {
                assertTrue(result.failsWith(255).contains("how is known to who traces it alone"), result::toString);
                told++;
            }
        }
        end();
        assumeTrue(told > 0, "the onlooker was never fast enough");
    }

    /** Else limits and attributes would be set of any process of the host's, and its pid stand in the pid file and in state.json. */
    @ParameterizedTest
    @CsvSource({"6231", "62373737"})
    void a_pid_that_another_names_is_not_believed(String bytes) throws Exception {
        interfere("last", bytes);
        String named = bytes.equals("6231") ? "1" : "777";
        Path pidFile = directory.resolve("pid");
        for (int i = 0; goesOn(i); i++) {
            if (carafe.call("exec", "--pid-file", pidFile.toString(), onlooker.id(), "/bin/true").code() == 0) {
                assertFalse(Files.readString(pidFile).equals(named), "round " + i);
            }
        }
        end();
    }

    /** Who opens with the host's rights would answer in a mount namespace of the onlooker's choice. */
    @ParameterizedTest
    @CsvSource({"all, 0a", "last, 73"})
    void nothing_is_opened_with_the_hosts_rights_for_another_process(String which, String bytes) throws Exception {
        interfere(which, bytes);
        String pid = carafe.call("state", onlooker.id()).succeeds().out().replaceAll("(?s).*\"pid\": *(\\d+).*", "$1");
        Bundle peer = Bundle.in(directory).args("/bin/true").linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>();
            for (Namespace namespace : linux.namespaces()) {
                namespaces.add(namespace.type() == NamespaceType.PID
                        ? new Namespace(NamespaceType.PID, Optional.of("/proc/" + pid + "/ns/pid")) : namespace);
            }
            return linux.withNamespaces(namespaces);
        });
        for (int i = 0; goesOn(i); i++) {
            carafe.call("run", "--bundle", peer.path().toString(), peer.id());
            carafe.call("delete", "--force", peer.id()).succeeds();
        }
        assertTrue(end().contains("answered 0\n"));
    }
}
