import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Sbom FILE LICENCES: whether the parts of an SBOM are those that have licences beside it, with a version, an SPDX expression and a package URL each. */
public final class Sbom {

    private static final Pattern PART = Pattern.compile("\"bom-ref\": \"([a-z-]+)\",\\s+\"name\": \"\\1\",\\s+\"version\": \"([^\"]+)\",\\s+"
            + "\"licenses\": \\[\\{ \"expression\": \"([A-Za-z0-9. -]+)\" \\}\\],\\s+\"purl\": \"(pkg:[a-z]+/[^\"]+@[^\"]+)\"");

    public static void main(String[] args) throws Exception {
        String text = Files.readString(Path.of(args[0]));
        Set<String> parts = new TreeSet<>();
        Matcher found = PART.matcher(text);
        while (found.find()) {
            parts.add(found.group(1));
        }
        Set<String> licences = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        try (Stream<Path> folders = Files.list(Path.of(args[1]))) {
            for (Path folder : (Iterable<Path>) folders::iterator) {
                licences.add(folder.getFileName().toString());
                try (Stream<Path> texts = Files.list(folder)) {
                    if (texts.noneMatch(file -> file.toFile().length() > 1000)) {
                        wrong.add(folder + " has no licence's text");
                    }
                }
            }
        }
        if (!parts.equals(licences) || parts.size() < 8 || !text.contains("\"bomFormat\": \"CycloneDX\"")) {
            wrong.add("the parts are " + parts + ", the licences those of " + licences);
        }
        if (!wrong.isEmpty()) {
            System.err.println(String.join("\n", wrong));
            System.exit(1);
        }
    }
}
