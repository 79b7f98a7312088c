package io.carafe.runtime.cli.words;

import java.util.List;

/** The help, from the rows. */
public final class Help {

    private static final int COLUMN = 30;

    private Help() {
    }

    public static String of(CommandLine line) {
        return line.verb().map(Help::of).orElseGet(Help::all);
    }

    /** Of one verb. */
    public static String of(Verb verb) {
        return verb(verb);
    }

    public static String all() {
        StringBuilder text = new StringBuilder("carafe runs containers by the runtime specification of the Open Container Initiative.\n\n"
                + "Usage: carafe [flags] COMMAND [flags] [arguments]\n\nCommands:\n");
        for (Verb verb : Verb.values()) {
            row(text, verb.text + " " + verb.arguments, verb.help);
        }
        return flags(text.append("\nFlags:\n"), Verb.GLOBAL).toString();
    }

    private static String verb(Verb verb) {
        StringBuilder text = new StringBuilder("Usage: carafe [flags] ").append(verb.text).append(verb.flags.isEmpty() ? "" : " [flags]")
                .append(verb.arguments.isEmpty() ? "" : " " + verb.arguments).append("\n\n").append(verb.help).append('\n');
        return verb.flags.isEmpty() ? text.toString() : flags(text.append("\nFlags:\n"), verb.flags).toString();
    }

    private static StringBuilder flags(StringBuilder text, List<Flag> flags) {
        for (Flag flag : flags) {
            row(text, flag.usage(), flag.help);
        }
        return text;
    }

    private static void row(StringBuilder text, String left, String right) {
        text.append("  ").append(left).append(" ".repeat(Math.max(2, COLUMN - left.length()))).append(right).append('\n');
    }
}
