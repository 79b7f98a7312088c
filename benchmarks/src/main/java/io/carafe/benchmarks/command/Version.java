package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.util.List;

/** {@code --version}: what it costs to be started. Beside it, the least that a process costs here: busybox's {@code true}. */
public class Version extends Rounds {

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "--version", runtime.name(), runtime.version());
    }

    @Override
    protected void afterTurns() {
        measure(Measure.NANOSECONDS, "true, as a process", "busybox", List.of("/bin/busybox", "true"));
    }
}
