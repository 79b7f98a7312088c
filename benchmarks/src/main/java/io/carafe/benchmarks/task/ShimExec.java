package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.ShimRounds;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A further process of a container, /bin/true, from its Exec to its Delete. */
public class ShimExec extends ShimRounds {

    public static final String STEP = "exec to delete";

    private final Map<ContainerdShim, RunningShim> living = new LinkedHashMap<>();
    private final Map<ContainerdShim, String> ids = new LinkedHashMap<>();
    private byte[] process;
    private int execs;

    @Override
    protected void prepare() {
        process = process(List.of("/bin/true"));
        for (ContainerdShim shim : shims) {
            ids.put(shim, newId(shim));
            living.put(shim, withContainers(shim, ids.get(shim), 1));
        }
    }

    @Override
    protected void turn(ContainerdShim shim) {
        once(shim);
        note(Measure.NANOSECONDS, STEP, shim, once(shim));
    }

    private long once(ContainerdShim shim) {
        int[] status = {-1};
        long started = System.nanoTime();
        living.get(shim).exec(ids.get(shim), "e" + execs++, process, ended -> status[0] = ended);
        events.turnUntil(() -> status[0] >= 0);
        long nanos = System.nanoTime() - started;
        if (status[0] != 0) {
            throw new IllegalStateException(shim.name() + ": /bin/true ended with " + status[0]);
        }
        return nanos;
    }

    @Override
    protected void tidy() {
        living.values().forEach(RunningShim::end);
    }
}
