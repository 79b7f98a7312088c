package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code pause} of a container with one process, then {@code resume}. */
public class PauseResume extends RunningContainer {

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "pause", runtime.name(), runtime.pause(id));
        measure(measure, "resume", runtime.name(), runtime.resume(id));
    }
}
