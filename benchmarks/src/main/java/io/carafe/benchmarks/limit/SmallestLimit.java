package io.carafe.benchmarks.limit;

import io.carafe.benchmarks.process.LaunchException;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import io.carafe.spec.Config;
import io.carafe.spec.resources.Memory;
import io.carafe.spec.resources.Resources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The smallest memory limit, without swap, under which {@code run} of /bin/true succeeds: by halving in each round, to the page.
 *
 * <p>It is not the same in every run, as pages are charged in batches by each processor; so a limit counts as enough when three runs in a row
 * succeed, and the rounds show the rest.
 */
public class SmallestLimit extends Rounds {

    public static final String STEP = "smallest memory limit";

    private static final long KIBIBYTE = 1024;
    private static final int PAGE_KIBIBYTES = 4;
    private static final int ENOUGH_KIBIBYTES = 64 * 1024;
    private static final int RUNS = 3;

    private final List<OciRuntime> without = new ArrayList<>();

    @Override
    protected void prepare(OciRuntime runtime) {
        try {
            launcher.time(runtime.run(bundle(runtime, ENOUGH_KIBIBYTES), work.id(runtime)));
        } catch (LaunchException e) {
            System.out.println("  " + runtime.name() + " is left out: " + e.why());
            without.add(runtime);
        }
    }

    private Path bundle(OciRuntime runtime, int kibibytes) {
        return work.bundle("limited-" + runtime.name(), config -> limited(config, kibibytes * KIBIBYTE));
    }

    private static Config limited(Config config, long bytes) {
        return config.withLinux(config.linux().orElseThrow().withResources(config.linux().get().resources().orElse(Resources.EMPTY)
                .withMemory(Memory.EMPTY.withLimit(bytes).withSwap(bytes))));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        if (measure != Measure.NANOSECONDS || without.contains(runtime)) {
            return;
        }
        int tooSmall = 0;
        int enough = ENOUGH_KIBIBYTES;
        while (enough - tooSmall > PAGE_KIBIBYTES) {
            int middle = (tooSmall + enough) / 2 / PAGE_KIBIBYTES * PAGE_KIBIBYTES;
            if (runs(runtime, bundle(runtime, middle))) {
                enough = middle;
            } else {
                tooSmall = middle;
            }
        }
        Measurements.add(new Key(Measure.KIBIBYTES, STEP, runtime.name()), enough);
    }

    private boolean runs(OciRuntime runtime, Path bundle) {
        String id = work.id(runtime);
        try {
            for (int i = 0; i < RUNS; i++) {
                launcher.time(runtime.run(bundle, id));
            }
            return true;
        } catch (LaunchException e) {
            // What is killed in the middle leaves a container with some.
            launcher.time(runtime.deleteByForce(id));
            return false;
        }
    }
}
