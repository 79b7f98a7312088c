package io.carafe.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.mutant.Mutant;
import io.carafe.conformance.mutant.Mutants;
import io.carafe.conformance.requirement.Chapter;
import io.carafe.conformance.requirement.ConformancePage;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import io.carafe.conformance.requirement.TsvTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherFactory;

/** Each requirement has a test or a reason, each test a requirement, each MUST a mutant; and the page says so. */
class CoverageTest {

    private static final Path PAGE = Path.of("..", "docs", "conformance.md");
    private static final TestPlan TESTS = LauncherFactory.create().discover(TestDiscovery.request(TestDiscovery.EVERY, id -> true));

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
    void each_must_with_a_test_has_a_mutant() {
        Set<String> mutants = new HashSet<>();
        Set<String> rows = new HashSet<>();
        for (Mutant mutant : mutants()) {
            mutants.add(mutant.requirement());
            assertTrue(rows.add(mutant.toString()), "twice: " + mutant);
            assertTrue(Requirements.named(mutant.requirement()).isPresent(), mutant.requirement());
            assertTrue(!mutant.edit().isEmpty() || !mutant.script().isEmpty(), "an empty mutant of " + mutant.requirement());
        }
        assertEquals(List.of(), Requirements.all().stream().filter(row -> row.level().absolute && row.hasTest()
                && (row.chapter().ofSpecification() || row.chapter() == Chapter.SHIM) && !mutants.contains(row.id())).map(Requirement::id).toList());
    }

    private static List<Mutant> mutants() {
        return Stream.concat(Mutants.ofRuntimes().stream(), Mutants.ofShims().stream()).toList();
    }

    /** By the list of the schema's properties that the library spec is tested by. */
    @Test
    void each_property_of_the_schema_has_a_requirement_that_sees_its_effect() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        TsvTable.of("properties.tsv").forEach(row -> rows.put(row.get(0), row.get(1)));
        List<String> schema = Files.readAllLines(Path.of("..", "spec", "src", "test", "resources", "io", "carafe", "spec", "codec", "properties.txt"))
                .stream().filter(line -> line.startsWith("config ")).map(line -> line.split(" ")).filter(line ->
                        !List.of("object", "array", "map").contains(line[3])).map(line -> line[1]).toList();
        assertTrue(schema.size() > 150, "properties of the schema: " + schema.size());
        assertEquals(Set.copyOf(schema), rows.keySet());
        assertEquals(List.of(), rows.values().stream().filter(id -> Requirements.named(id).isEmpty()).toList());
    }

    /** Each property that has a test has a mutant that drops it and one that gets it wrong, be it by what is around it. */
    @Test
    void each_property_has_a_mutant_that_drops_it_and_one_that_gets_it_wrong() {
        Map<String, List<Mutant>> byRow = mutants().stream().collect(Collectors.groupingBy(Mutant::requirement));
        for (List<String> row : TsvTable.of("properties.tsv")) {
            if (Requirements.named(row.get(1)).orElseThrow().hasTest() && Requirements.named(row.get(1)).orElseThrow().level().absolute) {
                assertTrue(byRow.getOrDefault(row.get(1), List.of()).size() >= (ONE_MUTANT.contains(row.get(1)) ? 1 : 2), "fewer than two mutants of "
                        + row.get(1) + ", which sees " + row.get(0));
            }
        }
    }

    /** What can be wrong in one way only: a word of the whole document, a namespace, a socket, what this host cannot show. */
    private static final List<String> ONE_MUTANT = List.of("config.ociVersion.semver", "config-linux.seccomp.listenerPath.socket",
            "config-linux.containerprocessstate.payload", "config-linux.intelRdt.closID.root", "config-linux.intelRdt.schemata",
            "config-linux.intelRdt.both-schemas", "config-linux.intelRdt.one-schema", "config-linux.intelRdt.enableMonitoring",
            "config.hooks.prestart.timeout.applied", "config.hooks.createContainer.timeout.applied", "config.hooks.startContainer.timeout.applied",
            "config.hooks.poststart.timeout.applied", "config.hooks.poststop.timeout.applied");

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
