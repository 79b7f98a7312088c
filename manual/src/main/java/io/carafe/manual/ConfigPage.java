package io.carafe.manual;

import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.table.Outline;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** carafe-config(5): every property that is understood, in the order of the rows that read them. */
final class ConfigPage {

    private ConfigPage() {
    }

    static String of(String date, String version) {
        Map<String, String> sections = Texts.sections("config-page.txt");
        Roff page = new Roff("carafe-config", 5, date, version, "the configuration of a container, config.json");
        page.section("DESCRIPTION").text(sections.get("DESCRIPTION")).section("PROPERTIES");
        Set<List<String>> told = new HashSet<>();
        for (Outline row : ConfigJson.outline()) {
            Map.Entry<List<String>, String> text = textOf(row.path());
            if (told.add(text.getKey())) {
                page.entry(text.getKey(), text.getValue());
                page.further(CommandPages.sentence(row.form()) + (row.required() ? " It must be there." : ""));
            }
        }
        page.section("ANNOTATIONS").text(sections.get("ANNOTATIONS"));
        for (RootfsAnnotation row : RootfsAnnotation.values()) {
            page.entry(List.of(row.text()), CommandPages.sentence(row.meaning()));
        }
        return page.text(sections.get("FURTHER ANNOTATIONS")).seeAlso(List.of("carafe(8)", "carafe-spec(8)", "carafe-plan(8)")).toString();
    }

    /** The one text that is about a property. @throws IllegalStateException there is none, or there are two */
    private static Map.Entry<List<String>, String> textOf(String path) {
        List<Map.Entry<List<String>, String>> found = new ArrayList<>();
        for (Map.Entry<List<String>, String> text : Texts.ofProperties().entrySet()) {
            if (text.getKey().contains(path)) {
                found.add(text);
            }
        }
        if (found.size() != 1) {
            throw new IllegalStateException("config.txt: expected one text about " + path + ", found " + found.size());
        }
        return found.get(0);
    }
}
