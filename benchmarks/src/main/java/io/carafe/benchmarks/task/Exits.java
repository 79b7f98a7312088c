package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.SmapsRollup;
import io.carafe.benchmarks.shim.ShimRounds;
import java.io.File;
import java.util.BitSet;
import java.util.List;

/**
 * Many further processes of one container, eight at once, each from its Exec to its Delete: what they leave in the shim, and
 * whether each of their ends was told, by the answer to Wait and by an event. Containerd's shim gets a tenth of them.
 */
public class Exits extends ShimRounds {

    /** Property: how many through carafe's shim. */
    public static final String COUNT = "carafe.benchmarks.exits";
    public static final String LOST = "exits lost";
    public static final String DESCRIPTORS_GROWN = "descriptors, growth";
    public static final String PSS_GROWN = "PSS, growth";

    private static final int AT_ONCE = 8;
    private static final int FIRST_MARK = 1_000;
    private static final int SHARE_OF_THE_PEER = 10;
    private static final long REST_MILLIS = 4_000;
    private static final long MOST_LATE_MILLIS = 10_000;
    private static final long MOMENT_MILLIS = 100;

    private final BitSet told = new BitSet();
    private final BitSet answered = new BitSet();
    private byte[] good;
    private byte[] bad;

    @Override
    protected void prepare() {
        good = process(List.of("/bin/true"));
        bad = process(List.of("/bin/busybox", "false"));
        events.whenExited(id -> {
            if (id.startsWith("e")) {
                told.set(Integer.parseInt(id.substring(1)));
            }
        });
    }

    @Override
    protected void turn(ContainerdShim shim) {
        told.clear();
        answered.clear();
        int count = Integer.getInteger(COUNT) / (shim.isOurs() ? 1 : SHARE_OF_THE_PEER);
        String id = newId(shim);
        RunningShim living = withContainers(shim, id, 1);
        int done = 0;
        long nanos = 0;
        Mark first = null;
        Mark last = null;
        for (int mark = Math.min(FIRST_MARK, count); done < count; mark = Math.min(count, mark * SHARE_OF_THE_PEER)) {
            nanos += perform(shim, living, id, done, mark);
            done = mark;
            last = look(shim, living, done);
            first = first == null ? last : first;
        }
        note(Measure.NUMBER, DESCRIPTORS_GROWN, shim, last.descriptors() - first.descriptors());
        note(Measure.KIBIBYTES, PSS_GROWN, shim, last.pssKibibytes() - first.pssKibibytes());
        note(Measure.NUMBER, LOST, shim, lost(count));
        note(Measure.NANOSECONDS, "a process, of " + AT_ONCE + " at once", shim, nanos / count);
        living.end();
    }

    private record Mark(long descriptors, long pssKibibytes) {
    }

    private Mark look(ContainerdShim shim, RunningShim living, int done) {
        events.rest(REST_MILLIS);
        Mark mark = new Mark(new File("/proc/" + living.pid() + "/fd").list().length, SmapsRollup.of(living.pid()).pssKibibytes());
        String after = String.format(" after %,d", done);
        note(Measure.NUMBER, "descriptors" + after, shim, mark.descriptors());
        note(Measure.KIBIBYTES, "PSS" + after, shim, mark.pssKibibytes());
        return mark;
    }

    /** @return nanoseconds that it took */
    private long perform(ContainerdShim shim, RunningShim living, String id, int from, int to) {
        long started = System.nanoTime();
        int[] next = {from};
        int[] open = {0};
        while (next[0] < to || open[0] > 0) {
            while (next[0] < to && open[0] < AT_ONCE) {
                int number = next[0]++;
                open[0]++;
                living.exec(id, "e" + number, number % 2 == 0 ? good : bad, status -> {
                    if (status != number % 2) {
                        throw new IllegalStateException(shim.name() + ": process " + number + " ended with " + status);
                    }
                    answered.set(number);
                    open[0]--;
                });
            }
            int before = open[0];
            events.turnUntil(() -> open[0] < before);
        }
        return System.nanoTime() - started;
    }

    /** Those that were not told both ways; an event may be late. */
    private int lost(int count) {
        for (long waited = 0; told.cardinality() < count && waited < MOST_LATE_MILLIS; waited += MOMENT_MILLIS) {
            events.rest(MOMENT_MILLIS);
        }
        BitSet both = (BitSet) told.clone();
        both.and(answered);
        return count - both.cardinality();
    }
}
