package io.carafe.runtime.rootfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A plan performed inside a real user namespace, which only a process of its own can have: a second JVM under unshare(1). */
class RootlessTest {

    @TempDir
    Path bundle;

    /** The tests' own: surefire starts them from a jar that only points to it. */
    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private List<String> run(PerformedPlan.Generation generation) throws Exception {
        Files.createDirectory(bundle.resolve("rootfs"));
        Path volume = Files.createDirectory(bundle.resolve("volume"));
        String locked = "mount -t tmpfs -o nosuid,nodev,noexec tmpfs \"$0\" && exec unshare -U -r -m -p -i -f \"$@\"";
        Process process = new ProcessBuilder("unshare", "-m", "sh", "-c", locked, volume.toString(),
                System.getProperty("java.home") + "/bin/java", "-XX:TieredStopAtLevel=1", "-cp", classPath(),
                RootlessProgram.class.getName(), generation.name(), bundle.toString(), volume.toString())
                .redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), output);
        return output.lines().toList();
    }

    private static String line(List<String> output, String start) {
        String found = "";
        for (String line : output) {
            found = line.startsWith(start + " ") ? line : found;
        }
        assertTrue(!found.isEmpty(), start + " is not in " + output);
        return found;
    }

    @ParameterizedTest
    @EnumSource(names = {"NOW", "OF_2018"})
    void an_ordinary_users_tree_keeps_the_flags_that_are_locked(PerformedPlan.Generation generation) throws Exception {
        List<String> output = run(generation);
        assertTrue(line(output, "/ro").contains("ro,nosuid,nodev,noexec"), line(output, "/ro"));
        assertTrue(line(output, "/plain").contains("rw,nosuid,nodev,noexec"), line(output, "/plain"));
        assertEquals("suid EPERM", line(output, "suid"));
        assertEquals("exec EPERM", line(output, "exec"));

        assertTrue(line(output, "/").split(" ")[2].startsWith("ro"), line(output, "/"));
        assertTrue(line(output, "/proc").startsWith("/proc proc "), line(output, "/proc"));
        assertTrue(line(output, "/dev/null").startsWith("/dev/null devtmpfs "), line(output, "/dev/null"));
        assertTrue(line(output, "/sys").split(" ")[2].startsWith("ro"), line(output, "/sys"));
        assertTrue(line(output, "/proc/sys").split(" ")[2].startsWith("ro"), line(output, "/proc/sys"));
        assertEquals("null true", line(output, "null"));

        // The network namespace is another user's; and without mount_setattr(2) what is below cannot all be made read-only.
        assertEquals(generation == PerformedPlan.Generation.NOW ? "bound sysfs true true" : "bound EPERM", line(output, "bound"));
        assertTrue(line(output, "layered").startsWith("layered overlay ") && line(output, "layered").contains("userxattr"),
                line(output, "layered"));
    }
}
