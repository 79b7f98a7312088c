package io.carafe.conformance.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.conformance.json.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Programs that are no runtimes meet nothing, and one that makes containers and drops what it is told to apply meets none of that. */
class BrokenRuntimesIT {

    /** The properties that the runtime ignores, because its wrapper removes them from config.json. */
    private static final List<String> DROPPED = List.of("linux.resources", "linux.seccomp", "linux.rootfsPropagation", "linux.personality",
            "linux.timeOffsets", "linux.memoryPolicy", "linux.sysctl", "linux.maskedPaths", "linux.readonlyPaths", "process.noNewPrivileges",
            "process.user.umask", "process.user.additionalGids", "process.scheduler", "process.ioPriority", "process.consoleSize",
            "process.rlimits", "domainname", "annotations");

    record Run(int code, String output, Document results) {

        long met() {
            return results.list("/requirements").stream().filter(row -> ((Map<?, ?>) ((Map<?, ?>) row).get("outcomes")).containsValue("pass")).count();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "exit 1 | create: exit 1",
        "exit 0 | state printed nothing",
        "echo 7 } garbage | state printed no JSON",
        "echo [] | state printed no JSON",
        "echo {} | state printed no JSON",
        "echo '{\"pid\": 7777777}' | state says that the process is 7777777, and there is none",
        "head -c 100000 /dev/urandom; head -c 1000 /dev/urandom >&2; exit 3 | create: exit 3",
        "sleep 1000 | create: does not end",
        "yes | create: does not end",
        "yes >&2 | create: does not end",
        "yes & exit 0 | state printed",
        "setsid sleep 3 >/dev/null 2>&1 & exit 0 | state printed nothing",
        "kill -9 $$ | create: exit 137"})
    void a_program_that_makes_no_container_meets_nothing(String script, String why, @TempDir Path directory) throws Exception {
        Run run = ask(program(directory.resolve("runtime"), script), directory, "--limit", "4");
        assertEquals(2, run.code(), run.output());
        assertTrue(run.output().contains("not asked: no container can be made: " + why), run.output());
        assertEquals(0, run.met());
    }

    @Test
    void a_runtime_that_ignores_a_property_meets_none_of_its_requirements(@TempDir Path directory) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "needs /usr/bin/python3, by which the runtime edits config.json");
        String ignoring = program(directory.resolve("ignoring"), "for word; do case $word in */bundle-*) c=$word/config.json;"
                + " [ -f $c ] && python3 -c '\nimport json, sys\nwith open(sys.argv[1]) as f: config = json.load(f)\nfor path in sys.argv[2:]:\n"
                + "    here = config\n    *steps, last = path.split(\".\")\n    for step in steps: here = here.get(step, {})\n"
                + "    here.pop(last, None)\nwith open(sys.argv[1], \"w\") as f: json.dump(config, f)' $c " + String.join(" ", DROPPED)
                + ";; esac; done; exec " + System.getProperty("carafe.binary") + " \"$@\"");
        List<String> only = new ArrayList<>(List.of("--limit", "20"));
        DROPPED.forEach(path -> only.addAll(List.of("--only", (path.startsWith("linux.") ? "config-" : "config.") + path + "*.applied")));
        only.addAll(List.of("--only", "*.enforced"));
        Run run = ask(ignoring, directory, only.toArray(String[]::new));
        assertEquals(1, run.code(), run.output());
        assertFalse(run.output().contains("could not be asked"), run.output());
        assertEquals(0, run.met(), run.output());
    }

    private static String program(Path file, String script) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        return file.toString();
    }

    private static Run ask(String runtime, Path directory, String... options) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp",
                System.getProperty("java.class.path"), "io.carafe.conformance.Main", "--runtime", runtime, "--report", directory.toString()));
        command.addAll(List.of(options));
        Path output = directory.resolve("output");
        int code = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        return new Run(code, Files.readString(output), Document.parse(Files.readString(directory.resolve("results.json"))));
    }
}
