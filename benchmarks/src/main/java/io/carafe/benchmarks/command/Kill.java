package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code kill} with a signal that is ignored, so that the container is there for the next. */
public class Kill extends RunningContainer {

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "kill", runtime.name(), runtime.kill(id, "WINCH"));
    }
}
