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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.platform.launcher.core.LauncherFactory;

/** Asks one runtime all the questions. */
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
            UnderTest.is(new UnderTest(candidate.path(), candidate.arguments(), cells, Optional.empty()));
            Collector collector = new Collector(lines::tell);
            LauncherFactory.create().execute(Questions.of(arguments.group(), id -> id.startsWith(arguments.only())), collector);
            Runtime.getRuntime().removeShutdownHook(removal);
            Report report = new Report(name, candidate.path(), host.describe(), Instant.ofEpochMilli(begin)
                    .truncatedTo(ChronoUnit.SECONDS).toString(), System.currentTimeMillis() - begin, collector.results());
            lines.end(report);
            return report;
        }
    }

    /** What it calls itself: the first line of --version, without the word version. */
    private static String name(Cells cells, Arguments.Candidate candidate) {
        try (Cell cell = cells.open()) {
            List<String> command = new ArrayList<>(List.of(candidate.path(), "--version"));
            String first = cell.run(command).out().lines().findFirst().orElse("").strip().replace(" version ", " ");
            return first.isEmpty() ? Path.of(candidate.path()).getFileName().toString() : first;
        }
    }
}
