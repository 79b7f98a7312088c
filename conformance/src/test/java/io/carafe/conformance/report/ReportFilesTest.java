package io.carafe.conformance.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.json.Document;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportFilesTest {

    private static final Requirement MUST = Requirements.named("runtime.kill.signal").orElseThrow();
    private static final Requirement SHOULD = Requirements.named("config-linux.resources.pids.zero").orElseThrow();

    private static Report report(Result... results) {
        return new Report("runc <1.1>", "/usr/sbin/runc", "Linux", "2026-01-01T00:00:00Z", 1500, List.of(results));
    }

    private static Result result(Requirement requirement, Outcome outcome, String because, String... host) {
        return new Result("a sentence & more", "Class#method", List.of(requirement), outcome, because,
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

    private static org.w3c.dom.Document parsed(String xml) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(xml.getBytes(StandardCharsets.UTF_8)));
    }
}
