package io.carafe.benchmarks.question;

import io.carafe.benchmarks.process.Ledger.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code events --stats}, which crun has not. */
public class Events extends Living {

    @Override
    void attempt(OciRuntime runtime, String id) {
        launcher.time(runtime.statistics(id));
    }

    @Override
    void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "events --stats", runtime.name(), runtime.statistics(id));
    }
}
