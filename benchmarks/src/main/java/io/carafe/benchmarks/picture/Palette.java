package io.carafe.benchmarks.picture;

import io.carafe.benchmarks.result.Target;
import io.carafe.benchmarks.shim.ContainerdShim;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A colour for each of those that are compared: the same one in every picture. */
final class Palette {

    /** The same in all pictures; others get the colours behind theirs. */
    private static final List<String> KNOWN = List.of(Target.OURS, "crun", "runc", "floor", "static-crun");
    private static final String SHIM = ContainerdShim.PEER;
    private static final int COLOURS = 8;

    private final List<String> names;
    private final List<String> others;

    Palette(List<String> names) {
        List<String> ordered = new ArrayList<>(names.stream().distinct().toList());
        ordered.sort(Comparator.comparingInt(name -> KNOWN.contains(name) ? KNOWN.indexOf(name) : KNOWN.size()));
        this.names = List.copyOf(ordered);
        this.others = ordered.stream().filter(name -> !KNOWN.contains(name) && !name.equals(SHIM)).toList();
    }

    /** A class of the style of {@link Svg}. */
    String of(String name) {
        int number = KNOWN.indexOf(name.equals(SHIM) ? "runc" : name);
        return "c" + (number >= 0 ? number : (KNOWN.size() + others.indexOf(name)) % COLOURS);
    }

    /** The names with their colours, in a line. */
    void legend(Svg svg, double x, double y) {
        double at = x;
        for (String name : names) {
            svg.rect(at, y - 10, 12, 12, of(name));
            svg.text(at + 17, y, "", Svg.Anchor.START, name);
            at += 32 + 7.2 * name.length();
        }
    }
}
