package io.carafe.conformance.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes all forms of a run into a directory: index.html, results.json, and RUNTIME.tap and TEST-RUNTIME.xml for each runtime. */
public final class ReportFiles {

    private ReportFiles() {
    }

    public static void write(List<Report> reports, Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("index.html"), Page.of(reports));
        Files.writeString(directory.resolve("results.json"), JsonReport.of(reports));
        for (Report report : reports) {
            String name = report.runtime().replaceAll("[^A-Za-z0-9.+-]+", "-");
            Files.writeString(directory.resolve(name + ".tap"), Tap.of(report));
            Files.writeString(directory.resolve("TEST-" + name + ".xml"), JUnitXml.of(report));
        }
    }
}
