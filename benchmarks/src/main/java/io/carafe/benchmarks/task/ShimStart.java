package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.ShimRounds;
import java.nio.file.Path;

/** From the action {@code start} until the shim has answered a first call. */
public class ShimStart extends ShimRounds {

    public static final String STEP = "start to first answer";

    @Override
    protected void turn(ContainerdShim shim) {
        once(shim);
        note(Measure.NANOSECONDS, STEP, shim, once(shim));
    }

    private long once(ContainerdShim shim) {
        String id = newId(shim);
        Path bundle = bundle(id, WAITS, process -> process);
        long started = System.nanoTime();
        RunningShim living = start(shim, bundle, id);
        long nanos = System.nanoTime() - started;
        living.end();
        return nanos;
    }
}
