package io.carafe.runtime.cli.list;

import java.util.List;

/** Rows of words as a table, as runc's lists have it. */
public final class Columns {

    private static final int NARROWEST = 12;
    private static final int GAP = 3;

    private Columns() {
    }

    /** @param rows of as many words each, the first with the titles */
    public static String of(List<List<String>> rows) {
        int[] widths = new int[rows.get(0).size()];
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length; column++) {
                widths[column] = Math.max(widths[column], Math.max(NARROWEST, row.get(column).length() + GAP));
            }
        }
        StringBuilder table = new StringBuilder();
        for (List<String> row : rows) {
            for (int column = 0; column < widths.length - 1; column++) {
                table.append(row.get(column)).append(" ".repeat(widths[column] - row.get(column).length()));
            }
            table.append(row.get(widths.length - 1)).append('\n');
        }
        return table.toString();
    }
}
