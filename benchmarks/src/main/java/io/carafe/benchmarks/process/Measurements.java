package io.carafe.benchmarks.process;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Gives JMH what a round has measured: JMH times the whole iteration, in which all runtimes have had a turn, and a profiler is
 * its way to add further results to one. The runtimes are not known when the benchmarks are compiled, so no field can hold them.
 */
public final class Measurements implements InternalProfiler {

    /** What is measured, with the word that its labels begin with. */
    public enum Measure {
        NANOSECONDS("ns") {
            @Override
            public String text(double value) {
                double millis = value / NANOS_PER_MILLI;
                return decimal(millis < 0.1 ? "%.4f" : millis < 1 ? "%.3f" : "%.2f", millis) + " ms";
            }
        },
        PEAK_KIBIBYTES("KiB"),
        /** Of memory, where that is what is measured. */
        KIBIBYTES("KiB"),
        /** A count. */
        NUMBER("") {
            @Override
            public String text(double value) {
                return decimal("%.0f", value);
            }
        };

        private static final double NANOS_PER_MILLI = 1e6;
        private static final double KIBIBYTES_PER_MEGABYTE = 1e6 / 1024;

        final String unit;

        Measure(String unit) {
            this.unit = unit;
        }

        /** With its unit. */
        public String text(double value) {
            return memory(value);
        }

        /** From a megabyte on as such, which is a million bytes. */
        public static String memory(double kibibytes) {
            return Math.abs(kibibytes) < KIBIBYTES_PER_MEGABYTE ? decimal("%.0f KiB", kibibytes)
                    : decimal("%.2f MB", kibibytes / KIBIBYTES_PER_MEGABYTE);
        }

        private static String decimal(String format, double value) {
            return String.format(Locale.ROOT, format, value);
        }
    }

    /** What a value is of: a step of a benchmark, as a runtime did it. */
    public record Key(Measure measure, String step, String runtime) {

        private static final String SEPARATOR = "|";

        String label() {
            return measure + SEPARATOR + step + SEPARATOR + runtime;
        }

        /** @param label of a secondary result: what {@link #label} made, behind a number */
        public static Key parse(String label) {
            String[] fields = label.split(Pattern.quote(SEPARATOR));
            return new Key(Measure.valueOf(fields[1]), fields[2], fields[3]);
        }
    }

    /** In the order of their first values. JMH sorts by label, so the number stands in front of it. */
    private static final List<Key> KEYS = new ArrayList<>();
    private static final List<ScalarResult> ADDED = new ArrayList<>();

    /** Adds a value to this iteration; a key has one. */
    public static void add(Key key, long value) {
        if (!KEYS.contains(key)) {
            KEYS.add(key);
        }
        String label = String.format("%03d", KEYS.indexOf(key)) + Key.SEPARATOR + key.label();
        ADDED.add(new ScalarResult(label, value, key.measure.unit, AggregationPolicy.AVG));
    }

    @Override
    public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
        ADDED.clear();
    }

    @Override
    @SuppressWarnings("rawtypes") // as the interface has it
    public Collection<? extends Result> afterIteration(
            BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
        return List.copyOf(ADDED);
    }

    @Override
    public String getDescription() {
        return "what each runtime took in each round";
    }
}
