package io.carafe.runtime.cli.trace;

import io.carafe.runtime.cli.trace.TracedProcess.Gap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A trace as text: where the time went. */
public final class TraceReport {

    private static final int MOST = 12;
    private static final int WIDEST_CALL = 110;
    private static final int NANOS_PER_MICRO = 1000;
    private static final int MICROS_PER_MILLI = 1000;

    private final Trace trace;
    private final StringBuilder text = new StringBuilder();

    private TraceReport(Trace trace) {
        this.trace = trace;
    }

    /** Times in milliseconds; those in the first column of a table count from the trace's first call. */
    public static String of(Trace trace) {
        TraceReport report = new TraceReport(trace);
        report.processes();
        report.gaps();
        report.calls();
        report.names();
        return report.text.toString();
    }

    private void processes() {
        long end = trace.processes().stream().mapToLong(TracedProcess::endNanos).max().orElseThrow();
        int calls = trace.processes().stream().mapToInt(process -> process.made().size()).sum();
        text.append(millis(end)).append(" ms, ").append(calls).append(" system calls, ").append(trace.processes().size())
                .append(trace.processes().size() == 1 ? " process\n\n" : " processes\n\n");
        text.append("     from        to     calls  in calls   waiting   between  process\n");
        for (TracedProcess process : trace.processes()) {
            long inCalls = process.nanosInCalls();
            long waiting = process.nanosWaiting();
            long between = process.endNanos() - process.startNanos() - inCalls - waiting;
            row(process.startNanos(), process.endNanos());
            text.append(right(Integer.toString(process.made().size()), 10));
            row(inCalls, waiting, Math.max(0, between));
            text.append("  ").append(process.name()).append('\n');
        }
        text.append("\nwaiting: in calls that last until another process has done something; between calls: the process's own work, pages that\n"
                + "were brought in or copied, and the time until it had a processor. What a program takes until its first call is not in it.\n");
    }

    private void gaps() {
        text.append("\nlongest times between two calls\n\n       at        ms  process, calls\n");
        List<Map.Entry<TracedProcess, Gap>> gaps = new ArrayList<>();
        trace.processes().forEach(process -> process.gaps().forEach(gap -> gaps.add(Map.entry(process, gap))));
        gaps.sort(Comparator.comparingLong((Map.Entry<TracedProcess, Gap> entry) -> entry.getValue().nanos()).reversed());
        for (Map.Entry<TracedProcess, Gap> entry : gaps.subList(0, Math.min(MOST, gaps.size()))) {
            Gap gap = entry.getValue();
            row(gap.startNanos(), gap.nanos());
            text.append("  ").append(entry.getKey().name()).append(": from ").append(gap.before().isBirth() ? "its birth" : gap.before().name())
                    .append(" to ").append(gap.after().name()).append('\n');
        }
    }

    private void calls() {
        text.append("\nlongest calls\n\n       at        ms  process, call\n");
        List<Map.Entry<TracedProcess, TracedCall>> calls = new ArrayList<>();
        trace.processes().forEach(process -> process.made().forEach(call -> calls.add(Map.entry(process, call))));
        calls.sort(Comparator.comparingLong((Map.Entry<TracedProcess, TracedCall> entry) -> entry.getValue().durationNanos()).reversed());
        for (Map.Entry<TracedProcess, TracedCall> entry : calls.subList(0, Math.min(MOST, calls.size()))) {
            TracedCall call = entry.getValue();
            row(call.startNanos(), call.durationNanos());
            text.append("  ").append(entry.getKey().name()).append(": ").append(words(call)).append('\n');
        }
    }

    private static String words(TracedCall call) {
        StringBuilder words = new StringBuilder(call.name());
        call.arguments().stream().filter(argument -> !argument.endsWith("=null") && !argument.endsWith("=0"))
                .forEach(argument -> words.append(' ').append(argument));
        if (words.length() > WIDEST_CALL) {
            words.setLength(WIDEST_CALL - 1);
            words.append('…');
        }
        return words.append(call.result().isEmpty() ? "" : " = " + call.result()).toString();
    }

    /** What of one name there is. */
    private static final class Sum {
        private int calls;
        private long nanos;
        private long longest;
    }

    private void names() {
        text.append("\nby call\n\n    calls        ms   longest  name\n");
        Map<String, Sum> sums = new LinkedHashMap<>();
        for (TracedProcess process : trace.processes()) {
            for (TracedCall call : process.made()) {
                Sum sum = sums.computeIfAbsent(call.name(), name -> new Sum());
                sum.calls++;
                sum.nanos += call.durationNanos();
                sum.longest = Math.max(sum.longest, call.durationNanos());
            }
        }
        List<Map.Entry<String, Sum>> sorted = new ArrayList<>(sums.entrySet());
        sorted.sort(Comparator.comparingLong((Map.Entry<String, Sum> entry) -> entry.getValue().nanos).reversed());
        for (Map.Entry<String, Sum> entry : sorted) {
            text.append(right(Integer.toString(entry.getValue().calls), 9));
            row(entry.getValue().nanos, entry.getValue().longest);
            text.append("  ").append(entry.getKey()).append('\n');
        }
    }

    private void row(long... nanos) {
        for (int i = 0; i < nanos.length; i++) {
            text.append(right(millis(nanos[i]), text.length() == 0 || text.charAt(text.length() - 1) == '\n' ? 9 : 10));
        }
    }

    private static String millis(long nanos) {
        long micros = (nanos + NANOS_PER_MICRO / 2) / NANOS_PER_MICRO;
        String fraction = Long.toString(MICROS_PER_MILLI + micros % MICROS_PER_MILLI).substring(1);
        return micros / MICROS_PER_MILLI + "." + fraction;
    }

    private static String right(String word, int width) {
        return " ".repeat(Math.max(0, width - word.length())) + word;
    }
}
