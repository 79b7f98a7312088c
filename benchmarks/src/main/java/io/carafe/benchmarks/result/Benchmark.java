package io.carafe.benchmarks.result;

import io.carafe.benchmarks.command.CreateStartDelete;
import io.carafe.benchmarks.command.Events;
import io.carafe.benchmarks.command.Exec;
import io.carafe.benchmarks.command.Kill;
import io.carafe.benchmarks.command.PauseResume;
import io.carafe.benchmarks.command.Ps;
import io.carafe.benchmarks.command.Run;
import io.carafe.benchmarks.command.State;
import io.carafe.benchmarks.command.Update;
import io.carafe.benchmarks.command.Version;
import io.carafe.benchmarks.condition.ColdStart;
import io.carafe.benchmarks.condition.ExecTerminal;
import io.carafe.benchmarks.condition.RunLikeDockers;
import io.carafe.benchmarks.condition.RunOfDocker;
import io.carafe.benchmarks.condition.RunRootless;
import io.carafe.benchmarks.condition.SystemCalls;
import io.carafe.benchmarks.limit.SmallestLimit;
import io.carafe.benchmarks.load.BesideHundred;
import io.carafe.benchmarks.load.BesideNone;
import io.carafe.benchmarks.load.BesideThousand;
import io.carafe.benchmarks.load.Parallel;
import io.carafe.benchmarks.parse.FirstParse;
import io.carafe.benchmarks.parse.ParseConfig;
import io.carafe.benchmarks.slope.Axis;
import io.carafe.benchmarks.slope.FurtherLayers;
import io.carafe.benchmarks.slope.FurtherMounts;
import io.carafe.benchmarks.task.CtrRun;
import io.carafe.benchmarks.task.Exits;
import io.carafe.benchmarks.task.ShimExec;
import io.carafe.benchmarks.task.ShimMemory;
import io.carafe.benchmarks.task.ShimMemoryOfMany;
import io.carafe.benchmarks.task.ShimStart;
import io.carafe.benchmarks.task.ShimStateBesideExec;
import io.carafe.benchmarks.task.Throughput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be measured: a row for each of JMH's benchmark classes. Its name is the class's. */
public enum Benchmark {
    VERSION(Version.class, Kind.RUNTIMES),
    STATE(State.class, Kind.RUNTIMES),
    RUN(Run.class, Kind.RUNTIMES),
    RUN_LIKE_DOCKERS(RunLikeDockers.class, Kind.RUNTIMES),
    EXEC(Exec.class, Kind.RUNTIMES),
    KILL(Kill.class, Kind.RUNTIMES),
    UPDATE(Update.class, Kind.RUNTIMES),
    PAUSE_RESUME(PauseResume.class, Kind.RUNTIMES),
    PS(Ps.class, Kind.RUNTIMES),
    EVENTS(Events.class, Kind.RUNTIMES),
    SMALLEST_LIMIT(SmallestLimit.class, Kind.BACK_TO_BACK, 5),
    CREATE_START_DELETE(CreateStartDelete.class, Kind.RUNTIMES),
    FURTHER_MOUNTS(FurtherMounts.class, FurtherMounts.AXIS),
    FURTHER_LAYERS(FurtherLayers.class, FurtherLayers.AXIS),
    RUN_OF_DOCKER(RunOfDocker.class, Kind.RUNTIMES),
    RUN_ROOTLESS(RunRootless.class, Kind.RUNTIMES),
    EXEC_TERMINAL(ExecTerminal.class, Kind.RUNTIMES),
    SYSTEM_CALLS(SystemCalls.class, Kind.BACK_TO_BACK, 10),
    COLD_START(ColdStart.class, Kind.BACK_TO_BACK, 10),
    PARALLEL(Parallel.class, Kind.BACK_TO_BACK, 10),
    BESIDE_NONE(BesideNone.class, Kind.BACK_TO_BACK, 20),
    BESIDE_HUNDRED(BesideHundred.class, Kind.BACK_TO_BACK, 20),
    BESIDE_THOUSAND(BesideThousand.class, Kind.BACK_TO_BACK, 20),
    SHIM_START(ShimStart.class, 2, 60),
    SHIM_MEMORY(ShimMemory.class, 0, 3),
    SHIM_MEMORY_OF_MANY(ShimMemoryOfMany.class, 0, 1),
    SHIM_EXEC(ShimExec.class, 2, 60),
    SHIM_STATE_BESIDE_EXEC(ShimStateBesideExec.class, 1, 30),
    CTR_RUN(CtrRun.class, 2, 30),
    THROUGHPUT(Throughput.class, 1, 6),
    EXITS(Exits.class),
    FIRST_PARSE(FirstParse.class, Kind.IMAGE),
    PARSE_CONFIG(ParseConfig.class, Kind.JVM);

    /** What it measures. */
    public enum Kind {
        /** Every runtime, in each view and with each gap. */
        RUNTIMES,
        /** Every runtime, in each view, back to back: the difference between runs, which no gap changes. */
        SLOPE,
        /** Every runtime, in each view, back to back: what no gap changes, as how much of something it needs. */
        BACK_TO_BACK,
        /** Containerd's shims, in the host's view. */
        SHIMS,
        /** Containerd's shims in the host's view, once and for long: only when it is named. */
        ENDURANCE,
        /** A small image with the reader of config.json, once. */
        IMAGE,
        /** Code in the JVM, once. */
        JVM;

        public boolean isOfRuntimes() {
            return this == RUNTIMES || this == SLOPE || this == BACK_TO_BACK;
        }

        public boolean isOfShims() {
            return this == SHIMS || this == ENDURANCE;
        }
    }

    public final Class<?> type;
    public final Kind kind;
    /** Rounds of shims that do not count; the classes of the others say it themselves. */
    public final int warmups;
    /** Where more of them would say nothing more. */
    public final int mostRounds;
    final Optional<Axis> axis;

    Benchmark(Class<?> type, Kind kind) {
        this(type, kind, Integer.MAX_VALUE);
    }

    Benchmark(Class<?> type, Kind kind, int mostRounds) {
        this(type, kind, 0, mostRounds, Optional.empty());
    }

    Benchmark(Class<?> type, Axis axis) {
        this(type, Kind.SLOPE, 0, Integer.MAX_VALUE, Optional.of(axis));
    }

    Benchmark(Class<?> type) {
        this(type, Kind.ENDURANCE, 0, 1, Optional.empty());
    }

    Benchmark(Class<?> type, int warmups, int mostRounds) {
        this(type, Kind.SHIMS, warmups, mostRounds, Optional.empty());
    }

    Benchmark(Class<?> type, Kind kind, int warmups, int mostRounds, Optional<Axis> axis) {
        this.type = type;
        this.kind = kind;
        this.warmups = warmups;
        this.mostRounds = mostRounds;
        this.axis = axis;
    }

    public String title() {
        return type.getSimpleName();
    }

    /** What is run when nothing is named. */
    public static List<Benchmark> usual() {
        return Arrays.stream(values()).filter(benchmark -> benchmark.kind != Kind.ENDURANCE).toList();
    }

    /** @throws IllegalArgumentException whose message has all names, when there is none of this name */
    public static Benchmark named(String title) {
        List<String> titles = new ArrayList<>();
        for (Benchmark benchmark : values()) {
            if (benchmark.title().equals(title)) {
                return benchmark;
            }
            titles.add(benchmark.title());
        }
        throw new IllegalArgumentException("no benchmark " + title + "; there are " + String.join(", ", titles));
    }
}
