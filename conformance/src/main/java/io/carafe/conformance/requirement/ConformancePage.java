package io.carafe.conformance.requirement;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Generates docs/conformance.md from the tables: requirements, tests, reasons for missing tests, and known failures of runtimes. */
public final class ConformancePage {

    private ConformancePage() {
    }

    /** @param tests how many tests each id has */
    public static String text(Map<String, Long> tests) {
        StringBuilder page = new StringBuilder(TsvTable.text("conformance-head.md"));
        page.append("\n## Numbers of requirements and tests\n\n| chapter | MUST, REQUIRED | with a test | SHOULD | with a test | tests |\n|---|---|---|---|---|---|\n");
        for (Chapter chapter : Chapter.values()) {
            List<Requirement> rows = Requirements.of(chapter);
            page.append("| ").append(chapter.title).append(" | ").append(count(rows, true, false)).append(" | ").append(count(rows, true, true))
                    .append(" | ").append(count(rows, false, false)).append(" | ").append(count(rows, false, true)).append(" | ")
                    .append(rows.stream().mapToLong(row -> tests.getOrDefault(row.id(), 0L)).sum()).append(" |\n");
        }
        field(page);
        known(page);
        for (Chapter chapter : Chapter.values()) {
            page.append("\n## ").append(chapter.title).append(chapter.ofSpecification() ? " (" + chapter.file + ")" : "")
                    .append("\n\n| id | level | ").append(chapter.ofSpecification() ? "since" : "source").append(" | what | tests |\n|---|---|---|---|---|\n");
            for (Requirement row : Requirements.of(chapter)) {
                String id = row.id().substring(chapter.name.length() + 1);
                page.append("| ").append(chapter.ofSpecification() ? "[`" + id + "`](" + row.address() + ")" : "`" + id + "`").append(" | ")
                        .append(row.level().words).append(" | ").append(chapter.ofSpecification() ? row.since() : row.section()).append(" | ")
                        .append(cell(row.what())).append(" | ").append(row.hasTest() ? Long.toString(tests.getOrDefault(row.id(), 0L))
                                : "none: " + cell(row.whyNoTest())).append(" |\n");
            }
        }
        return page.toString();
    }

    private static long count(List<Requirement> rows, boolean absolute, boolean tested) {
        return rows.stream().filter(row -> row.level().absolute == absolute && (!tested || row.hasTest())).count();
    }

    /** The rows of field.tsv: what others test. */
    private static void field(StringBuilder page) {
        page.append("\n## Subjects of other suites\n\nThe subjects of runtime-tools' validation programs and of youki's contest, and the requirements here that"
                + " test the same.\n\n| subject | suite | requirements |\n|---|---|---|\n");
        for (List<String> row : TsvTable.of("field.tsv")) {
            String ids = Arrays.stream(row.get(2).split(" ")).filter(id -> !id.isEmpty()).map(id -> "`" + Requirements.named(id).orElseThrow(() ->
                    new IllegalStateException("no id " + id)).id() + "`").collect(Collectors.joining(", "));
            page.append("| ").append(row.get(0)).append(" | ").append(row.get(1)).append(" | ")
                    .append(ids.isEmpty() ? "none: of neither the specification nor all runtimes" : ids).append(" |\n");
        }
    }

    /** The rows of known.tsv, by runtime. */
    private static void known(StringBuilder page) {
        Map<String, StringBuilder> runtimes = new TreeMap<>();
        for (List<String> row : TsvTable.of("known.tsv")) {
            Requirement requirement = Requirements.named(row.get(1)).orElseThrow(() -> new IllegalStateException("no id " + row.get(1)));
            runtimes.computeIfAbsent(row.get(0), name -> new StringBuilder()).append("| `").append(row.get(1)).append("` | ")
                    .append(requirement.level().words).append(" | ").append(cell(row.get(2))).append(" |\n");
        }
        page.append("\n## Known failures of runtimes and shims\n\nEach failure, with what the runtime does. TsvTable of the specification's later versions"
                + " are failures of a runtime that is older than they are.\n");
        runtimes.forEach((name, rows) -> page.append("\n### ").append(name).append("\n\n| id | level | what it does |\n|---|---|---|\n").append(rows));
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
