package io.carafe.manual;

import io.carafe.conmon.words.Option;
import java.util.List;
import java.util.Map;

/** The page of the monitor that podman and cri-o call. */
final class ConmonPage {

    private ConmonPage() {
    }

    static String of(String date, String version) {
        Map<String, String> sections = Texts.sections("conmon.txt");
        Roff page = new Roff("carafe-conmon", 8, date, version, "monitor of a container, for podman and cri-o");
        page.section("SYNOPSIS").synopsis("carafe-conmon", "--cid ID --cuuid ID --runtime FILE --log-path FILE [options]");
        page.section("DESCRIPTION").text(sections.get("DESCRIPTION")).section("OPTIONS");
        for (Option option : Option.values()) {
            page.entry(List.of(option.usage()), CommandPages.sentence(option.help()));
        }
        sections.forEach((title, text) -> {
            if (!title.equals("DESCRIPTION")) {
                page.section(title).text(text);
            }
        });
        return page.seeAlso(List.of("carafe(8)", "podman(1)", "conmon(8)")).toString();
    }
}
