package io.carafe.benchmarks.command;

import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;

/**
 * {@code create}, {@code start} and {@code delete} of a container that runs /bin/true, one directly after the other as a container
 * engine calls them. The container's own time between start and delete is not counted.
 */
public class CreateStartDelete extends Rounds {

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        String name = runtime.name();
        String id = work.id(runtime);
        long create = measure(measure, "create", name, runtime.create(work.bundle(), work.pidFile(runtime), id));
        long start = measure(measure, "start", name, runtime.start(id));
        launcher.await(work.pid(runtime));
        long delete = measure(measure, "delete", name, runtime.delete(id));
        long all = measure == Measure.NANOSECONDS ? create + start + delete : Math.max(create, Math.max(start, delete));
        Measurements.add(new Key(measure, "create+start+delete", name), all);
    }
}
