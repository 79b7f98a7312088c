package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code ps} of a container with one process. */
public class Ps extends RunningContainer {

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "ps", runtime.name(), runtime.ps(id));
    }
}
