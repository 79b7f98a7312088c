package io.carafe.conformance.report.form;

import io.carafe.conformance.report.Report;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes all forms of a run into a directory: index.html, results.json, and NAME.tap, TEST-NAME.xml and NAME.svg for each runtime. */
public final class ReportFiles {

    private ReportFiles() {
    }

    public static void write(List<Report> given, Path directory) throws IOException {
        List<Report> reports = withDistinctNames(given);
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("index.html"), Page.of(reports));
        Files.writeString(directory.resolve("results.json"), JsonReport.of(reports));
        Files.writeString(directory.resolve("results.schema.json"), Page.resource("results.schema.json"));
        for (Report report : reports) {
            String name = fileName(report);
            Files.writeString(directory.resolve(name + ".tap"), Tap.of(report));
            Files.writeString(directory.resolve("TEST-" + name + ".xml"), JUnitXml.of(report));
            Files.writeString(directory.resolve(name + ".svg"), Badge.of(report));
        }
    }

    private static String fileName(Report report) {
        return report.runtime().replaceAll("[^A-Za-z0-9.+-]+", "-");
    }

    /** With a number behind the name of a runtime that is called as one before it, so that each has files and outcomes of its own. */
    private static List<Report> withDistinctNames(List<Report> reports) {
        List<Report> apart = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (Report report : reports) {
            Report named = report;
            for (int number = 2; !names.add(fileName(named)); number++) {
                named = report.withName(report.runtime() + " (" + number + ")");
            }
            apart.add(named);
        }
        return apart;
    }
}
