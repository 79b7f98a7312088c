package io.carafe.runtime.binary.security;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.process.User;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The caller has closed some of its standard streams: what carafe opens for itself must not take their numbers, since
 * {@code /proc/self/fd/0/../..} would lead from it to the host.
 */
@ExtendWith(HostUnchanged.class)
class ClosedStreamsIT {

    /** Where the state directory is, seen from a stream that has become it: two steps up lies {@link #directory}. */
    private static final String HOSTS_PROGRAM = "/../../hostbox";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void make() throws IOException {
        Files.copy(Path.of("/bin/busybox"), directory.resolve("hostbox"));
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).writable();
    }

    /** @param redirections of sh, as {@code <&-} */
    private Carafe.Result closing(String redirections, String... words) throws Exception {
        ProcessBuilder builder = carafe.builder(List.of("sh", "-c", "exec \"$@\" " + redirections, "sh"), words);
        Path out = Files.createTempFile(directory, "out", "");
        Path err = Files.createTempFile(directory, "err", "");
        Process process = builder.redirectInput(Path.of("/dev/zero").toFile()).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        int code = process.waitFor();
        return new Carafe.Result(builder.command(), code, Files.readString(out), Files.readString(err));
    }

    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"})
    void no_program_and_no_working_directory_of_the_host_is_reached_by_a_stream(String closed) throws Exception {
        bundle.args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            for (int stream = 0; stream <= 2; stream++) {
                String way = "/proc/self/fd/" + stream;
                assertEquals(255, closing(closed, "exec", bundle.id(), way + HOSTS_PROGRAM, "true").code(), way);
                assertEquals(255, closing(closed, "exec", "--cwd", way, bundle.id(), "/bin/true").code(), way);
            }
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"})
    void a_container_is_no_way_out_either(String closed) throws Exception {
        for (String verb : List.of("run", "create")) {
            for (int stream = 0; stream <= 2; stream++) {
                String way = "/proc/self/fd/" + stream;
                bundle.args(way + HOSTS_PROGRAM, "true").process(process -> process.withCwd("/"));
                assertNotEquals(0, closing(closed, verb, "--bundle", bundle.path().toString(), bundle.id()).code(), way);
                bundle.args("/bin/true").process(process -> process.withCwd(way));
                assertNotEquals(0, closing(closed, verb, "--bundle", bundle.path().toString(), bundle.id()).code(), way);
            }
        }
    }

    @Test
    void what_is_closed_is_the_null_device_inside() throws Exception {
        Path seen = bundle.rootfs().resolve("tmp/seen");
        bundle.script("for fd in 0 1 2; do readlink /proc/self/fd/$fd; done > /tmp/seen");
        closing("<&- >&- 2>&-", "run", "--bundle", bundle.path().toString(), bundle.id());
        // The shell's own redirection shows at 1.
        assertEquals(List.of("/dev/null", "/tmp/seen", "/dev/null"), Files.readAllLines(seen));
        bundle.args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            closing("<&- >&- 2>&-", "exec", bundle.id(), "sh", "-c", "for fd in 0 1 2; do readlink /proc/self/fd/$fd; done > /tmp/seen");
            assertEquals(List.of("/dev/null", "/tmp/seen", "/dev/null"), Files.readAllLines(seen));
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }

    /** A directory is no stream: with the state directory as descriptor 0 it would be the user's. */
    @ParameterizedTest
    @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&- 2>&-", "< ."})
    void nothing_of_the_host_changes_its_owner(String redirections) throws Exception {
        Path here = Files.createDirectory(directory.resolve("here"));
        bundle.args("/bin/sleep", "1000").process(process -> process.withUser(User.of(1000, 1000)));
        String redirected = redirections.replace("< .", "< " + here);
        closing(redirected, "run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        try {
            closing(redirected, "exec", "--user", "1000:1000", bundle.id(), "/bin/true").succeeds();
            List<Object> owners = new ArrayList<>();
            for (Path file : List.of(here, carafe.root(), carafe.root().resolve(bundle.id()), carafe.root().resolve(bundle.id()).resolve("state.json"))) {
                owners.add(Files.getAttribute(file, "unix:uid"));
            }
            assertEquals(List.of(0, 0, 0, 0), owners);
        } finally {
            carafe.call("delete", "--force", bundle.id()).succeeds();
        }
    }
}
