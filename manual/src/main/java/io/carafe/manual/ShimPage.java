package io.carafe.manual;

import io.carafe.shim.action.Words;
import java.util.List;
import java.util.Map;

/** containerd-shim-carafe-v2(8). */
final class ShimPage {

    private ShimPage() {
    }

    static String of(String date, String version) {
        Map<String, String> sections = Texts.sections("shim.txt");
        Roff page = new Roff("containerd-shim-carafe-v2", 8, date, version, "containerd's way to carafe: the shim io.containerd.carafe.v2");
        page.section("SYNOPSIS").synopsis("containerd-shim-carafe-v2", "[flags] [start|delete]");
        page.section("DESCRIPTION").text(sections.get("DESCRIPTION")).section("OPTIONS");
        for (Words.Flag flag : Words.Flag.values()) {
            page.entry(List.of(flag.usage()), CommandPages.sentence(flag.help()));
        }
        sections.forEach((title, text) -> {
            if (!title.equals("DESCRIPTION")) {
                page.section(title).text(text);
            }
        });
        return page.seeAlso(List.of("carafe(8)")).toString();
    }
}
