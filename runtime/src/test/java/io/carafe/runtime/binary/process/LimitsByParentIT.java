package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.process.Scheduler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** In a user namespace the init has no rights that count on the host: its parent sets what needs them. */
@ExtendWith(HostUnchanged.class)
class LimitsByParentIT {

    private static final long CAP_SYS_RESOURCE = 1L << 24;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void inUserNamespace() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(new Namespace(NamespaceType.USER, Optional.empty()));
            List<IdMapping> ids = List.of(new IdMapping(0, 100000, 65536));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        });
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.path().toString()).start().waitFor());
    }

    @Test
    void limits_are_set_by_the_parent() throws IOException {
        bundle.process(process -> process.withRlimits(List.of(new Rlimit("RLIMIT_NOFILE", 512, 256)))).script("ulimit -Sn; ulimit -Hn");
        Path trace = directory.resolve("trace");
        assertEquals("256\n512", carafe.call("--trace", trace.toString(), "run", "--bundle", bundle.path().toString(), bundle.id())
                .succeeds().out().strip());
        // The init asks for its own before it makes the file tree.
        List<String> calls = Files.readAllLines(trace).stream().filter(line -> line.contains("\"prlimit64\"") && !line.contains("\"pid\":0,")).toList();
        assertEquals(1, calls.size(), calls::toString);
        assertTrue(calls.get(0).matches(".*\"pid\":[1-9][0-9]*,\"resource\":7.*"), calls::toString);
    }

    @Test
    void a_hard_limit_is_raised_with_the_parent_s_right() throws IOException {
        String status = Files.readString(Path.of("/proc/self/status"));
        String effective = status.substring(status.indexOf("CapEff:") + 7).strip().split("\n")[0];
        assumeTrue((Long.parseLong(effective, 16) & CAP_SYS_RESOURCE) != 0, "this root has no CAP_SYS_RESOURCE");
        bundle.process(process -> process.withRlimits(List.of(new Rlimit("RLIMIT_MSGQUEUE", 1L << 30, 1 << 30))))
                .script("grep 'Max msgqueue' /proc/self/limits");
        assertTrue(carafe.run(bundle).succeeds().out().contains(" " + (1 << 30) + " "));
    }

    @Test
    void a_nice_that_only_the_parent_may_set_is_set() {
        bundle.process(process -> process.withScheduler(new Scheduler(Scheduler.Policy.SCHED_OTHER, -5, 0, List.of(), 0, 0, 0)))
                .script("stat=$(cat /proc/self/stat); set -- ${stat##*) }; echo ${17}");
        assertEquals("-5", carafe.run(bundle).succeeds().out().strip());
    }
}
