package io.carafe.benchmarks.picture;

import io.carafe.benchmarks.result.Samples;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Medians as bars with their quartiles, in groups. */
final class Bars {

    /** @param bars samples in nanoseconds by runtime */
    record Group(String label, Map<String, Samples> bars) {
    }

    private static final int WIDTH = 760;
    private static final int LEFT = 150;
    private static final int RIGHT = 690;
    private static final int BAR = 15;
    private static final int STEP = 18;
    private static final int BETWEEN = 12;
    private static final double NANOS_PER_MILLI = 1e6;

    private Bars() {
    }

    static String draw(String title, String words, List<Group> groups) {
        Svg svg = new Svg(WIDTH, title);
        svg.text(16, 46, "small faint", Svg.Anchor.START, words);
        Palette palette = new Palette(groups.stream().flatMap(group -> group.bars().keySet().stream()).toList());
        palette.legend(svg, 16, 70);
        double most = groups.stream().flatMap(group -> group.bars().values().stream()).mapToDouble(one -> one.quantile(0.75)).max().orElse(1);
        Scale scale = Scale.above(most / NANOS_PER_MILLI, LEFT, RIGHT);
        int top = 88;
        int height = groups.stream().mapToInt(group -> group.bars().size() * STEP + BETWEEN).sum();
        for (double tick : scale.ticks()) {
            svg.line(scale.at(tick), top, scale.at(tick), top + height, "grid");
            svg.text(scale.at(tick), top + height + 16, "small faint", Svg.Anchor.MIDDLE, Scale.text(tick) + (tick == 0 ? " ms" : ""));
        }
        double y = top + BETWEEN / 2.0;
        for (Group group : groups) {
            svg.text(LEFT - 10, y + group.bars().size() * STEP / 2.0 + 3, "", Svg.Anchor.END, group.label());
            for (Map.Entry<String, Samples> bar : group.bars().entrySet()) {
                bar(svg, scale, y, palette.of(bar.getKey()), bar.getValue());
                y += STEP;
            }
            y += BETWEEN;
        }
        return svg.document(top + height + 30);
    }

    private static void bar(Svg svg, Scale scale, double y, String colour, Samples samples) {
        double median = samples.median() / NANOS_PER_MILLI;
        double low = samples.quantile(0.25) / NANOS_PER_MILLI;
        double high = samples.quantile(0.75) / NANOS_PER_MILLI;
        svg.rect(scale.at(0), y, scale.at(median) - scale.at(0), BAR, colour);
        double middle = y + BAR / 2.0;
        svg.line(scale.at(low), middle, scale.at(high), middle, "interval");
        svg.line(scale.at(low), middle - 3, scale.at(low), middle + 3, "interval");
        svg.line(scale.at(high), middle - 3, scale.at(high), middle + 3, "interval");
        svg.text(scale.at(high) + 6, y + 12, "small", Svg.Anchor.START, String.format(Locale.ROOT, median < 10 ? "%.2f" : "%.1f", median));
    }
}
