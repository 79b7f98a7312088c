package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;

/** {@code state} of a container that is created and not started. */
public class State extends Rounds {

    @Override
    protected void prepare(OciRuntime runtime) {
        launcher.time(runtime.create(work.bundle(), work.pidFile(runtime), work.id(runtime)));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "state", runtime.name(), runtime.state(work.id(runtime)));
    }

    @Override
    protected void tidy(OciRuntime runtime) {
        launcher.end(work.pid(runtime));
        launcher.time(runtime.delete(work.id(runtime)));
    }
}
