package io.carafe.conformance.report.form;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.json.Json;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All of a run as JSON: the requirements, and for each runtime what its tests came to, with the evidence. */
final class JsonReport {

    private JsonReport() {
    }

    static String of(List<Report> reports) {
        List<Object> requirements = new ArrayList<>();
        for (Requirement row : Requirements.all()) {
            Map<String, Object> outcomes = object();
            reports.forEach(report -> outcomes.put(report.runtime(), report.outcome(row).name().toLowerCase()));
            requirements.add(object("id", row.id(), "level", row.level().words, "since", row.since(), "what", row.what(), "where",
                    row.chapter().ofSpecification() ? row.address() : row.section(), "whyNoTest", row.whyNoTest(), "outcomes", outcomes));
        }
        List<Object> runtimes = new ArrayList<>();
        for (Report report : reports) {
            List<Object> tests = new ArrayList<>();
            for (Result result : report.results()) {
                tests.add(object("sentence", result.sentence(), "test", result.where(), "requirements",
                        result.requirements().stream().map(Requirement::id).toList(), "outcome", result.outcome().name().toLowerCase(),
                        "because", result.reason(), "millis", result.millis(), "host", result.host(), "evidence", result.evidence()));
            }
            runtimes.add(object("runtime", report.runtime(), "path", report.path(), "host", report.host(), "time", report.time(),
                    "millis", report.millis(), "specification", report.description().spec(), "conclusion", report.conclusion().words, "conforms", report.conforms(),
                    "refusal", report.refusal().orElse(""), "accepted", report.description().expected(), "unexpectedlyMet", report.unexpectedlyMet(), "notAsked",
                    report.notAsked().stream().map(Requirement::id).toList(), "tests", tests));
        }
        return Json.pretty(object("$schema", "results.schema.json", "format", 1, "specification", Requirements.VERSION, "requirements", requirements, "runtimes", runtimes)) + "\n";
    }
}
