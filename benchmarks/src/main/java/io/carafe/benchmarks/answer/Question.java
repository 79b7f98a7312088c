package io.carafe.benchmarks.answer;

import io.carafe.benchmarks.limit.SmallestLimit;
import io.carafe.benchmarks.parse.FirstParse;
import io.carafe.benchmarks.parse.ParseConfig;
import io.carafe.benchmarks.question.CreateStartDelete;
import io.carafe.benchmarks.question.Events;
import io.carafe.benchmarks.question.Exec;
import io.carafe.benchmarks.question.PauseResume;
import io.carafe.benchmarks.question.Ps;
import io.carafe.benchmarks.question.Run;
import io.carafe.benchmarks.question.RunLikeDockers;
import io.carafe.benchmarks.question.State;
import io.carafe.benchmarks.question.Update;
import io.carafe.benchmarks.question.Version;
import io.carafe.benchmarks.slope.Axis;
import io.carafe.benchmarks.slope.FurtherLayers;
import io.carafe.benchmarks.slope.FurtherMounts;
import io.carafe.benchmarks.task.CtrRun;
import io.carafe.benchmarks.task.Exits;
import io.carafe.benchmarks.task.ShimExec;
import io.carafe.benchmarks.task.ShimMemory;
import io.carafe.benchmarks.task.ShimStart;
import io.carafe.benchmarks.task.ShimStateBesideExec;
import io.carafe.benchmarks.task.Throughput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What can be asked: a row for each of JMH's benchmark classes. Its name is the class's. */
public enum Question {
    VERSION(Version.class, Kind.RUNTIMES),
    STATE(State.class, Kind.RUNTIMES),
    RUN(Run.class, Kind.RUNTIMES),
    RUN_LIKE_DOCKERS(RunLikeDockers.class, Kind.RUNTIMES),
    EXEC(Exec.class, Kind.RUNTIMES),
    UPDATE(Update.class, Kind.RUNTIMES),
    PAUSE_RESUME(PauseResume.class, Kind.RUNTIMES),
    PS(Ps.class, Kind.RUNTIMES),
    EVENTS(Events.class, Kind.RUNTIMES),
    SMALLEST_LIMIT(SmallestLimit.class, Kind.LIMIT),
    CREATE_START_DELETE(CreateStartDelete.class, Kind.RUNTIMES),
    FURTHER_MOUNTS(FurtherMounts.class, FurtherMounts.AXIS),
    FURTHER_LAYERS(FurtherLayers.class, FurtherLayers.AXIS),
    SHIM_START(ShimStart.class, 2, 60),
    SHIM_MEMORY(ShimMemory.class, 0, 3),
    SHIM_EXEC(ShimExec.class, 2, 60),
    SHIM_STATE_BESIDE_EXEC(ShimStateBesideExec.class, 1, 30),
    CTR_RUN(CtrRun.class, 2, 30),
    THROUGHPUT(Throughput.class, 1, 6),
    EXITS(Exits.class),
    FIRST_PARSE(FirstParse.class, Kind.IMAGE),
    PARSE_CONFIG(ParseConfig.class, Kind.JVM);

    /** Whom it is put to. */
    public enum Kind {
        /** Every runtime, in each view and with each gap. */
        RUNTIMES,
        /** Every runtime, in each view, back to back: the difference between runs, which no gap changes. */
        SLOPE,
        /** Every runtime, in each view, back to back: how much of something it needs, which no gap changes. */
        LIMIT,
        /** Containerd's shims, in the host's view. */
        SHIMS,
        /** Containerd's shims in the host's view, once and for long: only when it is named. */
        ENDURANCE,
        /** A small image with the reader of config.json, once. */
        IMAGE,
        /** Code in the JVM, once. */
        JVM;

        public boolean isOfRuntimes() {
            return this == RUNTIMES || this == SLOPE || this == LIMIT;
        }

        public boolean isOfShims() {
            return this == SHIMS || this == ENDURANCE;
        }
    }

    private static final int MOST_OF_A_LIMIT = 5;

    public final Class<?> benchmark;
    public final Kind kind;
    /** Rounds of shims that do not count; the classes of the others say it themselves. */
    public final int warmups;
    /** Where more of them would say nothing more. */
    public final int mostRounds;
    final Optional<Axis> axis;

    Question(Class<?> benchmark, Kind kind) {
        this(benchmark, kind, 0, kind == Kind.LIMIT ? MOST_OF_A_LIMIT : Integer.MAX_VALUE, Optional.empty());
    }

    Question(Class<?> benchmark, Axis axis) {
        this(benchmark, Kind.SLOPE, 0, Integer.MAX_VALUE, Optional.of(axis));
    }

    Question(Class<?> benchmark) {
        this(benchmark, Kind.ENDURANCE, 0, 1, Optional.empty());
    }

    Question(Class<?> benchmark, int warmups, int mostRounds) {
        this(benchmark, Kind.SHIMS, warmups, mostRounds, Optional.empty());
    }

    Question(Class<?> benchmark, Kind kind, int warmups, int mostRounds, Optional<Axis> axis) {
        this.benchmark = benchmark;
        this.kind = kind;
        this.warmups = warmups;
        this.mostRounds = mostRounds;
        this.axis = axis;
    }

    public String title() {
        return benchmark.getSimpleName();
    }

    /** What is asked when nothing is named. */
    public static List<Question> usual() {
        return Arrays.stream(values()).filter(question -> question.kind != Kind.ENDURANCE).toList();
    }

    /** @throws IllegalArgumentException whose message has all names, when there is none of this name */
    public static Question named(String title) {
        List<String> titles = new ArrayList<>();
        for (Question question : values()) {
            if (question.title().equals(title)) {
                return question;
            }
            titles.add(question.title());
        }
        throw new IllegalArgumentException("no question " + title + "; there are " + String.join(", ", titles));
    }
}
