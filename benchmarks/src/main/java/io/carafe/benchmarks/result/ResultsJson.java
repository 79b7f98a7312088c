package io.carafe.benchmarks.result;

import io.carafe.benchmarks.result.ResultTable.Row;
import io.carafe.spec.json.JsonWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Results as JSON, with every single value, for those who want to compute something else.
 *
 * <pre>
 * {"view": "host", "machine": {"kernel": …}, "runtimes": {"carafe": "version …"}, "results": [{"benchmark": "Run",
 *  "gapMillis": 0, "step": "run", "runtime": "crun", "medianNanos": 1, "nanos": [1, …], "peakKibibytes": [1, …]}, …]}
 * </pre>
 */
public final class ResultsJson {

    private ResultsJson() {
    }

    /** One line of text, without a line feed. */
    public static byte[] json(String view, Map<String, String> machine, Map<String, String> runtimes, List<ResultTable> tables) {
        return JsonWriter.compact(out -> {
            out.beginObject();
            out.name("view");
            out.text(view);
            texts(out, "machine", machine);
            texts(out, "runtimes", runtimes);
            out.name("results");
            out.beginArray();
            for (ResultTable table : tables) {
                for (Row row : table.rows()) {
                    row(out, table, row);
                }
            }
            out.endArray();
            out.endObject();
        });
    }

    private static void row(JsonWriter out, ResultTable table, Row row) {
        out.beginObject();
        out.name("benchmark");
        out.text(table.benchmark().title());
        out.name("gapMillis");
        out.integer(Integer.toString(table.gapMillis()));
        out.name("step");
        out.text(row.step());
        out.name("runtime");
        out.text(row.runtime());
        String unit = switch (row.measure()) {
            case NANOSECONDS -> "Nanos";
            case PEAK_KIBIBYTES, KIBIBYTES -> "Kibibytes";
            case NUMBER -> "Numbers";
        };
        out.name("median" + unit);
        out.integer(Long.toString(Math.round(row.values().median())));
        integers(out, unit.toLowerCase(Locale.ROOT), row.values());
        row.peakKibibytes().ifPresent(peaks -> integers(out, "peakKibibytes", peaks));
        out.endObject();
    }

    private static void integers(JsonWriter out, String name, Samples samples) {
        out.name(name);
        out.beginArray();
        for (double value : samples.values()) {
            out.integer(Long.toString(Math.round(value)));
        }
        out.endArray();
    }

    private static void texts(JsonWriter out, String name, Map<String, String> texts) {
        out.name(name);
        out.beginObject();
        texts.forEach((key, text) -> {
            out.name(key);
            out.text(text);
        });
        out.endObject();
    }
}
