package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code update} of one limit, each time to another value. */
public class Update extends RunningContainer {

    private static final int LEAST = 1000;

    private int turn;

    @Override
    protected void attempt(OciRuntime runtime, String id) {
        launcher.time(runtime.update(id, LEAST));
    }

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "update", runtime.name(), runtime.update(id, LEAST + turn++));
    }
}
