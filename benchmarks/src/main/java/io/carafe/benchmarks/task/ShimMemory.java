package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.SmapsRollup;
import io.carafe.benchmarks.shim.ShimRounds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The memory of shims that have nothing to do, a few seconds after their containers have started: PSS, and what is a shim's alone. Of
 * several shims the mean.
 */
public class ShimMemory extends ShimRounds {

    private static final long REST_MILLIS = 4_000;

    /** How many shims there are at once, and how many containers in each. */
    public enum Load {
        ONE("one container", 1, 1),
        TEN("ten shims, each", 10, 1),
        POD("ten containers", 1, 10);

        private final String words;
        private final int shims;
        private final int containers;

        Load(String words, int shims, int containers) {
            this.words = words;
            this.shims = shims;
            this.containers = containers;
        }

        public String pss() {
            return "PSS, " + words;
        }

        public String own() {
            return "private, " + words;
        }
    }

    @Override
    protected void round(List<ContainerdShim> turns) {
        for (Load load : Load.values()) {
            Map<ContainerdShim, List<RunningShim>> living = new LinkedHashMap<>();
            turns.forEach(shim -> living.put(shim, start(shim, load)));
            events.rest(REST_MILLIS);
            living.forEach((shim, all) -> {
                long pss = 0;
                long own = 0;
                for (RunningShim one : all) {
                    SmapsRollup rollup = SmapsRollup.of(one.pid());
                    pss += rollup.pssKibibytes();
                    own += rollup.ownKibibytes();
                }
                note(Measure.KIBIBYTES, load.pss(), shim, pss / all.size());
                note(Measure.KIBIBYTES, load.own(), shim, own / all.size());
            });
            living.values().forEach(all -> all.forEach(RunningShim::end));
        }
    }

    private List<RunningShim> start(ContainerdShim shim, Load load) {
        List<RunningShim> all = new ArrayList<>();
        for (int i = 0; i < load.shims; i++) {
            all.add(withContainers(shim, newId(shim), load.containers));
        }
        return all;
    }
}
