package io.carafe.conmon.words;

/** What {@code --help} says: all rows. */
public final class Help {

    private static final int COLUMN = 34;

    private Help() {
    }

    public static String text() {
        StringBuilder text = new StringBuilder("Usage:\n  carafe-conmon [OPTION…] - conmon utility\n\nApplication Options:\n");
        for (Option option : Option.values()) {
            String usage = "  " + option.usage();
            text.append(usage).append(usage.length() < COLUMN ? " ".repeat(COLUMN - usage.length()) : "\n" + " ".repeat(COLUMN))
                    .append(option.help()).append('\n');
        }
        return text.toString();
    }
}
