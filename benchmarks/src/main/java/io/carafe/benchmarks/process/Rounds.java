package io.carafe.benchmarks.process;

import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A benchmark of whole processes. One iteration of JMH is one round: each runtime has a turn, so that all of them meet the same
 * moods of the machine, and the values of a round make pairs. Each round begins with another runtime.
 *
 * <p>Back to back, a turn is two cycles: the first is not timed, its memory is measured; the second follows at once and is
 * timed. What a cycle leaves behind in the kernel (a grace period of RCU that is still under way, hot caches) is then this
 * runtime's own. With gaps, a turn is a pause and one cycle, which is timed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 3)
@Fork(1)
public abstract class Rounds {

    /** Before each timed cycle; 0 is back to back. */
    @Param("0")
    public int gapMillis;

    protected WorkDirectory work;
    protected Launcher launcher;
    private List<OciRuntime> runtimes;
    private int round;

    @Setup(Level.Trial)
    public final void open() {
        work = WorkDirectory.ofThisProcess();
        launcher = work.launcher();
        runtimes = new ArrayList<>();
        for (OciRuntime runtime : work.runtimes()) {
            if ((!runtime.isFloor() || withFloor()) && isPrepared(runtime)) {
                runtimes.add(runtime);
            }
        }
    }

    private boolean isPrepared(OciRuntime runtime) {
        try {
            prepare(runtime);
            return true;
        } catch (LaunchException e) {
            if (!mayBeWithout() || runtime.isCarafe()) {
                throw e;
            }
            System.out.println("  " + runtime.name() + " is left out: " + e.why());
            return false;
        }
    }

    /** Whether {@link OciRuntime#FLOOR} can do it. */
    protected boolean withFloor() {
        return false;
    }

    /** Whether a peer that {@link #prepare} fails with is left out. */
    protected boolean mayBeWithout() {
        return false;
    }

    @TearDown(Level.Trial)
    public final void close() {
        for (OciRuntime runtime : runtimes) {
            tidy(runtime);
        }
    }

    @Benchmark
    public final void round() throws InterruptedException {
        for (int turn = 0; turn < runtimes.size(); turn++) {
            OciRuntime runtime = runtimes.get((round + turn) % runtimes.size());
            if (gapMillis == 0) {
                cycle(runtime, Measure.PEAK_KIBIBYTES);
            } else {
                Thread.sleep(gapMillis);
            }
            cycle(runtime, Measure.NANOSECONDS);
        }
        afterTurns();
        round++;
    }

    /** What the benchmark needs of a runtime beforehand. */
    protected void prepare(OciRuntime runtime) {
    }

    /** What is measured, once. */
    protected abstract void cycle(OciRuntime runtime, Measure measure);

    /** What a round has beside the turns of the runtimes. */
    protected void afterTurns() {
    }

    /** Takes back what {@link #prepare} did. */
    protected void tidy(OciRuntime runtime) {
    }

    /** Runs a command, notes what it took, and returns that. */
    protected final long measure(Measure measure, String step, String runtime, List<String> command) {
        long value = measure == Measure.NANOSECONDS ? launcher.time(command) : launcher.peakKibibytes(command);
        Measurements.add(new Key(measure, step, runtime), value);
        return value;
    }
}
