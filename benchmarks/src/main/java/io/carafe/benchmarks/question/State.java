package io.carafe.benchmarks.question;

import io.carafe.benchmarks.process.Ledger.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;

/** {@code state} of a container that is created and not started. */
public class State extends Rounds {

    @Override
    protected void prepare(OciRuntime runtime) {
        launcher.time(runtime.create(workplace.bundle(), workplace.pidFile(runtime), workplace.id(runtime)));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "state", runtime.name(), runtime.state(workplace.id(runtime)));
    }

    @Override
    protected void tidy(OciRuntime runtime) {
        launcher.end(workplace.pid(runtime));
        launcher.time(runtime.delete(workplace.id(runtime)));
    }
}
