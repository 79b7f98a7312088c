package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Process;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Labels where their security module is not enabled: nothing runs without the confinement that was asked for. */
@ExtendWith(HostUnchanged.class)
class LabelsIT {

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private static void needsNoApparmor() {
        assumeFalse(Files.exists(Path.of("/sys/kernel/security/apparmor")), "AppArmor is enabled here");
    }

    private static void needsNoSelinux() {
        assumeFalse(Files.exists(Path.of("/sys/fs/selinux/enforce")), "SELinux is enabled here");
    }

    private void running() {
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    private static void assertTells(String error, String property, String module) {
        assertTrue(error.contains(property + ": " + module + " is not enabled on this machine"), error);
    }

    @Test
    void create_tells_of_a_profile() {
        needsNoApparmor();
        assertTells(carafe.run(bundle.process(process -> process.withApparmorProfile("web"))).fails(), "process.apparmorProfile", "AppArmor");
    }

    @Test
    void create_tells_of_a_context_of_the_process_and_of_the_mounts() {
        needsNoSelinux();
        assertTells(carafe.run(bundle.process(process -> process.withSelinuxLabel("u:r:t:s0"))).fails(), "process.selinuxLabel", "SELinux");
        bundle = Bundle.in(directory).linux(linux -> linux.withMountLabel("u:object_r:t:s0:c1,c2"));
        assertTells(carafe.run(bundle).fails(), "linux.mountLabel", "SELinux");
    }

    @Test
    void exec_tells_of_its_flags() {
        needsNoApparmor();
        needsNoSelinux();
        running();
        assertTells(carafe.call("exec", "--apparmor", "web", bundle.id(), "true").failsWith(255), "process.apparmorProfile", "AppArmor");
        assertTells(carafe.call("exec", "--process-label=u:r:t:s0", bundle.id(), "true").failsWith(255), "process.selinuxLabel", "SELinux");
    }

    @Test
    void exec_tells_of_the_labels_of_its_file() throws IOException {
        needsNoApparmor();
        running();
        Path file = directory.resolve("process.json");
        Files.write(file, ProcessJson.write(Process.of("/", List.of("true"), List.of("PATH=/bin")).withApparmorProfile("web")));
        assertTells(carafe.call("exec", "--process", file.toString(), bundle.id()).failsWith(255), "process.apparmorProfile", "AppArmor");
    }
}
