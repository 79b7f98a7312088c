package io.carafe.conmon.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls by record: what comes of each is what is written here, and the same as with conmon where that is installed. */
class RecordIT {

    @TempDir
    Path directory;

    @BeforeAll
    static void wants() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
    }

    /** @param exec whether it is a further process. @param script the runtime's. @param expected without the files that each leaves */
    private record Call(String name, boolean exec, List<String> words, String script, String expected) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Call create(String name, String words, String script, String expected) {
        return new Call(name, false, words.isEmpty() ? List.of() : List.of(words.split(" ")), script, expected);
    }

    private static Call exec(String name, String words, String script, String expected) {
        return new Call(name, true, words.isEmpty() ? List.of() : List.of(words.split(" ")), script, expected);
    }

    private static String ends(int code) {
        return "code " + code + "; sync {\"data\": PID}";
    }

    private static String exits(int code) {
        return "; exit " + code + "; persist " + code;
    }

    static Stream<Call> calls() {
        String lines = "printf 'one\\ntwo'; printf 'err\\n' >&2; runs 'exit 3'";
        String many = "i=0; while [ $i -lt 40 ]; do echo line-$i; i=$((i+1)); done >many; cat many; runs true";
        return Stream.of(
                create("output and an exit code", "", lines, ends(3) + "; log stdout F one|stdout P two|stderr F err" + exits(3)),
                create("a signal", "", "runs 'kill -9 $$'", ends(137) + exits(137)),
                create("empty lines", "", "printf '\\n\\nx\\n'; runs true", ends(0) + "; log stdout F |stdout F |stdout F x" + exits(0)),
                create("a line that is longer than a read", "", "head -c 20000 /dev/zero | tr '\\0' x; echo; runs true",
                        ends(0) + "; log stdout P " + "x".repeat(8192) + "|stdout P " + "x".repeat(8192) + "|stdout F " + "x".repeat(3616) + exits(0)),
                create("a runtime that fails with words", "", "printf 'a \"b\" \\\\ c\\td\\001\\n' >&2; exit 1",
                        "code 1; sync {\"data\": -1, \"message\": \"a \\\"b\\\" \\\\ c\\td\\u0001\\n\"}"),
                create("a runtime that fails without a word", "", "exit 1", "code 1"),
                create("a runtime that is killed", "", "echo why >&2; kill -9 $$", "code 1; sync {\"data\": -1, \"message\": \"why\\n\"}"),
                create("no log", "-l none", "echo lost; runs true", ends(0) + "; log stdout F lost" + exits(0)),
                create("a log that may not be larger", "--log-size-max 500", many, ends(0) + "; log " + numbered(36, 40) + exits(0)),
                create("logs that may not be larger in all", "--log-global-size-max 500", many, ends(0) + "; log " + numbered(0, 10) + exits(0)),
                create("a time limit", "-T 1", "runs 'exec sleep 1000'", "code 255; sync {\"data\": PID}" + exits(-1)),
                create("an exit command", "--exit-command /bin/sh --exit-command-arg -c --exit-command-arg echo$IFS$-$IFS$#>DIR/told",
                        "runs 'exit 4'", ends(4) + exits(4) + "; told 0"),
                create("stdin that nobody writes to", "", "runs 'cat; echo end'", ends(0) + "; log stdout F end" + exits(0)),
                create("a process that is another's, or has been reaped", "", "sh -c 'exit 3' & p=$!; wait $p; printf %s $p >$pid",
                        "code 255; sync {\"data\": PID}" + exits(-1)),
                exec("a further process", "", "echo out; runs 'exit 6'", "code 6; sync {\"data\": PID}|{\"data\": 6}; log stdout F out" + exits(6)),
                exec("a further process that is attached to", "--exec-attach", "echo out; runs 'exit 6'",
                        "code 6; sync {\"data\": PID}|{\"data\": 6}; attached {\"data\": 0}; log stdout F out" + exits(6)),
                exec("a further process with a time limit", "-T 1", "runs 'exec sleep 1000'",
                        "code 255; sync {\"data\": PID}|{\"data\": -1, \"message\": \"command timed out\"}" + exits(-1)),
                exec("a further process that cannot be", "", "echo no such thing >&2; exit 1",
                        "code 1; sync {\"data\": -1, \"message\": \"no such thing\\n\"}"));
    }

    private static String numbered(int from, int to) {
        List<String> lines = new ArrayList<>();
        for (int i = from; i < to; i++) {
            lines.add("stdout F line-" + i);
        }
        return String.join("|", lines);
    }

    private String outcome(Path binary, Call call, String place) throws Exception {
        Monitored monitored = new Monitored(binary, directory.resolve(place)).runtime(call.script);
        String[] further = call.words.toArray(String[]::new);
        return monitored.outcome(monitored.run(call.exec ? monitored.exec(further) : monitored.create(further)));
    }

    @ParameterizedTest
    @MethodSource("calls")
    void what_comes_of_a_call_is_what_comes_of_it_with_conmon(Call call) throws Exception {
        String ours = outcome(Monitored.ours(), call, "ours");
        if (!call.expected.isEmpty()) {
            String[] parts = ours.split("; files ");
            assertEquals(call.expected, parts[0]);
        }
        if (Monitored.conmon().isPresent()) {
            // A call that fails leaves conmon's socket behind.
            assertEquals(outcome(Monitored.conmon().get(), call, "peer").replace("bundle/attach=rwx------ ", ""), ours);
        }
    }
}
