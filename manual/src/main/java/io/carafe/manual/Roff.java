package io.carafe.manual;

import java.util.List;
import java.util.Locale;

/** A page in the man macros (groff_man(7)), written from its top to its end. */
final class Roff {

    private final StringBuilder out = new StringBuilder();

    /**
     * Begins a page.
     *
     * @param name as {@code carafe-run}
     * @param date as {@code 2026-01-31}
     */
    Roff(String name, int section, String date, String version, String summary) {
        out.append(".TH ").append(escaped(name.toUpperCase(Locale.ROOT))).append(' ').append(section).append(" \"").append(date)
                .append("\" \"carafe ").append(version).append("\" \"carafe\"\n.nh\n.ad l\n.SH NAME\n").append(escaped(name)).append(" \\- ")
                .append(escaped(summary)).append('\n');
    }

    Roff section(String title) {
        out.append(".SH ").append(title).append('\n');
        return this;
    }

    /** Words of a command line, the fixed ones in bold. */
    Roff synopsis(String bold, String rest) {
        out.append("\\fB").append(escaped(bold)).append("\\fR").append(rest.isEmpty() ? "" : " " + escaped(rest)).append('\n');
        return this;
    }

    /** An entry of a list. @param names what it is about; the first is the term, the others stand below it */
    Roff entry(List<String> names, String text) {
        for (int i = 0; i < names.size(); i++) {
            out.append(i == 0 ? ".TP\n" : ".TQ\n").append("\\fB").append(escaped(names.get(i))).append("\\fR\n");
        }
        out.append(line(text)).append('\n');
        return this;
    }

    /** A further paragraph of the entry before. */
    Roff further(String text) {
        out.append(".IP\n").append(line(text)).append('\n');
        return this;
    }

    /** Paragraphs, which empty lines divide. Those whose lines begin with four blanks are shown as they stand. */
    Roff text(String text) {
        boolean first = out.lastIndexOf(".SH ") > out.lastIndexOf("\n", out.length() - 2);
        for (String paragraph : text.strip().split("\n\n")) {
            if (paragraph.startsWith("    ")) {
                out.append(first ? "" : ".PP\n").append(".RS 4\n.EX\n");
                paragraph.lines().forEach(each -> out.append(guarded(escaped(each.substring(4)))).append('\n'));
                out.append(".EE\n.RE\n");
            } else {
                out.append(first ? "" : ".PP\n").append(line(paragraph.replace('\n', ' '))).append('\n');
            }
            first = false;
        }
        return this;
    }

    /** The pages that a reader may want next. */
    Roff seeAlso(List<String> pages) {
        out.append(".SH SEE ALSO");
        for (int i = 0; i < pages.size(); i++) {
            int bracket = pages.get(i).indexOf('(');
            out.append("\n.BR ").append(escaped(pages.get(i).substring(0, bracket))).append(' ').append(pages.get(i).substring(bracket))
                    .append(i + 1 < pages.size() ? "," : "");
        }
        out.append('\n');
        return this;
    }

    @Override
    public String toString() {
        return out.toString();
    }

    /** What stands between backquotes becomes bold. */
    private static String line(String text) {
        StringBuilder line = new StringBuilder();
        boolean bold = false;
        for (String part : text.split("`", -1)) {
            line.append(bold ? "\\fB" + escaped(part) + "\\fR" : escaped(part));
            bold = !bold;
        }
        return guarded(line.toString());
    }

    /** A dot or an apostrophe in front would make it a request. */
    private static String guarded(String line) {
        return line.startsWith(".") || line.startsWith("'") ? "\\&" + line : line;
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("~", "\\(ti").replace("^", "\\(ha").replace("'", "\\(aq");
    }
}
