package io.carafe.benchmarks.picture;

import io.carafe.runtime.cli.trace.Trace;
import io.carafe.runtime.cli.trace.TracedCall;
import io.carafe.runtime.cli.trace.TracedProcess;
import io.carafe.runtime.cli.trace.TracedProcess.Gap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One run from {@code --trace}: a lane a process, each system call in it, the long ones and the long gaps with their names. */
final class TimeLine {

    private static final int WIDTH = 960;
    private static final int LEFT = 20;
    private static final int RIGHT = 940;
    private static final int TOP = 96;
    private static final int BAND = 34;
    private static final int ROWS = 5;
    private static final int ROW = 15;
    private static final int BESIDE = 44;
    private static final double LETTER = 5.9;
    private static final double NANOS_PER_MILLI = 1e6;
    /** Of the whole, from where on a gap or a call gets a name. */
    private static final double NAMED = 0.012;
    private static final double THINNEST = 0.6;

    /** What a call is for, by its name; the rest is files and cgroups. */
    private enum Kind {
        FILES("files and cgroups", "c0"),
        MOUNTS("mounts", "c3"),
        PROCESSES("processes and namespaces", "c4"),
        WAITS("waiting", "c2");

        private final String words;
        private final String style;

        Kind(String words, String style) {
            this.words = words;
            this.style = style;
        }

        static Kind of(TracedCall call) {
            if (call.isWait()) {
                return WAITS;
            }
            if (call.name().matches("fsopen|fsconfig|fsmount|move_mount|open_tree|mount|mount_setattr|umount2|pivot_root|mknodat|symlinkat")) {
                return MOUNTS;
            }
            return call.name().matches("clone3?|execve(at)?|setns|unshare|prctl|seccomp|setsid|setres[ug]id|setgroups|cap[gs]et|rt_sig.*|kill|pidfd_.*|keyctl|sched_.*|prlimit64")
                    ? PROCESSES : FILES;
        }
    }

    private record Name(double middle, String text) {
    }

    /** A name with its place below the lane. */
    private record Placed(Name name, double left, int row) {
    }

    private TimeLine() {
    }

    static String draw(String title, Trace trace) {
        long end = trace.processes().stream().mapToLong(TracedProcess::endNanos).max().orElseThrow();
        Svg svg = new Svg(WIDTH, title);
        svg.text(16, 46, "small faint", Svg.Anchor.START, String.format(Locale.ROOT, "%d system calls in %.1f ms, by carafe --trace. Yellow: no call, but own work, pages, "
                + "or waiting for a processor. What the program takes before its first call is not in it.",
                trace.processes().stream().mapToInt(process -> process.made().size()).sum(), end / NANOS_PER_MILLI));
        double at = 16;
        for (Kind kind : Kind.values()) {
            svg.rect(at, 60, 12, 12, kind.style);
            svg.text(at + 17, 70, "small", Svg.Anchor.START, kind.words);
            at += 34 + 6.4 * kind.words.length();
        }
        svg.rect(at, 60, 12, 12, "gap");
        svg.text(at + 17, 70, "small", Svg.Anchor.START, "between two calls");
        Scale scale = new Scale(end / NANOS_PER_MILLI, LEFT, RIGHT);
        List<List<Placed>> names = trace.processes().stream().map(process -> placed(names(scale, process, end))).toList();
        int bottom = TOP + names.stream().mapToInt(TimeLine::height).sum();
        for (double tick : scale.ticks()) {
            svg.line(scale.at(tick), TOP - 10, scale.at(tick), bottom - 16, "grid");
            svg.text(scale.at(tick), bottom, "small faint", Svg.Anchor.MIDDLE, Scale.text(tick) + (tick == 0 ? " ms" : ""));
        }
        double y = TOP;
        for (int i = 0; i < names.size(); i++) {
            lane(svg, scale, y, trace.processes().get(i));
            name(svg, y + 12 + BAND, names.get(i));
            y += height(names.get(i));
        }
        return svg.document(bottom + 14);
    }

    private static int height(List<Placed> names) {
        return BAND + BESIDE + ROW * (1 + names.stream().mapToInt(Placed::row).max().orElse(0));
    }

    private static void lane(Svg svg, Scale scale, double y, TracedProcess process) {
        // Without the container's id.
        svg.text(scale.at(process.startNanos() / NANOS_PER_MILLI), y + 4, "", Svg.Anchor.START, process.name().replaceAll("^(carafe \\S+) .*", "$1"));
        double top = y + 12;
        double from = scale.at(process.startNanos() / NANOS_PER_MILLI);
        svg.rect(from, top, scale.at(process.endNanos() / NANOS_PER_MILLI) - from, BAND, "lane");
        for (Gap gap : process.gaps()) {
            double x = scale.at(gap.startNanos() / NANOS_PER_MILLI);
            svg.rect(x, top, scale.at((gap.startNanos() + gap.nanos()) / NANOS_PER_MILLI) - x, BAND, "gap",
                    String.format(Locale.ROOT, "%.3f ms from %s to %s", gap.nanos() / NANOS_PER_MILLI, gap.before().name(), gap.after().name()));
        }
        for (TracedCall call : process.made()) {
            double x = scale.at(call.startNanos() / NANOS_PER_MILLI);
            double width = Math.max(THINNEST, scale.at(call.endNanos() / NANOS_PER_MILLI) - x);
            Kind kind = Kind.of(call);
            svg.rect(x, top + (kind == Kind.WAITS ? BAND / 3.0 : 0), width, kind == Kind.WAITS ? BAND / 3.0 : BAND, kind.style,
                    String.format(Locale.ROOT, "%s %.3f ms = %s", call.name(), call.durationNanos() / NANOS_PER_MILLI, call.result()));
        }
    }

    /** Of the gaps and calls that are long, the longest first. */
    private static List<Name> names(Scale scale, TracedProcess process, long end) {
        List<Map.Entry<Long, Name>> names = new ArrayList<>();
        for (Gap gap : process.gaps()) {
            if (gap.nanos() > NAMED * end) {
                names.add(Map.entry(gap.nanos(), new Name(scale.at((gap.startNanos() + gap.nanos() / 2.0) / NANOS_PER_MILLI), words(gap) + millis(gap.nanos()))));
            }
        }
        for (TracedCall call : process.made()) {
            if (call.durationNanos() > NAMED * end) {
                names.add(Map.entry(call.durationNanos(), new Name(scale.at((call.startNanos() + call.durationNanos() / 2.0) / NANOS_PER_MILLI),
                        (call.isWait() ? "waits in " : "") + call.name() + millis(call.durationNanos()))));
            }
        }
        names.sort(Comparator.comparingLong((Map.Entry<Long, Name> entry) -> entry.getKey()).reversed());
        return names.stream().map(Map.Entry::getValue).toList();
    }

    private static String words(Gap gap) {
        if (gap.before().name().startsWith("execve")) {
            return "the sealed copy starts";
        }
        return gap.before().isBirth() ? "from its birth to " + gap.after().name() : "before " + gap.after().name();
    }

    private static String millis(long nanos) {
        return String.format(Locale.ROOT, " %.2f", nanos / NANOS_PER_MILLI);
    }

    /** A name that finds no place in the rows below the lane is left out. */
    private static List<Placed> placed(List<Name> names) {
        List<Placed> placed = new ArrayList<>();
        for (Name name : names) {
            double width = LETTER * name.text.length();
            double left = Math.max(LEFT, Math.min(name.middle - width / 2, RIGHT - width));
            for (int row = 0; row < ROWS; row++) {
                int own = row;
                if (placed.stream().noneMatch(other -> other.row == own && left < other.left + LETTER * other.name.text.length() + 8
                        && left + width > other.left - 8)) {
                    placed.add(new Placed(name, left, row));
                    break;
                }
            }
        }
        return placed;
    }

    private static void name(Svg svg, double bottom, List<Placed> names) {
        for (Placed placed : names) {
            double base = bottom + 16 + placed.row * ROW;
            svg.line(placed.name.middle, bottom, placed.name.middle, base - 10, "leader");
            svg.text(placed.left, base, "small", Svg.Anchor.START, placed.name.text);
        }
    }
}
