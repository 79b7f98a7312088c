package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code events --stats}, which crun has not. */
public class Events extends RunningContainer {

    @Override
    protected void attempt(OciRuntime runtime, String id) {
        launcher.time(runtime.statistics(id));
    }

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "events --stats", runtime.name(), runtime.statistics(id));
    }
}
