package io.carafe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.container.Defect;
import io.carafe.conformance.defect.Defects;
import io.carafe.conformance.requirement.Chapter;
import io.carafe.conformance.requirement.ConformancePage;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherFactory;

/** Each requirement has a test or a reason, each test a requirement, each MUST a defect; and the page says so. */
class CoverageTest {

    private static final Path PAGE = Path.of("..", "docs", "conformance.md");
    private static final TestPlan TESTS = LauncherFactory.create().discover(Questions.of(Questions.EVERY, id -> true));

    private static Map<String, Long> testsOfEach() {
        Map<String, Long> counts = new TreeMap<>();
        tests().forEach(test -> test.getTags().forEach(tag -> counts.merge(tag.getName(), 1L, Long::sum)));
        return counts;
    }

    private static List<TestIdentifier> tests() {
        return TESTS.getRoots().stream().flatMap(root -> TESTS.getDescendants(root).stream()).filter(TestIdentifier::isTest).toList();
    }

    @Test
    void each_requirement_has_a_test_or_a_reason() {
        Map<String, Long> counts = testsOfEach();
        assertEquals(List.of(), Requirements.all().stream().filter(row -> row.hasTest() != counts.containsKey(row.id()))
                .map(Requirement::id).toList(), "requirements with neither or both");
    }

    @Test
    void what_speaks_of_others_says_why() {
        assertEquals(List.of(), Requirements.all().stream().filter(row -> !row.ofRuntimes() && row.hasTest()).map(Requirement::id).toList());
    }

    @Test
    void each_test_has_a_requirement_that_exists() {
        assertTrue(tests().size() > 300, "tests: " + tests().size());
        assertEquals(List.of(), tests().stream().filter(test -> test.getTags().isEmpty() || test.getTags().stream()
                .anyMatch(tag -> Requirements.named(tag.getName()).isEmpty())).map(TestIdentifier::getDisplayName).toList());
    }

    @Test
    void each_must_with_a_test_has_one_defect() {
        Set<String> defects = new HashSet<>();
        for (Defect defect : Stream.concat(Defects.ofRuntimes().stream(), Defects.ofShims().stream()).toList()) {
            assertTrue(defects.add(defect.requirement()), "two defects of " + defect.requirement());
            assertTrue(Requirements.named(defect.requirement()).isPresent(), defect.requirement());
            assertTrue(!defect.edit().isEmpty() || !defect.script().isEmpty(), "an empty defect of " + defect.requirement());
        }
        assertEquals(List.of(), Requirements.all().stream().filter(row -> row.level().absolute && row.hasTest()
                && (row.chapter().ofSpecification() || row.chapter() == Chapter.SHIM) && !defects.contains(row.id())).map(Requirement::id).toList());
    }

    /** {@code -Dconformance.page=write} writes it. */
    @Test
    void the_page_is_made_of_the_rows() throws IOException {
        String text = ConformancePage.text(testsOfEach());
        if (System.getProperty("conformance.page", "").equals("write")) {
            Files.writeString(PAGE, text);
        }
        assertEquals(text, Files.exists(PAGE) ? Files.readString(PAGE) : "", "docs/conformance.md is not of these rows: make conformance-page");
    }
}
