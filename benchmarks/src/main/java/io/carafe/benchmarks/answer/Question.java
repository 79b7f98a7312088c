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
import java.util.ArrayList;
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
        /** A small image with the reader of config.json, once. */
        IMAGE,
        /** Code in the JVM, once. */
        JVM;

        public boolean isOfRuntimes() {
            return this == RUNTIMES || this == SLOPE || this == LIMIT;
        }
    }

    public final Class<?> benchmark;
    public final Kind kind;
    final Optional<Axis> axis;

    Question(Class<?> benchmark, Kind kind) {
        this(benchmark, kind, Optional.empty());
    }

    Question(Class<?> benchmark, Axis axis) {
        this(benchmark, Kind.SLOPE, Optional.of(axis));
    }

    Question(Class<?> benchmark, Kind kind, Optional<Axis> axis) {
        this.benchmark = benchmark;
        this.kind = kind;
        this.axis = axis;
    }

    public String title() {
        return benchmark.getSimpleName();
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
