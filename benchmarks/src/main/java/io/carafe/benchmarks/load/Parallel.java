package io.carafe.benchmarks.load;

import io.carafe.benchmarks.process.Launcher.Batch;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A hundred runs a round, 1, 2, 4 and 8 at once: the time from the first start to the last end, shared by their number, and how long a single one
 * took. Ten rounds are a thousand runs.
 */
@Warmup(iterations = 1)
public class Parallel extends Rounds {

    private static final List<Integer> AT_ONCE = List.of(1, 2, 4, 8);
    private static final int RUNS = 100;

    /** The time that one of them adds: the inverse of the throughput. */
    public static String share(int atOnce) {
        return "per run, " + atOnce + " at once";
    }

    @Override
    protected boolean withFloor() {
        return true;
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        if (measure != Measure.NANOSECONDS) {
            return;
        }
        for (int atOnce : AT_ONCE) {
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < RUNS; i++) {
                commands.add(runtime.run(work.bundle(), work.id(runtime) + "-" + i));
            }
            Batch batch = launcher.timeAll(commands, atOnce);
            add(share(atOnce), runtime, batch.nanos() / RUNS);
            for (int percent : new int[] {50, 90, 99}) {
                add("one run, " + atOnce + " at once, p" + percent, runtime, batch.each()[RUNS * percent / 100 - 1]);
            }
        }
    }

    private static void add(String step, OciRuntime runtime, long nanos) {
        Measurements.add(new Key(Measure.NANOSECONDS, step, runtime.name()), nanos);
    }
}
