package io.carafe.manual;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the rows do not say, by the words that it is about. */
final class Texts {

    private Texts() {
    }

    /** config.txt: lines with the paths that one text is about, then the text, indented; an empty line between two. */
    static Map<List<String>, String> ofProperties() {
        Map<List<String>, String> texts = new LinkedHashMap<>();
        for (String block : read("config.txt").strip().split("\n\n")) {
            List<String> paths = new ArrayList<>();
            List<String> lines = new ArrayList<>();
            block.lines().forEach(line -> (line.startsWith(" ") ? lines : paths).add(line.strip()));
            texts.put(paths, String.join(" ", lines));
        }
        return texts;
    }

    /** Sections of a page: {@code == NAME}, then paragraphs as {@link Roff#text} takes them. */
    static Map<String, String> sections(String file) {
        Map<String, String> sections = new LinkedHashMap<>();
        for (String section : ("\n" + read(file)).split("\n== ")) {
            if (!section.isBlank()) {
                int end = section.indexOf('\n');
                sections.put(section.substring(0, end), section.substring(end + 1).stripTrailing());
            }
        }
        return sections;
    }

    private static String read(String file) {
        try (InputStream in = Texts.class.getResourceAsStream(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
