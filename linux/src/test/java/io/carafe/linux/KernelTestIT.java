package io.carafe.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.checks.Check;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same checks as {@link KernelTest}'s and those that need a process of one thread, inside the image kernel-test: as whoever
 * runs the tests, and where that is root as an ordinary user too.
 */
class KernelTestIT {

    private static final int NOBODY = 65534;

    @TempDir
    Path directory;

    @TestFactory
    List<DynamicTest> in_an_image() throws Exception {
        return run(TestImage.kernelTest().toString());
    }

    @TestFactory
    List<DynamicTest> in_an_image_as_an_ordinary_user() throws Exception {
        Path binary = TestImage.kernelTest();
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "only root becomes another user");
        // The tree may lie where another user does not get to, and so may the directory of the JVM's temporary files.
        Path reachable = Files.createTempFile("kernel-test", "");
        try {
            Files.copy(binary, reachable, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
            return run("setpriv", "--reuid", "" + NOBODY, "--regid", "" + NOBODY, "--clear-groups", reachable.toString());
        } finally {
            Files.delete(reachable);
        }
    }

    private List<DynamicTest> run(String... command) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        int exit = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start().waitFor();
        String text = Files.readString(output, StandardCharsets.UTF_8);
        Map<String, String> outcomes = outcomes(text);
        List<DynamicTest> tests = new ArrayList<>();
        for (Check check : Check.all()) {
            tests.add(DynamicTest.dynamicTest(check.name(), () -> judge(outcomes.get(check.name()), text)));
        }
        tests.add(DynamicTest.dynamicTest("the exit code says whether all held",
                () -> assertEquals(text.contains("FAILED ") ? 1 : 0, exit, text)));
        return tests;
    }

    /** The lines of ImageChecks by the names of the checks. */
    private static Map<String, String> outcomes(String text) {
        Map<String, String> outcomes = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            for (Check check : Check.all()) {
                if (line.equals("ok " + check.name()) || line.startsWith("skipped " + check.name() + ": ")
                        || line.startsWith("FAILED " + check.name() + ": ")) {
                    outcomes.put(check.name(), line);
                }
            }
        }
        return outcomes;
    }

    private static void judge(String line, String all) {
        if (line == null) {
            fail("the image did not come to this check; it said:\n" + all);
        } else if (line.startsWith("FAILED ")) {
            fail(line);
        } else if (line.startsWith("skipped ")) {
            abort(line.substring(line.indexOf(": ", line.indexOf(": ") + 1) + 2));
        }
    }
}
