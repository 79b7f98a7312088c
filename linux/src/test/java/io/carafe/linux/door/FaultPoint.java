package io.carafe.linux.door;

import io.carafe.linux.Errno;
import io.carafe.linux.door.FaultyKernel.CountedCall;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where a call fails, and how; as text, what {@code FaultyKernel.Fault} parses.
 *
 * @param outcome the name of an errno, or {@link #KILL}
 */
public record FaultPoint(CountedCall call, String outcome) {

    /** The process is killed at the call. */
    public static final String KILL = "KILL";

    /** A sample of all points of some calls, each errno of the man page and a kill, by stage: that is one process at one executable. */
    public static Map<String, List<FaultPoint>> byStage(List<CountedCall> calls) {
        List<FaultPoint> points = new ArrayList<>();
        for (CountedCall call : calls) {
            for (Errno errno : ManPageErrnos.of(call.name())) {
                points.add(new FaultPoint(call, errno.name()));
            }
            points.add(new FaultPoint(call, KILL));
        }
        Map<String, List<FaultPoint>> stages = new LinkedHashMap<>();
        FaultSample.of(points).forEach(point -> stages.computeIfAbsent(point.call().stage(), stage -> new ArrayList<>()).add(point));
        return stages;
    }

    @Override
    public String toString() {
        return call.stage() + ":" + call.number() + ":" + outcome;
    }
}
