package io.carafe.benchmarks;

import io.carafe.benchmarks.host.View;
import io.carafe.benchmarks.picture.Drawings;
import io.carafe.benchmarks.result.Results;
import io.carafe.runtime.cli.trace.Trace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What stands beside a page, in a folder of its name without the ending: {@code VIEW.json}, the samples of the page's last making, and what was
 * drawn from them.
 */
record ResultsFolder(Path folder) {

    private static final String TRACE = "run-trace.json";
    private static final String MARKDOWN = ".md";

    static ResultsFolder of(Path page) {
        String name = page.getFileName().toString();
        return new ResultsFolder(page.resolveSibling(name.endsWith(MARKDOWN) ? name.substring(0, name.length() - MARKDOWN.length()) : name + ".results"));
    }

    private Path file(String view) {
        return folder.resolve(view + ".json");
    }

    Optional<Results> of(View view) throws IOException {
        return Files.exists(file(view.title)) ? Optional.of(Results.read(Files.readAllBytes(file(view.title)))) : Optional.empty();
    }

    /** Those of the same benchmarks are replaced, the others stay. */
    void replace(Results newer) throws IOException {
        Files.createDirectories(folder);
        Optional<Results> kept = of(View.named(newer.view()));
        Files.write(file(newer.view()), (kept.isPresent() ? kept.get().replacedBy(newer) : newer).json());
    }

    /** A trace of one run, for the time line. */
    void keepTrace(byte[] trace) throws IOException {
        Files.createDirectories(folder);
        Files.write(folder.resolve(TRACE), trace);
    }

    /** Draws all that was measured anew. @return how many pictures */
    int draw() throws IOException {
        List<Results> views = new ArrayList<>();
        for (View view : View.values()) {
            of(view).ifPresent(views::add);
        }
        Path trace = folder.resolve(TRACE);
        Map<String, String> drawings = Drawings.of(views, Files.exists(trace) ? Optional.of(Trace.read(Files.readAllBytes(trace))) : Optional.empty());
        for (Map.Entry<String, String> drawing : drawings.entrySet()) {
            Files.writeString(folder.resolve(drawing.getKey() + ".svg"), drawing.getValue());
        }
        return drawings.size();
    }

    /** The most that others had of the processors while something was measured. */
    int othersPercent() throws IOException {
        List<Integer> most = new ArrayList<>(List.of(0));
        for (View view : View.values()) {
            of(view).ifPresent(results -> most.add(results.othersPercent()));
        }
        return most.stream().mapToInt(Integer::intValue).max().orElseThrow();
    }
}
