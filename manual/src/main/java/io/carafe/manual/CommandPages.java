package io.carafe.manual;

import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.Verb;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** carafe(8), and a page for each verb. */
final class CommandPages {

    private static final Map<String, String> PROGRAM = Texts.sections("carafe.txt");
    private static final Map<String, String> VERBS = Texts.sections("verbs.txt");

    private final String date;
    private final String version;

    CommandPages(String date, String version) {
        this.date = date;
        this.version = version;
    }

    String program() {
        Roff page = new Roff("carafe", 8, date, version, "run containers by the runtime specification of the Open Container Initiative");
        page.section("SYNOPSIS").synopsis("carafe", "[flags] COMMAND [flags] [arguments]");
        page.section("DESCRIPTION").text(PROGRAM.get("DESCRIPTION")).section("COMMANDS");
        for (Verb verb : Verb.values()) {
            page.entry(List.of((verb.text + " " + verb.arguments).strip()), sentence(verb.help));
        }
        flags(page.section("OPTIONS").text(PROGRAM.get("OPTIONS")), Verb.GLOBAL);
        PROGRAM.forEach((title, text) -> {
            if (!title.equals("DESCRIPTION") && !title.equals("OPTIONS")) {
                page.section(title).text(text);
            }
        });
        List<String> also = new ArrayList<>();
        for (Verb verb : Verb.values()) {
            also.add(name(verb) + "(8)");
        }
        also.add("carafe-config(5)");
        also.add("containerd-shim-carafe-v2(8)");
        return page.seeAlso(also).toString();
    }

    String of(Verb verb) {
        Roff page = new Roff(name(verb), 8, date, version, verb.help);
        page.section("SYNOPSIS").synopsis("carafe", ("[flags] " + verb.text + (verb.flags.isEmpty() ? "" : " [flags] ") + " " + verb.arguments)
                .replaceAll(" +", " ").strip());
        page.section("DESCRIPTION").text(VERBS.get(verb.text));
        if (!verb.flags.isEmpty()) {
            flags(page.section("OPTIONS"), verb.flags);
        }
        return page.text("Flags that stand before the command are in `carafe`(8).").seeAlso(List.of("carafe(8)", "carafe-config(5)")).toString();
    }

    static String name(Verb verb) {
        return "carafe-" + verb.text;
    }

    private static void flags(Roff page, List<Flag> flags) {
        for (Flag flag : flags) {
            page.entry(List.of(flag.usage().strip()), sentence(flag.help));
        }
    }

    /** A line of the help as a sentence. */
    static String sentence(String help) {
        String whole = Character.toUpperCase(help.charAt(0)) + help.substring(1);
        return whole.endsWith(".") ? whole : whole + ".";
    }
}
