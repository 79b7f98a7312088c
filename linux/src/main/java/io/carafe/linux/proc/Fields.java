package io.carafe.linux.proc;

import java.util.ArrayList;
import java.util.List;

/** The words of a line that blanks separate. */
final class Fields {

    private Fields() {
    }

    static List<String> of(String line) {
        List<String> fields = new ArrayList<>(12);
        int start = 0;
        for (int i = 0; i <= line.length(); i++) {
            if (i == line.length() || line.charAt(i) == ' ' || line.charAt(i) == '\t') {
                if (i > start) {
                    fields.add(line.substring(start, i));
                }
                start = i + 1;
            }
        }
        return fields;
    }
}
