package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Mount;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The exit codes that docker and podman give for a program that cannot be run: they read them out of the runtime's one line, by rules that are
 * written down here.
 */
@ExtendWith(HostUnchanged.class)
class ExitCodesIT {

    private static final int OTHER = 125;
    private static final int DENIED = 126;
    private static final int NOT_FOUND = 127;
    private static final int NOT_EXECUTED = 255;
    private static final Pattern PODMANS_DENIED = Pattern.compile("(?i)permission denied|operation not permitted");
    private static final Pattern PODMANS_NOT_FOUND = Pattern.compile("(?i)executable file not found in|no such file or directory");

    @TempDir
    private Path directory;
    private Carafe carafe;
    private final List<Bundle> bundles = new ArrayList<>();

    @BeforeEach
    void carafe() {
        carafe = Carafe.in(directory.resolve("root"));
    }

    @AfterEach
    void deleted() {
        bundles.forEach(bundle -> carafe.call("delete", "--force", bundle.id()).succeeds());
    }

    private Bundle bundle() throws IOException {
        Bundle bundle = Bundle.in(directory);
        bundles.add(bundle);
        file(bundle, "bin/denied", "neither", "rw-r--r--");
        file(bundle, "bin/foreign", "\177ELFgarbage", "rwxr-xr-x");
        file(bundle, "bin/orphan", "#!/no/such/interpreter\n", "rwxr-xr-x");
        file(bundle, "bin/text", "neither ELF nor script\n", "rwxr-xr-x");
        Files.createDirectory(bundle.rootfs().resolve("private"));
        file(bundle, "private/program", "#!/bin/sh\n", "rwxr-xr-x");
        Files.setPosixFilePermissions(bundle.rootfs().resolve("private"), PosixFilePermissions.fromString("rwx------"));
        return bundle.process(process -> process.withUser(User.of(1000, 1000)));
    }

    private static void file(Bundle bundle, String name, String text, String mode) throws IOException {
        Files.setPosixFilePermissions(Files.writeString(bundle.rootfs().resolve(name), text), PosixFilePermissions.fromString(mode));
    }

    /** moby's, from its daemon's errors, case and all: 20.10 and later differ in nothing else that is asked here. */
    private static int dockers(String error, String program) {
        return error.contains("not a directory") ? NOT_FOUND
                : error.contains("permission denied") ? DENIED
                : error.contains(program) && (error.contains("executable file not found") || error.contains("no such file or directory"))
                        ? NOT_FOUND : OTHER;
    }

    /** That of {@code docker run}, whose client reads the daemon's answer by itself. */
    private static int clients(String error) {
        return error.contains("executable file not found") || error.contains("no such file or directory") ? NOT_FOUND
                : error.contains("permission denied") || error.contains("is a directory") ? DENIED : OTHER;
    }

    /** podman's, from what its OCI runtime said. */
    private static int podmans(String error) {
        return PODMANS_DENIED.matcher(error).find() ? DENIED : PODMANS_NOT_FOUND.matcher(error).find() ? NOT_FOUND : OTHER;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "/no/such/file    | 127 | 127",
            "nonesuch         | 127 | 127",
            "''               | 127 | 127",
            "relative/x       | 127 | 127",
            "./x              | 127 | 127",
            "/etc/passwd/x    | 127 | 125", // as with runc; of the daemon any ENOTDIR is 127
            "/bin/denied      | 126 | 126",
            "denied           | 126 | 126",
            "/private/program | 126 | 126",
            "/etc             | 126 | 126",
            "/                | 126 | 126",
            ".                | 127 | 127",
    })
    void what_cannot_be_found_or_may_not_be_executed_is_an_error_of_create_and_exec(String program, int daemons, int code) throws IOException {
        Bundle bundle = bundle().args(program);
        String created = carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).fails();
        Bundle running = bundle();
        carafe.call("run", "--detach", "--bundle", running.args("/bin/sleep", "1000").path().toString(), running.id()).succeeds();
        String executed = carafe.call("exec", running.id(), program).failsWith(NOT_EXECUTED);
        for (String error : List.of(created, executed)) {
            assertEquals(daemons, dockers(error, program), error);
            assertEquals(code, clients(error), error);
            assertEquals(code, podmans(error), error);
        }
    }

    /** A working directory that is none. */
    @Test
    void a_file_as_the_working_directory_is_127_for_docker() throws IOException {
        Bundle bundle = bundle().process(process -> process.withCwd("/bin/denied"));
        String error = carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertEquals(NOT_FOUND, dockers(error, "/bin/sh"));
        assertEquals(OTHER, clients(error), error);
    }

    /** docker asks then whether a directory was to be mounted on a file. */
    @ParameterizedTest
    @CsvSource({"/etc/passwd, /tmp", "/etc, /bin/denied"})
    void a_file_on_a_directory_is_127_for_docker(String source, String destination) throws IOException {
        Bundle bundle = bundle().config(config -> {
            List<Mount> mounts = new ArrayList<>(config.mounts());
            mounts.add(Mount.of(destination, "bind", source, "rbind"));
            return config.withMounts(mounts);
        });
        String error = carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertEquals(NOT_FOUND, dockers(error, "/bin/sh"));
        assertEquals(OTHER, clients(error), error);
    }

    @ParameterizedTest
    @CsvSource({"/bin/foreign, exec format error", "/bin/text, exec format error", "/bin/orphan, no such file or directory"})
    void what_the_kernel_cannot_execute_is_the_end_of_the_containers_own_process(String program, String words) throws Exception {
        Bundle attached = bundle().args(program);
        String line = carafe.run(attached).failsWith(NOT_EXECUTED);
        assertTrue(line.startsWith("exec " + program + ": ") && line.contains(words), line);

        Bundle detached = bundle().args(program);
        Path pidFile = directory.resolve("pid");
        Path stderr = directory.resolve("stderr");
        Process create = carafe.builder(List.of(), "create", "--pid-file", pidFile.toString(), "--bundle", detached.path().toString(), detached.id())
                .redirectInput(Path.of("/dev/null").toFile()).redirectOutput(Path.of("/dev/null").toFile()).redirectError(stderr.toFile()).start();
        assertEquals(0, create.waitFor());
        assertEquals("", carafe.call("start", detached.id()).succeeds().err());
        awaitStopped(detached);
        assertTrue(Files.readString(stderr).contains("exec " + program + ": ") && Files.readString(stderr).contains(words), Files.readString(stderr));

        Bundle running = bundle().args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", running.path().toString(), running.id()).succeeds();
        assertTrue(carafe.call("exec", running.id(), program).failsWith(NOT_EXECUTED).contains(words));
        carafe.call("exec", "--detach", "--pid-file", pidFile.toString(), running.id(), program);
        assertTrue(Files.exists(pidFile), "it was a process");
    }

    private void awaitStopped(Bundle bundle) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        while (!carafe.call("state", bundle.id()).succeeds().out().contains("\"stopped\"")) {
            assertFalse(System.nanoTime() > deadline, "the container does not stop");
            Thread.sleep(10);
        }
    }
}
