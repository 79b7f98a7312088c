package io.carafe.benchmarks.result;

import java.util.ArrayList;
import java.util.List;

/**
 * Values of one quantity, in the order in which they were measured.
 *
 * @param values at least one
 */
public record Samples(List<Double> values) {

    public Samples {
        if (values.isEmpty()) {
            throw new IllegalArgumentException("no samples");
        }
        values = List.copyOf(values);
    }

    static Samples of(double... values) {
        List<Double> list = new ArrayList<>();
        for (double value : values) {
            list.add(value);
        }
        return new Samples(list);
    }

    public double median() {
        return quantile(0.5);
    }

    /**
     * The value below which a share of the samples lies; between two samples it is interpolated (type 7 of Hyndman and Fan, as in
     * R and numpy).
     *
     * @param share 0 to 1
     */
    public double quantile(double share) {
        List<Double> sorted = values.stream().sorted().toList();
        double position = share * (sorted.size() - 1);
        int below = (int) position;
        double low = sorted.get(below);
        double high = sorted.get(Math.min(below + 1, sorted.size() - 1));
        return low + (position - below) * (high - low);
    }

    public double max() {
        return quantile(1);
    }

    /**
     * How many times the other's: the median of the ratios of each pair. The two of a pair were measured in the same round, so
     * what slowed down a whole round is in both and falls out; the ratio of two medians would keep it.
     *
     * @throws IllegalArgumentException when there are not as many of them
     */
    double ratioTo(Samples other) {
        return ratiosTo(other).median();
    }

    /** The ratios of the pairs. @throws IllegalArgumentException when there are not as many of them */
    Samples ratiosTo(Samples other) {
        if (other.values.size() != values.size()) {
            throw new IllegalArgumentException(values.size() + " samples cannot be paired with " + other.values.size());
        }
        List<Double> ratios = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            ratios.add(values.get(i) / other.values.get(i));
        }
        return new Samples(ratios);
    }
}
