package io.carafe.benchmarks.slope;

import java.util.List;

/**
 * Along what a benchmark of a slope goes.
 *
 * @param step of the result, as "per bind"
 * @param things as in "run, 10 binds"
 * @param counts how many of them, two at least
 */
public record Axis(String step, String things, List<Integer> counts) {

    /** The step of the runs with so many. */
    public String stepOf(int count) {
        return "run, " + count + " " + things;
    }

    /** Of the line with the least squares of distances. @param values one for each of the counts */
    public double slope(List<Double> values) {
        double meanX = 0;
        double meanY = 0;
        for (int i = 0; i < counts.size(); i++) {
            meanX += (double) counts.get(i) / counts.size();
            meanY += values.get(i) / counts.size();
        }
        double products = 0;
        double squares = 0;
        for (int i = 0; i < counts.size(); i++) {
            products += (counts.get(i) - meanX) * (values.get(i) - meanY);
            squares += (counts.get(i) - meanX) * (counts.get(i) - meanX);
        }
        return products / squares;
    }
}
