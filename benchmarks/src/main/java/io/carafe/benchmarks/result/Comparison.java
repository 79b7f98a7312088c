package io.carafe.benchmarks.result;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Ratios of now beside those of kept samples. A ratio counts as another one only where the quartiles of the two do not meet: few rounds on a machine of
 * another hour say no more.
 */
public final class Comparison {

    private static final double FIRST_QUARTILE = 0.25;
    private static final double THIRD_QUARTILE = 0.75;

    private Comparison() {
    }

    /** A line for each step, gap and peer that both have; none where nothing is in both. */
    public static String of(List<ResultTable> now, Results kept) {
        StringBuilder text = new StringBuilder();
        for (ResultTable table : now) {
            for (String step : table.steps()) {
                for (String peer : table.rows().stream().map(ResultTable.Row::runtime).distinct().toList()) {
                    Optional<Samples> ratios = peer.equals(Target.OURS) ? Optional.empty() : table.ratios(step, Target.OURS, peer);
                    Optional<Samples> before = kept(kept, table, step, peer);
                    if (ratios.isPresent() && before.isPresent()) {
                        text.append(line(step, table.regime(), peer, ratios.get(), before.get()));
                    }
                }
            }
        }
        return text.toString();
    }

    private static Optional<Samples> kept(Results kept, ResultTable table, String step, String peer) {
        return kept.row(table.benchmark().title(), table.gapMillis(), step, Target.OURS).flatMap(ours ->
                kept.row(table.benchmark().title(), table.gapMillis(), step, peer)
                        .filter(theirs -> theirs.values().values().size() == ours.values().values().size())
                        .map(theirs -> ours.values().ratiosTo(theirs.values())));
    }

    private static String line(String step, String regime, String peer, Samples now, Samples before) {
        String verdict = now.quantile(FIRST_QUARTILE) > before.quantile(THIRD_QUARTILE) ? "slower than before"
                : now.quantile(THIRD_QUARTILE) < before.quantile(FIRST_QUARTILE) ? "faster than before" : "as before";
        return String.format(Locale.ROOT, "%-24s%-15s× %-12s %s   before %s   %s%n", step, regime, peer, text(now), text(before), verdict);
    }

    private static String text(Samples ratios) {
        return String.format(Locale.ROOT, "%.2f (%.2f–%.2f)", ratios.median(), ratios.quantile(FIRST_QUARTILE), ratios.quantile(THIRD_QUARTILE));
    }
}
