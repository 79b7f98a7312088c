package io.carafe.conformance.report.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.container.ContainerExtension;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.report.Conclusion;
import io.carafe.conformance.report.Outcome;
import io.carafe.conformance.report.Report;
import io.carafe.conformance.report.Result;
import io.carafe.conformance.report.RunDescription;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {

    private static final Requirement MUST = Requirements.named("runtime.kill.signal").orElseThrow();
    private static final Requirement SHOULD = Requirements.named("config-linux.resources.pids.zero").orElseThrow();

    private static Report report(Result... results) {
        return new Report(new RunDescription("runc <1.1>", "/usr/sbin/runc", "Linux", "2026-01-01T00:00:00Z", "1.3.0", Map.of(), false), Optional.empty(), 1500,
                List.of(results));
    }

    private static Result result(Requirement requirement, Outcome outcome, String reason, String... host) {
        return new Result("a sentence & more", "Class#method", List.of(requirement), outcome, reason,
                List.of(Map.of("kind", "command", "text", "$ runc <kill>\u0001")), List.of(host), 7);
    }

    @Test
    void one_failed_test_fails_a_requirement() {
        assertEquals(Outcome.FAIL, report(result(MUST, Outcome.PASS, ""), result(MUST, Outcome.FAIL, "x")).outcome(MUST));
        assertEquals(Outcome.PASS, report(result(MUST, Outcome.PASS, ""), result(MUST, Outcome.SKIP, "x")).outcome(MUST));
        assertEquals(Outcome.SKIP, report(result(MUST, Outcome.SKIP, "x")).outcome(MUST));
        assertEquals(Outcome.UNTESTED, report().outcome(MUST));
    }

    @Test
    void only_a_must_and_damage_decide() {
        assertTrue(report(result(SHOULD, Outcome.FAIL, "x"), result(MUST, Outcome.SKIP, "x")).conforms());
        assertFalse(report(result(MUST, Outcome.FAIL, "x")).conforms());
        assertFalse(report(result(MUST, Outcome.PASS, "", "new: mount")).conforms());
    }

    private static final Requirement LATER = Requirements.named("config-linux.netDevices").orElseThrow();

    private static Conclusion conclusion(String spec, Map<String, String> accepted, boolean partial, Result... results) {
        return new Report(new RunDescription("r 1", "/r", "Linux", "2026-01-01T00:00:00Z", spec, accepted, partial), Optional.empty(), 1, List.of(results))
                .conclusion();
    }

    @Test
    void what_a_runtime_does_not_claim_does_not_decide() {
        assertEquals(Conclusion.DOES_NOT_CONFORM, conclusion("1.3.0", Map.of(), false, result(LATER, Outcome.FAIL, "x")));
        assertEquals(Conclusion.CONFORMS, conclusion("1.2.1", Map.of(), false, result(LATER, Outcome.FAIL, "x")));
        assertEquals(Conclusion.CONFORMS, conclusion("1.0", Map.of(), false, result(LATER, Outcome.FAIL, "x")));
    }

    @Test
    void an_accepted_deviation_does_not_decide() {
        assertEquals(Conclusion.CONFORMS, conclusion("1.3.0", Map.of(MUST.id(), "by design"), false, result(MUST, Outcome.FAIL, "x")));
    }

    @Test
    void what_the_runtime_kept_from_being_asked_is_not_met() {
        Result unasked = result(MUST, Outcome.SKIP, ContainerExtension.NOT_ASKED + "create fails in any case");
        assertEquals(Conclusion.INCONCLUSIVE, conclusion("1.3.0", Map.of(), false, result(MUST, Outcome.PASS, ""), unasked));
        assertEquals(Conclusion.CONFORMS, conclusion("1.3.0", Map.of(), true, unasked));
        assertEquals(Outcome.SKIP, report(result(MUST, Outcome.PASS, ""), unasked).outcome(MUST));
        assertEquals(Conclusion.CONFORMS, conclusion("1.3.0", Map.of(), false, result(MUST, Outcome.SKIP, "the host has no SELinux")));
    }

    @Test
    void a_runtime_that_makes_no_container_meets_nothing() {
        Report refused = new Report(new RunDescription("false", "/bin/false", "Linux", "2026-01-01T00:00:00Z", "1.3.0", Map.of(), false),
                Optional.of("create: exit 1"), 1, List.of());
        assertEquals(Conclusion.INCONCLUSIVE, refused.conclusion());
        assertEquals(0, refused.count(true, Outcome.PASS));
        assertTrue(refused.count(true, Outcome.SKIP) > 200);
    }

    @Test
    void all_forms_can_be_read(@TempDir Path directory) throws Exception {
        ReportFiles.write(List.of(report(result(MUST, Outcome.FAIL, "seen <that> # here"), result(SHOULD, Outcome.SKIP, "no v1"))), directory);
        String page = Files.readString(directory.resolve("index.html"));
        assertTrue(page.contains("seen &lt;that&gt; # here") && page.contains("$ runc &lt;kill&gt;"), "the page");
        assertFalse(page.contains("<kill>"), "text is markup in the page");
        Document json = Document.parse(Files.readString(directory.resolve("results.json")));
        assertEquals("fail", json.text("/runtimes/0/tests/0/outcome"));
        String xml = Files.readString(directory.resolve("TEST-runc-1.1-.xml"));
        assertEquals("testsuite", parsed(xml).getDocumentElement().getNodeName());
        assertEquals(List.of("TAP version 13", "1..2", "not ok 1 - runtime.kill.signal: a sentence & more", "  ---",
                "  message: 'seen <that> \\# here'", "  ...", "ok 2 - config-linux.resources.pids.zero: a sentence & more # SKIP no v1"),
                Files.readAllLines(directory.resolve("runc-1.1-.tap")));
    }

    @Test
    void two_runtimes_of_one_name_are_kept_apart(@TempDir Path directory) throws Exception {
        ReportFiles.write(List.of(report(result(MUST, Outcome.FAIL, "x")), report(result(MUST, Outcome.PASS, ""))), directory);
        assertTrue(Files.readString(directory.resolve("runc-1.1-.tap")).contains("not ok 1"));
        assertFalse(Files.readString(directory.resolve("runc-1.1-2-.tap")).contains("not ok 1"));
        Document json = Document.parse(Files.readString(directory.resolve("results.json")));
        Object outcomes = json.list("/requirements").stream().map(row -> (Map<?, ?>) row).filter(row -> row.get("id").equals(MUST.id())).findFirst()
                .orElseThrow().get("outcomes");
        assertEquals(Map.of("runc <1.1>", "fail", "runc <1.1> (2)", "pass"), outcomes);
    }

    @Test
    void results_are_as_their_schema_says(@TempDir Path directory) throws Exception {
        ReportFiles.write(List.of(report(result(MUST, Outcome.FAIL, "x"), result(SHOULD, Outcome.SKIP, "y"))), directory);
        Document schema = Document.parse(Files.readString(directory.resolve("results.schema.json")));
        matches("results.json", schema.tree(), Document.parse(Files.readString(directory.resolve("results.json"))).tree());
    }

    /** The words of JSON Schema that results.schema.json has. */
    private static void matches(String where, Map<?, ?> schema, Object value) {
        if (schema.get("enum") instanceof List<?> words) {
            assertTrue(words.contains(value), where + ": " + value);
        } else if (schema.containsKey("const")) {
            assertEquals(schema.get("const"), value, where);
        } else if ("object".equals(schema.get("type"))) {
            Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> named ? named : Map.of();
            ((List<?>) (schema.get("required") instanceof List<?> names ? names : List.of())).forEach(name ->
                    assertTrue(((Map<?, ?>) value).containsKey(name), where + " has no " + name));
            ((Map<?, ?>) value).forEach((name, inner) -> {
                Object further = properties.containsKey(name) ? properties.get(name) : schema.get("additionalProperties");
                assertTrue(further instanceof Map, where + "/" + name + " is not in the schema");
                matches(where + "/" + name, (Map<?, ?>) further, inner);
            });
        } else if ("array".equals(schema.get("type"))) {
            ((List<?>) value).forEach(inner -> matches(where + "[]", (Map<?, ?>) schema.get("items"), inner));
        } else {
            Class<?> type = Map.of("string", String.class, "boolean", Boolean.class, "integer", Long.class).get(schema.get("type"));
            assertTrue(type.isInstance(value), where + ": " + value);
        }
    }

    @Test
    void what_could_not_be_asked_is_in_all_forms(@TempDir Path directory) throws Exception {
        ReportFiles.write(List.of(new Report(new RunDescription("false", "/bin/false", "Linux", "2026-01-01T00:00:00Z", "1.3.0", Map.of(), false),
                Optional.of("create: exit 1"), 1, List.of())), directory);
        assertTrue(Files.readString(directory.resolve("false.tap")).contains("Bail out!"));
        assertTrue(Files.readString(directory.resolve("index.html")).contains("no container can be made: create: exit 1"));
        assertEquals("1", parsed(Files.readString(directory.resolve("TEST-false.xml"))).getDocumentElement().getAttribute("errors"));
        assertTrue(Files.readString(directory.resolve("false.svg")).contains("could not be asked"));
        parsed(Files.readString(directory.resolve("false.svg")));
    }

    private static org.w3c.dom.Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
