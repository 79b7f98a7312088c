package io.carafe.runtime.cli.trace;

import io.carafe.spec.json.JsonDocument;
import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.Printable;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What {@code --trace} wrote (TracingKernel): an event a line, between the marks of an array, the end of which may be missing.
 *
 * @param processes in the order of their first calls
 */
public record Trace(List<TracedProcess> processes) {

    /** The longest file that is read, in bytes. */
    public static final int LONGEST = 64 << 20;

    private static final String NOT_ONE = "expected a trace as carafe --trace writes it: ";
    private static final long NANOS_PER_MICRO = 1000;
    private static final long LATEST_MICROS = Long.MAX_VALUE / NANOS_PER_MICRO / 2;

    /** What a line brought. @param phase M: the name of a process, X: a call, i: a call that may not come back */
    private record Event(String phase, String name, long pid, long startNanos, long durationNanos, List<String> arguments, String result) {
    }

    /** @throws SpecException with the number of the line, when it is no such trace */
    public static Trace read(byte[] file) {
        List<Event> events = new ArrayList<>();
        int line = 0;
        for (int from = 0; from < file.length; from++) {
            int end = from;
            while (end < file.length && file[end] != '\n') {
                end++;
            }
            line++;
            int length = end > from && file[end - 1] == ',' ? end - 1 - from : end - from;
            if (length > 1) {
                events.add(event(file, from, length, line));
            } else if (length == 1 && file[from] != '[' && file[from] != ']') {
                throw new SpecException("", NOT_ONE + "line " + line + " is no event");
            }
            from = end;
        }
        if (events.stream().allMatch(event -> event.phase.equals("M"))) {
            throw new SpecException("", NOT_ONE + "found no call in it");
        }
        return of(events);
    }

    private static Event event(byte[] file, int from, int length, int line) {
        try {
            return JsonDocument.read(file, from, length, Trace::event);
        } catch (SpecException e) {
            throw new SpecException("", NOT_ONE + "line " + line + ": " + e.getMessage());
        }
    }

    private static Event event(JsonReader in) {
        String name = "";
        String phase = "";
        long pid = 0;
        long start = 0;
        long duration = 0;
        List<String> arguments = new ArrayList<>();
        String[] result = {""};
        in.beginObject();
        while (in.nextProperty()) {
            switch (in.name()) {
                case "name" -> name = in.text();
                case "ph" -> phase = in.text();
                case "pid" -> pid = in.integer(1, Integer.MAX_VALUE);
                case "ts" -> start = nanos(in);
                case "dur" -> duration = nanos(in);
                case "args" -> arguments(in, arguments, result);
                default -> in.skip();
            }
        }
        if (pid == 0 || !List.of("M", "X", "i").contains(phase)) {
            throw new SpecException("", "no event of a call or of a process");
        }
        return new Event(phase, Printable.line(name), pid, start, duration, arguments, result[0]);
    }

    private static void arguments(JsonReader in, List<String> arguments, String[] result) {
        in.beginObject();
        while (in.nextProperty()) {
            String name = in.name();
            String value = Printable.line(in.scalar());
            if (name.equals("result")) {
                result[0] = value;
            } else {
                arguments.add(Printable.line(name) + "=" + value);
            }
        }
    }

    /** Microseconds with three digits behind the point. */
    private static long nanos(JsonReader in) {
        String text = in.scalar();
        int point = text.indexOf('.');
        try {
            long micros = Long.parseLong(point < 0 ? text : text.substring(0, point));
            String fraction = point < 0 ? "" : text.substring(point + 1);
            if (micros >= 0 && micros < LATEST_MICROS && fraction.length() <= 3 && !fraction.startsWith("-") && !fraction.startsWith("+")) {
                return micros * NANOS_PER_MICRO + (fraction.isEmpty() ? 0 : Long.parseLong((fraction + "00").substring(0, 3)));
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw in.wrong("expected microseconds, as 12.345, found \"" + Printable.line(text) + '"');
    }

    private static Trace of(List<Event> events) {
        long zero = events.stream().filter(event -> !event.phase.equals("M")).mapToLong(Event::startNanos).min().orElseThrow();
        Map<Long, String> names = new LinkedHashMap<>();
        Map<Long, List<TracedCall>> calls = new LinkedHashMap<>();
        for (Event event : events) {
            if (event.phase.equals("M")) {
                event.arguments.stream().filter(text -> text.startsWith("name=")).forEach(text -> names.put(event.pid, text.substring(5)));
                continue;
            }
            List<TracedCall> own = calls.computeIfAbsent(event.pid, pid -> new ArrayList<>());
            TracedCall last = own.isEmpty() ? null : own.get(own.size() - 1);
            if (last != null && last.comesNotBack() && last.name().equals(event.name) && !event.result.isEmpty()) {
                own.remove(own.size() - 1); // it did come back
            }
            own.add(new TracedCall(event.name, event.pid, event.startNanos - zero, event.durationNanos, List.copyOf(event.arguments), event.result));
        }
        List<TracedProcess> processes = new ArrayList<>();
        calls.forEach((pid, own) -> {
            own.sort(Comparator.comparingLong(TracedCall::startNanos));
            processes.add(new TracedProcess(names.getOrDefault(pid, "pid " + pid), List.copyOf(own)));
        });
        processes.sort(Comparator.comparingLong(TracedProcess::startNanos));
        return new Trace(List.copyOf(processes));
    }
}
