package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.ShimRounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long State takes to be answered while the runtime hangs in an exec: of a hundred calls the slowest but one. */
public class ShimStateBesideExec extends ShimRounds {

    public static final String STEP = "State while an exec hangs, p99";

    private static final int CALLS = 100;
    private static final int SLOWEST_BUT_ONE = CALLS - 2;

    private final Map<ContainerdShim, RunningShim> living = new LinkedHashMap<>();
    private final Map<ContainerdShim, String> ids = new LinkedHashMap<>();

    @Override
    protected void prepare() {
        byte[] process = process(List.of("/bin/true"));
        for (ContainerdShim shim : shims) {
            String id = newId(shim);
            Path hung = work.folder().resolve(id + ".hung");
            RunningShim one = withContainers(shim.withRuntime(hangingIn(shim.runtime(), hung)), id, 1);
            ids.put(shim, id);
            living.put(shim, one);
            one.beginExec(id, "hangs", process);
            events.turnUntil(() -> Files.exists(hung));
        }
    }

    /** @param hung a file with the pid of the one that hangs */
    private Path hangingIn(Path runtime, Path hung) {
        try {
            Path script = Files.createFile(hung.resolveSibling(hung.getFileName() + ".sh"),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            return Files.writeString(script, "#!/bin/sh\ncase \" $* \" in *\" exec \"*) echo $$ > " + hung
                    + "; exec sleep 1000000 < /dev/null > /dev/null 2>&1;; esac\nexec " + runtime + " \"$@\"\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void turn(ContainerdShim shim) {
        long[] nanos = new long[CALLS];
        for (int i = 0; i < CALLS; i++) {
            long started = System.nanoTime();
            living.get(shim).state(ids.get(shim));
            nanos[i] = System.nanoTime() - started;
        }
        Arrays.sort(nanos);
        note(Measure.NANOSECONDS, STEP, shim, nanos[SLOWEST_BUT_ONE]);
    }

    @Override
    protected void tidy() {
        ids.forEach((shim, id) -> {
            try {
                long pid = Long.parseLong(Files.readString(work.folder().resolve(id + ".hung")).strip());
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        living.values().forEach(RunningShim::end);
    }
}
