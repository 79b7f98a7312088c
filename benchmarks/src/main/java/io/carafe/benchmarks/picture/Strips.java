package io.carafe.benchmarks.picture;

import io.carafe.benchmarks.result.Samples;
import java.util.List;
import java.util.Map;

/** Every sample as a dot, a strip a runtime: what a median hides. */
final class Strips {

    private static final int WIDTH = 760;
    private static final int LEFT = 150;
    private static final int RIGHT = 730;
    private static final int STRIP = 26;
    private static final int BETWEEN = 14;
    private static final double SPREAD = 9;
    private static final double NANOS_PER_MILLI = 1e6;
    /** So that equal values lie beside one another, and the same samples always at the same places. */
    private static final double GOLDEN = 0.6180339887;

    private Strips() {
    }

    static String draw(String title, String words, List<Bars.Group> groups) {
        Svg svg = new Svg(WIDTH, title);
        svg.text(16, 46, "small faint", Svg.Anchor.START, words);
        Palette palette = new Palette(groups.stream().flatMap(group -> group.bars().keySet().stream()).toList());
        palette.legend(svg, 16, 70);
        double most = groups.stream().flatMap(group -> group.bars().values().stream()).mapToDouble(one -> one.quantile(0.95)).max().orElse(1);
        Scale scale = Scale.above(most / NANOS_PER_MILLI, LEFT, RIGHT);
        int top = 88;
        int height = groups.stream().mapToInt(group -> group.bars().size() * STRIP + BETWEEN).sum();
        for (double tick : scale.ticks()) {
            svg.line(scale.at(tick), top, scale.at(tick), top + height, "grid");
            svg.text(scale.at(tick), top + height + 16, "small faint", Svg.Anchor.MIDDLE, Scale.text(tick) + (tick == 0 ? " ms" : ""));
        }
        double y = top + BETWEEN / 2.0;
        for (Bars.Group group : groups) {
            svg.text(LEFT - 10, y + group.bars().size() * STRIP / 2.0 + 4, "", Svg.Anchor.END, group.label());
            for (Map.Entry<String, Samples> strip : group.bars().entrySet()) {
                strip(svg, scale, y + STRIP / 2.0, palette.of(strip.getKey()), strip.getValue());
                y += STRIP;
            }
            y += BETWEEN;
        }
        return svg.document(top + height + 30);
    }

    private static void strip(Svg svg, Scale scale, double middle, String colour, Samples samples) {
        int beyond = 0;
        for (int i = 0; i < samples.values().size(); i++) {
            double millis = samples.values().get(i) / NANOS_PER_MILLI;
            beyond += millis > scale.most() ? 1 : 0;
            svg.circle(scale.at(millis), middle + (i * GOLDEN % 1 - 0.5) * 2 * SPREAD, 2.4, "dot " + colour);
        }
        double median = scale.at(samples.median() / NANOS_PER_MILLI);
        svg.line(median, middle - SPREAD - 2, median, middle + SPREAD + 2, "interval");
        if (beyond > 0) {
            svg.text(scale.to() - 4, middle - SPREAD + 1, "small faint", Svg.Anchor.END, beyond + " beyond");
        }
    }
}
