package io.carafe.benchmarks.answer;

import io.carafe.benchmarks.parse.FirstParse;
import io.carafe.benchmarks.parse.ParseConfig;
import io.carafe.benchmarks.process.CreateStartDelete;
import io.carafe.benchmarks.process.Run;
import io.carafe.benchmarks.process.State;
import io.carafe.benchmarks.process.Version;
import java.util.ArrayList;
import java.util.List;

/** What can be asked: a row for each of JMH's benchmark classes. Its name is the class's. */
public enum Question {
    VERSION(Version.class, Kind.RUNTIMES),
    STATE(State.class, Kind.RUNTIMES),
    RUN(Run.class, Kind.RUNTIMES),
    CREATE_START_DELETE(CreateStartDelete.class, Kind.RUNTIMES),
    FIRST_PARSE(FirstParse.class, Kind.IMAGE),
    PARSE_CONFIG(ParseConfig.class, Kind.JVM);

    /** Whom it is put to. */
    public enum Kind {
        /** Every runtime, in each view and with each gap. */
        RUNTIMES,
        /** A small image with the reader of config.json, once. */
        IMAGE,
        /** Code in the JVM, once. */
        JVM
    }

    public final Class<?> benchmark;
    public final Kind kind;

    Question(Class<?> benchmark, Kind kind) {
        this.benchmark = benchmark;
        this.kind = kind;
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
