package io.carafe.runtime.binary.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every two verbs at once on one container: each does what it is for, or says in one line what is so; the container is something that
 * it can be, and nothing is left of it.
 *
 * <p>-Dcarafe.races.rounds=100 does each pair a hundred times ({@code make races}); else twice.
 */
@ExtendWith(HostUnchanged.class)
class VerbPairsIT {

    private static final int ROUNDS = Integer.getInteger("carafe.races.rounds", 2);

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    /** What the container is before the two. */
    private enum Before { ABSENT, CREATED, RUNNING, PAUSED, STOPPED }

    /** A verb: from where it does what it is for, and the words of each other answer. */
    private enum Call {
        CREATE(Set.of(Before.ABSENT), List.of("create", "--bundle", "BUNDLE", "ID"), "already exists", "was deleted while it was created",
                "the init was killed by signal 9"),
        RUN(Set.of(Before.ABSENT), List.of("run", "--detach", "--bundle", "BUNDLE", "ID"), "already exists", "was deleted while it was created",
                "the init was killed by signal 9"),
        START(Set.of(Before.CREATED), List.of("start", "ID"), "cannot start a container that", "cannot start a container in the",
                "the init was killed before it could run the program"),
        EXEC(Set.of(Before.CREATED, Before.RUNNING), List.of("exec", "ID", "/bin/true"), "cannot exec in a", "was killed by signal 9",
                "join the container's namespaces: ESRCH"),
        KILL_TERM(Set.of(Before.CREATED, Before.RUNNING, Before.PAUSED), List.of("kill", "ID", "TERM"), "container not running"),
        KILL(Set.of(Before.CREATED, Before.RUNNING, Before.PAUSED), List.of("kill", "ID", "KILL"), "container not running"),
        KILL_ALL(Set.of(Before.CREATED, Before.RUNNING, Before.PAUSED), List.of("kill", "--all", "ID", "KILL"), "container not running"),
        PAUSE(Set.of(Before.CREATED, Before.RUNNING), List.of("pause", "ID"), "container not running"),
        RESUME(Set.of(Before.PAUSED), List.of("resume", "ID"), "container not paused"),
        UPDATE(Set.of(Before.CREATED, Before.RUNNING, Before.PAUSED), List.of("update", "--pids-limit", "50", "ID"), "container not running"),
        EVENTS(Set.of(Before.CREATED, Before.RUNNING, Before.PAUSED), List.of("events", "--stats", "ID"), "container not running"),
        PS(Set.of(Before.values()), List.of("ps", "--format", "json", "ID")),
        STATE(Set.of(Before.values()), List.of("state", "ID")),
        LIST(Set.of(Before.values()), List.of("list", "--format", "json")),
        DELETE(Set.of(Before.STOPPED), List.of("delete", "ID"), "that is not stopped"),
        DELETE_FORCE(Set.of(Before.values()), List.of("delete", "--force", "ID"));

        private final Set<Before> from;
        private final List<String> words;
        private final List<String> answers;

        Call(Set<Before> from, List<String> words, String... answers) {
            this.from = from;
            this.words = words;
            this.answers = List.of(answers);
        }

        private String[] line(Bundle bundle) {
            return words.stream().map(word -> word.equals("ID") ? bundle.id() : word.equals("BUNDLE") ? bundle.path().toString() : word)
                    .toArray(String[]::new);
        }

        private boolean makes() {
            return this == CREATE || this == RUN;
        }

        /** All of them may find no container, or one that another is creating or deleting. */
        private boolean mayAnswer(Carafe.Result result) {
            // The program that an exec runs may be killed with the others.
            if (result.code() == 0 || this == EXEC && result.code() == 128 + 9) {
                return result.err().isEmpty();
            }
            boolean isOneLine = result.code() == (this == EXEC ? 255 : 1) && result.err().lines().count() == 1;
            return isOneLine && (answers.stream().anyMatch(result.err()::contains)
                    || !makes() && this != LIST && this != DELETE_FORCE
                    && (result.err().contains("does not exist") || result.err().contains("has no state: it is being created or deleted")));
        }
    }

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
    }

    private void bring(Before before) throws InterruptedException {
        if (before != Before.ABSENT) {
            carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        }
        if (before == Before.RUNNING || before == Before.PAUSED) {
            carafe.call("start", bundle.id()).succeeds();
        }
        if (before == Before.PAUSED) {
            carafe.call("pause", bundle.id()).succeeds();
        }
        if (before == Before.STOPPED) {
            carafe.call("kill", bundle.id(), "KILL").succeeds();
            for (int i = 0; i < 6000 && !carafe.call("state", bundle.id()).out().contains("\"stopped\""); i++) {
                Thread.sleep(5);
            }
        }
    }

    @TestFactory
    Stream<DynamicTest> two_verbs_at_once_do_what_they_are_for_or_say_what_is_so() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Call one : Call.values()) {
            for (Call other : Call.values()) {
                if (one.ordinal() <= other.ordinal()) {
                    tests.add(DynamicTest.dynamicTest(one + " and " + other, () -> run(one, other)));
                }
            }
        }
        return tests.stream();
    }

    private void run(Call one, Call other) throws Exception {
        // Where either does what it is for; each in its turn.
        List<Before> befores = Stream.of(Before.values()).filter(before -> one.from.contains(before) || other.from.contains(before)).toList();
        List<Before> chosen = befores.size() == Before.values().length && (one.from.size() < befores.size() || other.from.size() < befores.size())
                ? befores.stream().filter(before -> (one.from.size() < other.from.size() ? one : other).from.contains(before)).toList() : befores;
        TreeMap<String, Integer> outcomes = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Before before = chosen.get(round % chosen.size());
            bring(before);
            try {
                outcomes.merge(before + " " + atOnce(before, one, other), 1, Integer::sum);
            } finally {
                carafe.call("delete", "--force", bundle.id()).succeeds();
            }
            assertFalse(Files.exists(carafe.root().resolve(bundle.id())));
        }
        System.out.println(one + " and " + other + ": " + outcomes);
    }

    /** @return the exit code of each */
    private String atOnce(Before before, Call one, Call other) {
        Process first = carafe.start(one.line(bundle));
        Process second = carafe.start(other.line(bundle));
        if (one == Call.PAUSE || other == Call.PAUSE) {
            // A program that has come into the paused container is paused as well: what waits for it ends when it goes on.
            await(one == Call.PAUSE ? first : second);
            carafe.call("resume", bundle.id());
        }
        Carafe.Result ofOne = carafe.finish(first, one.line(bundle));
        Carafe.Result ofOther = carafe.finish(second, other.line(bundle));
        assertTrue(one.mayAnswer(ofOne), () -> before + ", beside " + other + ": " + ofOne);
        assertTrue(other.mayAnswer(ofOther), () -> before + ", beside " + one + ": " + ofOther);
        isOneOfThem(before, one, ofOne, other, ofOther);
        isSomethingThatItCanBe(one, other, ofOne, ofOther);
        return ofOne.code() + " " + ofOther.code();
    }

    private static void await(Process process) {
        try {
            assertTrue(process.waitFor(2, TimeUnit.MINUTES));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** What can be done once is done once. */
    private void isOneOfThem(Before before, Call one, Carafe.Result ofOne, Call other, Carafe.Result ofOther) {
        int successes = (ofOne.code() == 0 ? 1 : 0) + (ofOther.code() == 0 ? 1 : 0);
        boolean once = before == Before.ABSENT && one.makes() && other.makes() || before == Before.CREATED && one == Call.START && other == Call.START
                || before == Before.STOPPED && one == Call.DELETE && other == Call.DELETE;
        if (once) {
            assertEquals(1, successes, () -> before + "\n" + ofOne + "\n" + ofOther);
        }
    }

    private void isSomethingThatItCanBe(Call one, Call other, Carafe.Result ofOne, Carafe.Result ofOther) {
        Carafe.Result state = carafe.call("state", bundle.id());
        if (state.code() != 0) {
            assertTrue(state.fails().contains("does not exist"), () -> one + " and " + other + "\n" + ofOne + "\n" + ofOther + "\n" + state);
            return;
        }
        String status = state.out().lines().filter(line -> line.contains("\"status\"")).findFirst().orElseThrow().split("\"")[3];
        assertTrue(Set.of("created", "running", "paused", "stopped").contains(status), state::toString);
        if ((one == Call.DELETE_FORCE || other == Call.DELETE_FORCE) && !one.makes() && !other.makes()) {
            assertEquals("", state.out(), "it was deleted");
        }
    }
}
