package io.carafe.runtime.binary.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A call of carafe that is stopped (SIGSTOP) at any moment keeps no other waiting: the container is looked at and deleted all the same,
 * and whether the stopped call then goes on or is killed, nothing is left.
 *
 * <p>-Dcarafe.races.rounds=100 stops each verb at every one of its system calls; else at every {@value #STRIDE}th.
 */
@ExtendWith(HostUnchanged.class)
class StoppedIT {

    private static final int STRIDE = 23;
    private static final boolean ALL = Integer.getInteger("carafe.races.rounds", 1) >= 100;

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

    /** A verb, its further words, and what the container is before it. */
    private enum Stopped {
        STATE("running", "state"), LIST("running", "list"), PS("running", "ps", "--format", "json"), EVENTS("running", "events", "--stats"),
        EXEC("running", "exec"), KILL("running", "kill"), KILL_ALL("running", "kill", "--all"), PAUSE("running", "pause"),
        RESUME("paused", "resume"), UPDATE("running", "update", "--pids-limit", "50"), START("created", "start"), CREATE("absent", "create"),
        RUN("absent", "run", "--detach"), DELETE("stopped", "delete"), DELETE_FORCE("running", "delete", "--force");

        private final String before;
        private final List<String> words;
        /** Whether it changes nothing: to others the container is what it was. */
        private final boolean looks;

        Stopped(String before, String... words) {
            this.before = before;
            this.words = List.of(words);
            this.looks = Set.of("state", "list", "ps", "events", "exec", "update").contains(words[0]);
        }

        private String[] line(Bundle bundle) {
            List<String> line = new ArrayList<>(words);
            if (this == CREATE || this == RUN) {
                line.addAll(List.of("--bundle", bundle.path().toString()));
            }
            if (this != LIST) {
                line.add(bundle.id());
            }
            if (this == EXEC) {
                line.add("/bin/true");
            }
            if (this == KILL || this == KILL_ALL) {
                line.add("USR1");
            }
            return line.toArray(String[]::new);
        }
    }

    private void bring(String status) throws InterruptedException {
        if (!status.equals("absent")) {
            carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        }
        if (status.equals("running") || status.equals("paused")) {
            carafe.call("start", bundle.id()).succeeds();
        }
        if (status.equals("paused")) {
            carafe.call("pause", bundle.id()).succeeds();
        }
        if (status.equals("stopped")) {
            carafe.call("kill", bundle.id(), "KILL").succeeds();
            for (int i = 0; i < 6000 && !carafe.call("state", bundle.id()).out().contains("\"stopped\""); i++) {
                Thread.sleep(10);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> a_call_that_is_stopped_at_any_moment_keeps_no_other_waiting() {
        return Stream.of(Stopped.values()).map(verb -> DynamicTest.dynamicTest(verb.name(), () -> {
            bring(verb.before);
            Path calls = Files.createTempFile(directory, "calls", "");
            Carafe.faulty(root, "", calls).call(verb.line(bundle));
            carafe.call("delete", "--force", bundle.id()).succeeds();
            // The program executes itself once more, from its sealed copy, in create, run and exec: then it is called parent+.
            List<CountedCall> counted = CountedCall.parse(Files.readString(calls)).stream()
                    .filter(call -> call.stage().equals("parent") || call.stage().equals("parent+")).toList();
            for (int n = 0; n < counted.size(); n += ALL ? 1 : STRIDE) {
                stop(verb, counted.get(n), n % 2 == 0);
            }
            // The last of all, too: where nothing is left to do but to close.
            stop(verb, counted.get(counted.size() - 1), true);
        }));
    }

    private void stop(Stopped verb, CountedCall at, boolean goesOn) throws Exception {
        bring(verb.before);
        String fault = at.stage() + ":" + at.number() + ":STOP";
        Carafe faulty = Carafe.faulty(root, fault, Files.createTempFile(directory, "calls", "")).behind();
        Process stopped = faulty.start(verb.line(bundle));
        try {
            Stops.awaitStopped(stopped);
            carafe.call("list").succeeds();
            Carafe.Result state = carafe.call("state", bundle.id());
            if (verb.looks) {
                assertTrue(state.succeeds().out().contains("\"status\": \"running\""), state::toString);
                carafe.call("exec", bundle.id(), "/bin/true").succeeds();
            }
            Carafe.Result deleted = carafe.call("delete", "--force", bundle.id());
            assertEquals(0, deleted.code(), () -> verb + " stopped at " + at + ": " + deleted);
        } finally {
            Stops.signal(stopped, goesOn ? "CONT" : "KILL");
        }
        Carafe.Result ended = faulty.finish(stopped, verb.line(bundle));
        // It may have come too late for the deletion: then its container is there now.
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertFalse(Files.exists(root.resolve(bundle.id())), () -> verb + " stopped at " + at + ": " + ended);
        assertFalse(ended.err().contains("Exception"), ended::toString);
    }

    /** The init cannot end before its pid namespace is empty, and the exec's program is a zombie until the exec goes on. */
    @Test
    void an_exec_that_is_stopped_keeps_nobody_from_deleting() throws Exception {
        bring("running");
        Carafe plain = carafe.behind();
        Process exec = plain.start("exec", bundle.id(), "/bin/sh", "-c", "touch /dev/shm/runs; exec sleep 1000");
        while (carafe.call("exec", bundle.id(), "/bin/test", "-e", "/dev/shm/runs").code() != 0) {
            assertTrue(exec.isAlive());
        }
        Stops.signal(exec, "STOP");
        assertTrue(Stops.awaitStopped(exec));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        Stops.signal(exec, "CONT");
        assertEquals(128 + 9, plain.finish(exec, "exec").code());
    }

    @Test
    void an_ordinary_delete_says_who_stands_in_its_way() throws Exception {
        Bundle slow = bundle.config(config -> config.withHooks(Stops.createRuntimeHook(directory)));
        Carafe plain = carafe.behind("setsid");
        Process create = plain.start("create", "--bundle", slow.path().toString(), slow.id());
        Stops.awaitFile(directory.resolve("hook-runs"));
        Stops.signal(create, "STOP");
        assertTrue(Stops.awaitStopped(create));
        assertTrue(carafe.call("delete", slow.id()).fails().contains("process " + create.pid() + ", which does not come to its end"));
        assertTrue(carafe.call("state", slow.id()).succeeds().out().contains("\"status\": \"creating\""));
        carafe.call("kill", slow.id(), "KILL").succeeds();
        carafe.call("delete", "--force", slow.id()).succeeds();
        Files.createFile(directory.resolve("hook-may-end"));
        assertEquals(128 + 9, plain.finish(create, "create").code());
        assertEquals("", carafe.call("list", "-q").succeeds().out());
    }
}
