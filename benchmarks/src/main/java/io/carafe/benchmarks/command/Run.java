package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;

/** {@code run} of /bin/true, attached. */
public class Run extends Rounds {

    @Override
    protected boolean withFloor() {
        return true;
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "run", runtime.name(), runtime.run(work.bundle(), work.id(runtime)));
    }
}
