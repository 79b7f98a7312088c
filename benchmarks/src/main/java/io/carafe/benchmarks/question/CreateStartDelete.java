package io.carafe.benchmarks.question;

import io.carafe.benchmarks.process.Ledger;
import io.carafe.benchmarks.process.Ledger.Line;
import io.carafe.benchmarks.process.Ledger.Measure;
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
        String id = workplace.id(runtime);
        long create = measure(measure, "create", name, runtime.create(workplace.bundle(), workplace.pidFile(runtime), id));
        long start = measure(measure, "start", name, runtime.start(id));
        launcher.await(workplace.pid(runtime));
        long delete = measure(measure, "delete", name, runtime.delete(id));
        long all = measure == Measure.NANOSECONDS ? create + start + delete : Math.max(create, Math.max(start, delete));
        Ledger.note(new Line(measure, "create+start+delete", name), all);
    }
}
