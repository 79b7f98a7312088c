package io.carafe.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Links in the documents lead to files that exist, and those of docs/tour.md to the lines of the methods that they name.
 *
 * <p>{@code make tour-lines} ({@code -Dtour.lines=write}) writes the line numbers anew.
 */
class DocumentLinksTest {

    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
    private static final Path TOUR = ROOT.resolve("docs/tour.md");
    private static final Pattern LINK = Pattern.compile("\\[([^\\]]*)\\]\\(([^)\\s]+)\\)");
    private static final Pattern JAVA = Pattern.compile("\\[`(\\w+)(?:\\.(\\w+))?`\\]\\(([^)#\\s]+\\.java)(#L(\\d+))?\\)");
    /** How far a line number may be off: an edit of the code must not fail this test at once. */
    private static final int DRIFT_LINES = 60;

    private static List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT, 4)) {
            return files.filter(file -> file.toString().endsWith(".md")).filter(file -> {
                String path = ROOT.relativize(file).toString();
                return !path.contains("target/") && !path.startsWith(".git/");
            }).toList();
        }
    }

    @Test
    void a_link_leads_to_a_file() throws IOException {
        List<String> dead = new ArrayList<>();
        int links = 0;
        for (Path document : documents()) {
            Matcher link = LINK.matcher(Files.readString(document));
            while (link.find()) {
                String target = link.group(2).replaceFirst("#.*", "");
                if (!target.isEmpty() && !target.contains(":")) {
                    links++;
                    if (!Files.exists(document.resolveSibling(target))) {
                        dead.add(ROOT.relativize(document) + ": " + target);
                    }
                }
            }
        }
        assertEquals(List.of(), dead);
        assertTrue(links > 50, "links: " + links);
    }

    @Test
    void the_tour_leads_to_methods() throws IOException {
        String text = Files.readString(TOUR);
        List<String> wrong = new ArrayList<>();
        String written = JAVA.matcher(text).replaceAll(link -> {
            Path file = TOUR.resolveSibling(link.group(3));
            Optional<Integer> line = lineOf(file, link.group(1), Optional.ofNullable(link.group(2)));
            if (line.isEmpty()) {
                wrong.add(link.group() + ": the file has no such class or method");
                return Matcher.quoteReplacement(link.group());
            }
            if (link.group(5) == null || Math.abs(Integer.parseInt(link.group(5)) - line.get()) > DRIFT_LINES) {
                wrong.add(link.group() + ": line " + line.get() + " (make tour-lines)");
            }
            String name = link.group(1) + (link.group(2) == null ? "" : "." + link.group(2));
            return Matcher.quoteReplacement("[`" + name + "`](" + link.group(3) + "#L" + line.get() + ")");
        });
        if (System.getProperty("tour.lines", "").equals("write")) {
            Files.writeString(TOUR, written);
            wrong.removeIf(entry -> entry.endsWith("(make tour-lines)"));
        }
        assertEquals(List.of(), wrong);
    }

    /** The declaration of the method with this name, the last one where it is overloaded; or of the type. */
    private static Optional<Integer> lineOf(Path file, String type, Optional<String> method) {
        if (!file.getFileName().toString().equals(type + ".java") || !Files.exists(file)) {
            return Optional.empty();
        }
        Pattern declaration = Pattern.compile(method.map(name -> "^    (?!return|throw|new|else)\\S.*[\\w>\\]] " + name + "\\(.*[{,(]$")
                .orElse("^(public |final |abstract |sealed )*(class|interface|record|enum) " + type + "\\b.*"));
        try {
            List<String> lines = Files.readAllLines(file);
            for (int i = lines.size(); i > 0; i--) {
                if (declaration.matcher(lines.get(i - 1)).matches()) {
                    return Optional.of(i);
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
