package io.carafe.shim.stat;

import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.List;

/** PSIStats of io.containerd.cgroups.v2, from a file of pressure (Documentation/accounting/psi.rst). */
final class Pressure {

    /** The fields of PSIStats, by the first word of a line. */
    private static final List<String> KINDS = List.of("some", "full");
    /** The fields of PSIData: per cent of a time in seconds; {@code total} in microseconds. */
    private static final List<String> AVERAGES = List.of("avg10", "avg60", "avg300");
    private static final int TOTAL = 4;

    private Pressure() {
    }

    /**
     * {@code some avg10=0.00 avg60=0.00 avg300=0.00 total=0} a line.
     *
     * @param text empty where the kernel has none: then there is no field
     */
    static void write(ProtoWriter out, int number, String text) {
        if (!text.isEmpty()) {
            out.message(number, stats -> {
                for (String line : text.split("\n")) {
                    List<String> words = ControlFiles.words(line);
                    int kind = words.isEmpty() ? -1 : KINDS.indexOf(words.get(0));
                    if (kind >= 0) {
                        stats.message(kind + 1, data -> words.subList(1, words.size()).forEach(pair -> value(data, pair)));
                    }
                }
            });
        }
    }

    private static void value(ProtoWriter data, String pair) {
        int equals = pair.indexOf('=');
        String name = pair.substring(0, Math.max(0, equals));
        String value = pair.substring(equals + 1);
        if (AVERAGES.contains(name)) {
            data.real(AVERAGES.indexOf(name) + 1, Double.parseDouble(value));
        } else if (name.equals("total")) {
            data.integer(TOTAL, Long.parseUnsignedLong(value));
        }
    }
}
