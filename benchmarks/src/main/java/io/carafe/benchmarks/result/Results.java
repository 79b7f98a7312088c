package io.carafe.benchmarks.result;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * All samples of one view, as they are kept in a file: for the pictures, and for those who want to compute something else.
 *
 * <pre>
 * {"view": "host", "machine": {"kernel": …}, "runtimes": {"carafe": "version …"}, "results": [
 * {"benchmark": "Run", "gapMillis": 0, "step": "run", "runtime": "crun", "others": 3, "medianNanos": 1, "nanos": [1, …], "peakKibibytes": [1, …]},
 * …
 * ]}
 * </pre>
 *
 * @param machine facts by name
 * @param runtimes versions by name
 */
public record Results(String view, Map<String, String> machine, Map<String, String> runtimes, List<Row> rows) {

    private static final int MOST_PERCENT = 100;

    /** @param othersPercent how much of the processors' time others had meanwhile */
    public record Row(String benchmark, int gapMillis, String step, String runtime, int othersPercent, Measure measure, Samples values,
            Optional<Samples> peakKibibytes) {

        boolean isOfSame(Row other) {
            return benchmark.equals(other.benchmark) && gapMillis == other.gapMillis;
        }
    }

    public static Results of(String view, Map<String, String> machine, Map<String, String> runtimes, int othersPercent, List<ResultTable> tables) {
        List<Row> rows = new ArrayList<>();
        for (ResultTable table : tables) {
            table.rows().forEach(row -> rows.add(new Row(table.benchmark().title(), table.gapMillis(), row.step(), row.runtime(), othersPercent,
                    row.measure(), row.values(), row.peakKibibytes())));
        }
        return new Results(view, machine, runtimes, rows);
    }

    /** With another's rows in the place of those of the same benchmarks and gaps; versions of both; the newer machine. */
    public Results replacedBy(Results newer) {
        List<Row> all = new ArrayList<>(rows);
        all.removeIf(row -> newer.rows.stream().anyMatch(row::isOfSame));
        all.addAll(newer.rows);
        Map<String, String> versions = new LinkedHashMap<>(runtimes);
        versions.putAll(newer.runtimes);
        return new Results(view, newer.machine, versions, all);
    }

    public Optional<Row> row(String benchmark, int gapMillis, String step, String runtime) {
        return rows.stream().filter(row -> row.benchmark.equals(benchmark) && row.gapMillis == gapMillis && row.step.equals(step)
                && row.runtime.equals(runtime)).findFirst();
    }

    /** Of the rows of a benchmark's step, in their order. */
    public List<String> runtimes(String benchmark, int gapMillis, String step) {
        return rows.stream().filter(row -> row.benchmark.equals(benchmark) && row.gapMillis == gapMillis && row.step.equals(step))
                .map(Row::runtime).distinct().toList();
    }

    /** The most that others had while one of the rows was measured. */
    public int othersPercent() {
        return rows.stream().mapToInt(Row::othersPercent).max().orElse(0);
    }

    /** A line a row. */
    public byte[] json() {
        StringBuilder text = new StringBuilder("{");
        member(text, "view", out -> out.text(view));
        member(text.append(", "), "machine", out -> texts(out, machine));
        member(text.append(", "), "runtimes", out -> texts(out, runtimes));
        text.append(", \"results\": [\n");
        String separator = "";
        for (Row row : rows) {
            text.append(separator).append(document(out -> write(out, row)));
            separator = ",\n";
        }
        return text.append("\n]}\n").toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void member(StringBuilder text, String name, Consumer<JsonWriter> value) {
        text.append('"').append(name).append("\": ").append(document(value));
    }

    private static String document(Consumer<JsonWriter> value) {
        return new String(JsonWriter.compact(value), StandardCharsets.UTF_8);
    }

    private static void write(JsonWriter out, Row row) {
        out.beginObject();
        out.name("benchmark");
        out.text(row.benchmark);
        out.name("gapMillis");
        out.integer(Integer.toString(row.gapMillis));
        out.name("step");
        out.text(row.step);
        out.name("runtime");
        out.text(row.runtime);
        out.name("others");
        out.integer(Integer.toString(row.othersPercent));
        out.name("median" + unit(row.measure));
        out.integer(Long.toString(Math.round(row.values.median())));
        integers(out, unit(row.measure).toLowerCase(Locale.ROOT), row.values);
        row.peakKibibytes.ifPresent(peaks -> integers(out, "peakKibibytes", peaks));
        out.endObject();
    }

    private static String unit(Measure measure) {
        return switch (measure) {
            case NANOSECONDS -> "Nanos";
            case PEAK_KIBIBYTES, KIBIBYTES -> "Kibibytes";
            case NUMBER -> "Numbers";
        };
    }

    private static void integers(JsonWriter out, String name, Samples samples) {
        out.name(name);
        out.beginArray();
        for (double value : samples.values()) {
            out.integer(Long.toString(Math.round(value)));
        }
        out.endArray();
    }

    private static void texts(JsonWriter out, Map<String, String> texts) {
        out.beginObject();
        texts.forEach((key, text) -> {
            out.name(key);
            out.text(text);
        });
        out.endObject();
    }

    /** @throws io.carafe.spec.json.SpecException when it is not what {@link #json} writes */
    public static Results read(byte[] json) {
        return JsonDocument.read(json, 0, json.length, Results::read);
    }

    private static Results read(JsonReader in) {
        String view = "";
        Map<String, String> machine = Map.of();
        Map<String, String> runtimes = Map.of();
        List<Row> rows = new ArrayList<>();
        in.beginObject();
        while (in.nextProperty()) {
            switch (in.name()) {
                case "view" -> view = in.text();
                case "machine" -> machine = texts(in);
                case "runtimes" -> runtimes = texts(in);
                case "results" -> {
                    in.beginArray();
                    while (in.nextElement()) {
                        rows.add(row(in));
                    }
                }
                default -> in.skip();
            }
        }
        return new Results(view, machine, runtimes, rows);
    }

    private static Map<String, String> texts(JsonReader in) {
        Map<String, String> texts = new LinkedHashMap<>();
        in.beginObject();
        while (in.nextProperty()) {
            String name = in.name();
            texts.put(name, in.text());
        }
        return texts;
    }

    private static Row row(JsonReader in) {
        String benchmark = "";
        String step = "";
        String runtime = "";
        int gap = 0;
        int others = 0;
        Measure measure = Measure.NUMBER;
        List<Double> values = List.of();
        Optional<Samples> peaks = Optional.empty();
        in.beginObject();
        while (in.nextProperty()) {
            switch (in.name()) {
                case "benchmark" -> benchmark = in.text();
                case "step" -> step = in.text();
                case "runtime" -> runtime = in.text();
                case "gapMillis" -> gap = (int) in.integer(0, Integer.MAX_VALUE);
                case "others" -> others = (int) in.integer(0, MOST_PERCENT);
                case "nanos", "kibibytes", "numbers" -> {
                    measure = in.name().equals("nanos") ? Measure.NANOSECONDS : in.name().equals("numbers") ? Measure.NUMBER : Measure.KIBIBYTES;
                    values = doubles(in);
                }
                case "peakKibibytes" -> peaks = Optional.of(new Samples(doubles(in)));
                default -> in.skip();
            }
        }
        return new Row(benchmark, gap, step, runtime, others, measure, new Samples(values), peaks);
    }

    private static List<Double> doubles(JsonReader in) {
        List<Double> values = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
            values.add((double) in.integer(Long.MIN_VALUE, Long.MAX_VALUE));
        }
        return values;
    }
}
