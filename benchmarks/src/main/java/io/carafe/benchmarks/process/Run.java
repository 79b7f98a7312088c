package io.carafe.benchmarks.process;

import io.carafe.benchmarks.process.Ledger.Measure;

/** {@code run} of /bin/true, attached. */
public class Run extends Rounds {

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "run", runtime.name(), runtime.run(workplace.bundle(), workplace.id(runtime)));
    }
}
