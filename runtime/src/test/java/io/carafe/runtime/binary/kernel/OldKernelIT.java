package io.carafe.runtime.binary.kernel;


import io.carafe.linux.Errno;
import io.carafe.linux.abi.Sys;
import io.carafe.linux.door.OldKernel;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole life of a container where newer calls are not there: by an older kernel, or by a filter around the runtime. */
@ExtendWith(HostUnchanged.class)
class OldKernelIT {

    /** Each has an older way beside it. */
    private static final List<String> ALONE = List.of("clone3", "pidfd_open", "pidfd_send_signal", "close_range", "openat2", "statx", "faccessat2",
            "execveat", "renameat2", "memfd_create", "fsopen", "fsconfig", "fsmount", "open_tree", "move_mount", "mount_setattr");

    @TempDir
    private Path directory;

    /** Calls that a filter refuses, and how. */
    private record Cage(List<String> calls, Errno errno) {

        /** The test itself starts processes by clone3(2), and glibc has no other way for EPERM: OldKernelChecks shows that carafe has. */
        static Cage of(List<String> calls, Errno errno) {
            return new Cage(calls.stream().filter(call -> errno != Errno.EPERM || !call.equals("clone3")).toList(), errno);
        }
    }

    static Stream<Cage> cages() {
        List<Cage> cages = new ArrayList<>();
        for (Errno errno : List.of(Errno.ENOSYS, Errno.EPERM)) {
            ALONE.forEach(call -> cages.add(Cage.of(List.of(call), errno)));
            cages.add(Cage.of(ALONE, errno));
            OldKernel.VERSIONS.values().forEach(absent -> cages.add(Cage.of(absent.stream().flatMap(List::stream).map(Sys::text).toList(), errno)));
        }
        return cages.stream().filter(cage -> !cage.calls().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("cages")
    void a_filter_around_the_runtime_refuses_newer_calls(Cage cage) {
        RefusedCall.around(cage.calls(), cage.errno().number, List.of(), () -> Life.all(Carafe.in(directory.resolve("root")), directory));
    }

    @ParameterizedTest
    @ValueSource(strings = {"4.18", "5.4", "5.10"})
    void the_kernel_is_older(String version) throws IOException {
        Life.all(Carafe.faulty(directory.resolve("root"), Map.of("CARAFE_KERNEL", version)), directory);
    }
}
