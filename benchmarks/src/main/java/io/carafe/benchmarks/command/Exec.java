package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code exec} of /bin/true, attached, in a container that runs. */
public class Exec extends RunningContainer {

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "exec", runtime.name(), runtime.exec(id, "/bin/true"));
    }
}
