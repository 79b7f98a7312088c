package io.carafe.benchmarks.question;

import io.carafe.benchmarks.process.Ledger.Measure;
import io.carafe.benchmarks.process.OciRuntime;

/** {@code ps} of a container with one process. */
public class Ps extends Living {

    @Override
    void measured(OciRuntime runtime, String id, Measure measure) {
        measure(measure, "ps", runtime.name(), runtime.ps(id));
    }
}
