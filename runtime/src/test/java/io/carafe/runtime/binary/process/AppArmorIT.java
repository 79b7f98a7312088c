package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Profiles of AppArmor where the kernel has it: the confinement itself, of the container and of further processes. */
@Tag("guest")
@Tag("short")
@ExtendWith(HostUnchanged.class)
class AppArmorIT {

    private static final Path PARSER = Path.of("/usr/sbin/apparmor_parser");
    private static final String RULES = " flags=(attach_disconnected) { file, capability, signal, network, mount, ptrace, unix, ";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void profiles() throws Exception {
        assumeTrue(Files.exists(Path.of("/sys/kernel/security/apparmor")), "AppArmor is not enabled here");
        assumeTrue(Files.isExecutable(PARSER), "apparmor_parser(8) is not here (Debian's package apparmor)");
        parser("--replace");
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).process(process -> process.withApparmorProfile("carafe-test-one"));
        Files.writeString(bundle.rootfs().resolve("etc/secret"), "told");
    }

    /** Two profiles: under the first a file cannot be read, under the second another. */
    private void parser(String action) throws IOException, InterruptedException {
        Path profiles = Files.writeString(directory.resolve("profiles"), "profile carafe-test-one" + RULES + "deny /etc/secret r, }\n"
                + "profile carafe-test-other" + RULES + "deny /etc/passwd r, }\n");
        assertEquals(0, new ProcessBuilder(PARSER.toString(), action, "--skip-cache", profiles.toString()).inheritIO().start().waitFor());
    }

    @AfterEach
    void removed() throws Exception {
        if (bundle != null) {
            carafe.call("delete", "--force", bundle.id()).succeeds();
            parser("--remove");
        }
    }

    @Test
    void a_container_is_confined_by_its_profile() {
        Carafe.Result result = carafe.run(bundle.script("cat /proc/self/attr/current; cat /etc/passwd > /dev/null && cat /etc/secret"));
        assertEquals("carafe-test-one (enforce)", result.out().strip(), result::toString);
        assertTrue(result.err().contains("Permission denied"), result::toString);
    }

    @Test
    void a_further_process_has_the_containers_profile_or_its_own() {
        carafe.call("run", "--detach", "--bundle", bundle.args("/bin/sleep", "1000").path().toString(), bundle.id()).succeeds();
        String script = "cat /proc/self/attr/current; cat /etc/secret /etc/passwd > /dev/null";
        Carafe.Result own = carafe.call("exec", bundle.id(), "sh", "-c", script);
        assertEquals("carafe-test-one (enforce)", own.out().strip(), own::toString);
        assertTrue(own.err().contains("/etc/secret"), own::toString);
        Carafe.Result other = carafe.call("exec", "--apparmor", "carafe-test-other", bundle.id(), "sh", "-c", script);
        assertEquals("carafe-test-other (enforce)", other.out().strip(), other::toString);
        assertTrue(other.err().contains("/etc/passwd") && !other.err().contains("/etc/secret"), other::toString);
    }

    @Test
    void a_profile_that_is_not_loaded_runs_nothing() {
        bundle.process(process -> process.withApparmorProfile("carafe-test-none")).args("/bin/true");
        assertTrue(carafe.run(bundle).fails().contains("carafe-test-none"));
    }
}
