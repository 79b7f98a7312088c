package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.LaunchException;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Something that is done again and again with a container that runs and waits. */
public abstract class RunningContainer extends Rounds {

    private static final List<String> WAIT = List.of("/bin/busybox", "sleep", "1000000");

    /** Who has not the command, or not in this view. */
    private final List<OciRuntime> without = new ArrayList<>();

    @Override
    protected final void prepare(OciRuntime runtime) {
        Path bundle = work.bundle("waiting", config -> config.withProcess(config.process().orElseThrow().withArgs(WAIT)));
        launcher.time(runtime.runDetached(bundle, work.pidFile(runtime), work.id(runtime)));
        try {
            attempt(runtime, work.id(runtime));
        } catch (LaunchException e) {
            System.out.println("  " + runtime.name() + " is left out: " + e.why());
            without.add(runtime);
        }
    }

    /** Does it once, without measuring. @throws LaunchException when the runtime cannot */
    protected void attempt(OciRuntime runtime, String id) {
    }

    /** Does it, measured. */
    protected abstract void measured(OciRuntime runtime, String id, Measure measure);

    @Override
    protected final void cycle(OciRuntime runtime, Measure measure) {
        if (!without.contains(runtime)) {
            measured(runtime, work.id(runtime), measure);
        }
    }

    @Override
    protected final void tidy(OciRuntime runtime) {
        launcher.end(work.pid(runtime));
        launcher.time(runtime.delete(work.id(runtime)));
    }
}
