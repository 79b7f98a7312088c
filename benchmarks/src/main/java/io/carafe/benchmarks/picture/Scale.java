package io.carafe.benchmarks.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Values along a line, from 0 on.
 *
 * @param most the value at the end
 * @param from where it begins, and where it ends
 */
record Scale(double most, double from, double to) {

    private static final double[] STEPS = {1, 2, 2.5, 5, 10};
    private static final int MOST_TICKS = 8;

    /** To the next round number above. */
    static Scale above(double value, double from, double to) {
        double step = step(value);
        return new Scale(Math.max(step, Math.ceil(value / step) * step), from, to);
    }

    private static double step(double value) {
        double power = Math.pow(10, Math.floor(Math.log10(Math.max(value, 1e-9) / MOST_TICKS)));
        for (double step : STEPS) {
            if (value / (step * power) <= MOST_TICKS) {
                return step * power;
            }
        }
        return STEPS[STEPS.length - 1] * power;
    }

    /** What is beyond the end stands at it. */
    double at(double value) {
        return from + Math.max(0, Math.min(value, most)) / most * (to - from);
    }

    List<Double> ticks() {
        List<Double> ticks = new ArrayList<>();
        double step = step(most);
        for (int i = 0; i * step <= most * 1.0001; i++) {
            ticks.add(i * step);
        }
        return ticks;
    }

    static String text(double value) {
        return value == Math.rint(value) ? String.format(Locale.ROOT, "%.0f", value) : String.format(Locale.ROOT, "%s", Math.round(value * 1000) / 1000.0);
    }
}
