package io.carafe.benchmarks.shim;

import io.carafe.benchmarks.process.Launcher;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.WorkDirectory;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.process.Process;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of shims. One iteration of JMH is one round, in which each shim has a turn; each round begins with another.
 *
 * <p>A shim is given what containerd gives it: its bundle for working directory, a place for its events, GOMAXPROCS.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Fork(1)
public abstract class ShimRounds {

    /** Of whoever has to be there and do nothing. */
    protected static final List<String> WAITS = List.of("/bin/busybox", "sleep", "1000000");
    /** The annotation that makes containers share a shim. */
    private static final String GROUP = "io.containerd.runc.v2.group";

    protected WorkDirectory work;
    protected Launcher launcher;
    protected EventServer events;
    protected List<ContainerdShim> shims;
    private int round;
    private int started;

    @Setup(Level.Trial)
    public final void open() {
        work = WorkDirectory.ofThisProcess();
        launcher = work.launcher();
        events = new EventServer(work.states().resolve("events.sock"));
        launcher.export("TTRPC_ADDRESS", events.socket.toString());
        launcher.export("GOMAXPROCS", "2");
        shims = ContainerdShim.admitted(work.folder());
        prepare();
    }

    @TearDown(Level.Trial)
    public final void close() {
        tidy();
        events.close();
    }

    @Benchmark
    public final void round() {
        List<ContainerdShim> turns = new ArrayList<>();
        for (int turn = 0; turn < shims.size(); turn++) {
            turns.add(shims.get((round + turn) % shims.size()));
        }
        round(turns);
        round++;
    }

    /** What the benchmark needs beforehand. */
    protected void prepare() {
    }

    protected void round(List<ContainerdShim> turns) {
        turns.forEach(this::turn);
    }

    /** What is measured, once. */
    protected void turn(ContainerdShim shim) {
    }

    /** Takes back what {@link #prepare} did. */
    protected void tidy() {
    }

    /** Another one each time, by which containers and their cgroups are told from others'. */
    protected final String newId(ContainerdShim shim) {
        return work.idPrefix() + shim.name() + "-" + started++;
    }

    protected final Path bundle(String id, List<String> args, UnaryOperator<Process> change) {
        return bundle(id, id, args, change);
    }

    private Path bundle(String id, String group, List<String> args, UnaryOperator<Process> change) {
        return work.bundle(id, config -> config.withAnnotations(Map.of(GROUP, group))
                .withProcess(change.apply(config.process().orElseThrow().withArgs(args))));
    }

    /** A shim without a container, which has answered. */
    protected final RunningShim start(ContainerdShim shim, Path bundle, String id) {
        return RunningShim.start(shim, events, launcher, work.states().resolve("tasks-" + shim.name()), bundle, id);
    }

    /** A shim with containers that wait, the ids of which are that of the first with a number. */
    protected final RunningShim withContainers(ContainerdShim shim, String id, int containers) {
        RunningShim living = null;
        for (int i = 0; i < containers; i++) {
            String member = i == 0 ? id : id + "-" + i;
            Path bundle = bundle(member, id, WAITS, process -> process);
            if (living == null) {
                living = start(shim, bundle, member);
            } else {
                living.join(bundle, member);
            }
            living.create(bundle, member, false, "", "");
            living.start(member);
        }
        return living;
    }

    /** A process of a container, for its Exec. */
    protected final byte[] process(List<String> args) {
        return ProcessJson.PROCESS.compact(work.config().process().orElseThrow().withArgs(args));
    }

    protected static void note(Measure measure, String step, ContainerdShim shim, long value) {
        Measurements.add(new Key(measure, step, shim.name()), value);
    }
}
