package io.carafe.runtime.binary.fault;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.door.FaultPoint;
import io.carafe.linux.door.FaultSample;
import io.carafe.linux.door.FaultyKernel.CountedCall;
import io.carafe.runtime.binary.Carafe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;

/**
 * A call of carafe that is made again and again, while another of its system calls fails each time, or kills the process.
 *
 * <p>A failure that the code knows a way around is fine: then the call succeeds, and has done what it was to do.
 *
 * @param name in the report
 * @param before what the call needs, made anew where the last one has used it up
 * @param after what must be so, however the call came out
 */
record Trial(String name, Remains remains, Step before, Aftermath after) {

    /** SIGKILL, as a shell tells of it. */
    static final int KILLED = 137;
    private static final int HUNG_UP = 129;
    private static final int NOT_EXECUTED = 255;
    private static final int SHOWN = 12;
    private static final int LONGEST = 400;

    interface Step {
        void make() throws Exception;
    }

    interface Aftermath {
        void of(Carafe.Result result) throws Exception;
    }

    /** A test for each stage of the call: that is one process at one executable. */
    Stream<DynamicTest> of(String... words) throws Exception {
        Path file = remains.directory().resolve("calls");
        for (int i = 0; i < 2; i++) { // the first makes the state root, which the others find
            before.make();
            Files.deleteIfExists(file);
            after.of(remains.faulty("", file).call(words).succeeds());
        }
        Map<String, List<FaultPoint>> stages = FaultPoint.byStage(CountedCall.parse(Files.readString(file)));
        List<DynamicTest> tests = new ArrayList<>();
        stages.forEach((stage, sample) -> tests.add(
                DynamicTest.dynamicTest(name + ": " + stage + ", " + sample.size() + " points", () -> tryAll(stage, sample, words))));
        return tests.stream();
    }

    private void tryAll(String stage, List<FaultPoint> sample, String... words) throws Exception {
        List<String> wrong = new ArrayList<>();
        for (FaultPoint point : sample) {
            tryOne(point, wrong, words);
        }
        FaultSample.report(name + ": " + stage, sample.size(), wrong.size());
        assertTrue(wrong.isEmpty(), () -> wrong.size() + " of " + sample.size() + " points are wrong:\n"
                + String.join("\n", wrong.subList(0, Math.min(SHOWN, wrong.size()))));
    }

    private void tryOne(FaultPoint point, List<String> wrong, String... words) throws Exception {
        before.make();
        Path file = remains.directory().resolve("calls");
        Files.deleteIfExists(file);
        Carafe.Result result = new Carafe.Result(List.of(words), -1, "", "");
        try {
            result = remains.faulty(point.toString(), file).call(words); // an error where it does not end
            // Of what is killed nobody says a word: carafe itself, or the program in the moment in which it becomes it.
            if (!point.outcome().equals(FaultPoint.KILL) || result.code() != KILLED) {
                isClear(result);
            }
            after.of(result);
        } catch (AssertionError | IOException e) {
            wrong.add(point + " " + point.call().name() + ": " + cut(e.getMessage()) + "\n  exit " + result.code() + ", stderr: " + result.err()
                    + "  stdout: " + cut(result.out()));
            remains.clear();
        }
    }

    /** Whether execve(2) itself failed: the end of the container's own process, told on its stderr, or its terminal. */
    static boolean isNotExecuted(Carafe.Result result) {
        return (result.code() == 0 || result.code() == NOT_EXECUTED) && (result.err() + result.out()).lines().anyMatch(line -> line.startsWith("exec /"));
    }

    /** Whether a program ran and was ended by SIGHUP, since its terminal was hung up because of a failure: its code, after a warning. */
    static boolean isHungUp(Carafe.Result result) {
        return result.code() == HUNG_UP && result.err().contains("the process goes on with less");
    }

    private static String cut(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ...";
    }

    /** Warnings, and where the call has failed one error, each a line of plain text. */
    private static void isClear(Carafe.Result result) {
        boolean notExecuted = isNotExecuted(result);
        List<String> errors = result.err().lines().filter(line -> !line.startsWith("carafe: warning: ") && !(notExecuted && line.startsWith("exec /")))
                .toList();
        assertTrue(result.err().isEmpty() || result.err().endsWith("\n"), "an unfinished line on stderr");
        assertEquals(result.code() == 0 || notExecuted || isHungUp(result) ? 0 : 1, errors.size(), "lines on stderr");
        for (String line : errors) {
            assertTrue(line.startsWith("carafe: ") && line.chars().noneMatch(Character::isISOControl), () -> "not a clear line: " + line);
            assertTrue(!line.contains("Exception") && !line.contains("java."), () -> "a line of Java's: " + line);
        }
    }
}
