package io.carafe.benchmarks.picture;

import io.carafe.benchmarks.result.Samples;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Medians over how many of something there were, a line a runtime, with their quartiles. */
final class Slopes {

    private static final int WIDTH = 760;
    private static final int LEFT = 60;
    private static final int RIGHT = 620;
    private static final int TOP = 64;
    private static final int BOTTOM = 330;
    private static final int LINE = 15;
    private static final double NANOS_PER_MILLI = 1e6;

    private Slopes() {
    }

    /** @param along samples in nanoseconds, by runtime and by how many there were */
    static String draw(String title, String words, String things, Map<String, TreeMap<Integer, Samples>> along) {
        Svg svg = new Svg(WIDTH, title);
        svg.text(16, 46, "small faint", Svg.Anchor.START, words);
        Palette palette = new Palette(List.copyOf(along.keySet()));
        double most = along.values().stream().flatMap(line -> line.values().stream()).mapToDouble(one -> one.quantile(0.75)).max().orElse(1);
        int last = along.values().stream().mapToInt(TreeMap::lastKey).max().orElse(1);
        Scale y = Scale.above(most / NANOS_PER_MILLI, BOTTOM, TOP);
        Scale x = Scale.above(last, LEFT, RIGHT);
        for (double tick : y.ticks()) {
            svg.line(LEFT, y.at(tick), RIGHT, y.at(tick), "grid");
            svg.text(LEFT - 8, y.at(tick) + 4, "small faint", Svg.Anchor.END, Scale.text(tick) + (tick == 0 ? " ms" : ""));
        }
        along.values().stream().flatMap(line -> line.keySet().stream()).distinct().forEach(count ->
                svg.text(x.at(count), BOTTOM + 18, "small faint", Svg.Anchor.MIDDLE, count + (count == last ? " " + things : "")));
        Map<String, Double> ends = new LinkedHashMap<>();
        along.forEach((name, line) -> {
            line(svg, x, y, palette.of(name), line);
            ends.put(name, y.at(line.lastEntry().getValue().median() / NANOS_PER_MILLI));
        });
        double above = Double.NEGATIVE_INFINITY;
        for (Map.Entry<String, Double> end : ends.entrySet().stream().sorted(Comparator.comparingDouble(Map.Entry::getValue)).toList()) {
            above = Math.max(above + LINE, end.getValue() + 4);
            double median = along.get(end.getKey()).lastEntry().getValue().median() / NANOS_PER_MILLI;
            svg.rect(RIGHT + 12, above - 9, 9, 9, palette.of(end.getKey()));
            svg.text(RIGHT + 26, above, "small", Svg.Anchor.START, end.getKey() + String.format(Locale.ROOT, ", %.1f ms", median));
        }
        return svg.document(BOTTOM + 34);
    }

    private static void line(Svg svg, Scale x, Scale y, String colour, TreeMap<Integer, Samples> line) {
        double[] points = new double[line.size() * 2];
        int at = 0;
        for (Map.Entry<Integer, Samples> point : line.entrySet()) {
            double low = y.at(point.getValue().quantile(0.25) / NANOS_PER_MILLI);
            double high = y.at(point.getValue().quantile(0.75) / NANOS_PER_MILLI);
            svg.line(x.at(point.getKey()), low, x.at(point.getKey()), high, "interval");
            points[at++] = x.at(point.getKey());
            points[at++] = y.at(point.getValue().median() / NANOS_PER_MILLI);
        }
        svg.curve(points, colour);
        for (int i = 0; i < points.length; i += 2) {
            svg.circle(points[i], points[i + 1], 3.5, colour);
        }
    }
}
