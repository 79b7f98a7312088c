package io.carafe.conformance;

import io.carafe.conformance.container.UnderTest;
import io.carafe.conformance.host.Cell;
import io.carafe.conformance.host.Cells;
import io.carafe.conformance.host.Host;
import io.carafe.conformance.report.Collector;
import io.carafe.conformance.report.LiveLines;
import io.carafe.conformance.report.Report;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.junit.platform.launcher.core.LauncherFactory;

/** Asks one runtime, or one shim, all the questions. */
final class Interview {

    private Interview() {
    }

    static Report hold(Arguments arguments, Arguments.Candidate candidate, LiveLines lines) {
        Host host = Host.probe(arguments.view());
        try (Cells cells = new Cells(host, arguments.limitSeconds() * 1000)) {
            Thread removal = new Thread(cells::close);
            Runtime.getRuntime().addShutdownHook(removal);
            String name = name(cells, candidate);
            lines.begin(name, host.describe());
            long begin = System.currentTimeMillis();
            UnderTest.is(new UnderTest(candidate.path(), candidate.arguments(), candidate.engine(), cells, Optional.empty()));
            Collector collector = new Collector(lines::tell);
            LauncherFactory.create().execute(Questions.of(candidate.group(arguments.group()), id -> id.startsWith(arguments.only())),
                    collector);
            Runtime.getRuntime().removeShutdownHook(removal);
            Report report = new Report(name, candidate.path(), host.describe(), Instant.ofEpochMilli(begin)
                    .truncatedTo(ChronoUnit.SECONDS).toString(), System.currentTimeMillis() - begin, collector.results());
            lines.end(report);
            return report;
        }
    }

    /** What it calls itself: a runtime by the first line of --version, without the word version; a shim by -v, which says it in two. */
    private static String name(Cells cells, Arguments.Candidate candidate) {
        try (Cell cell = cells.open()) {
            List<String> lines = cell.run(List.of(candidate.path(), candidate.isShim() ? "-v" : "--version")).out().lines()
                    .map(String::strip).toList();
            String first = lines.isEmpty() ? "" : lines.get(0).replace(" version ", " ");
            if (first.isEmpty()) {
                return Path.of(candidate.path()).getFileName().toString();
            }
            return candidate.isShim() ? Path.of(first.replaceFirst(":$", "")).getFileName() + lines.stream().filter(line -> line.startsWith("Version:"))
                    .map(line -> " " + line.substring("Version:".length()).strip()).findFirst().orElse("") : first;
        }
    }
}
