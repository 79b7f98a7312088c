package io.carafe.benchmarks.condition;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.openjdk.jmh.annotations.Warmup;

/** {@code run} with nothing in the page cache: the first one after a boot. It empties the whole machine's (proc(5), drop_caches). */
@Warmup(iterations = 1)
public class ColdStart extends Rounds {

    private static final Path DROP = Path.of("/proc/sys/vm/drop_caches");
    private static final String CLEAN_PAGES = "1";

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        if (measure == Measure.NANOSECONDS) {
            try {
                Files.writeString(DROP, CLEAN_PAGES);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            measure(measure, "run, nothing cached", runtime.name(), runtime.run(work.bundle(), work.id(runtime)));
        }
    }
}
