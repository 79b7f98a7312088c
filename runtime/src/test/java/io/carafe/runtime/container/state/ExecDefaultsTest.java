package io.carafe.runtime.container.state;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.spec.process.Capabilities;
import io.carafe.spec.process.ExecCPUAffinity;
import io.carafe.spec.process.IoPriority;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Rlimit;
import io.carafe.spec.process.Scheduler;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ExecDefaultsTest {

    private static final Process PLAIN = Process.of("/", List.of("sh"), List.of("A=1"));

    private static Process saying(String word, int number) {
        return PLAIN.withCapabilities(new Capabilities(List.of(), List.of("CAP_KILL"), List.of(), List.of(), List.of()))
                .withRlimits(List.of(new Rlimit("RLIMIT_CORE", number, number))).withApparmorProfile(word).withSelinuxLabel(word).withOomScoreAdj(OptionalInt.of(number))
                .withScheduler(new Scheduler(Scheduler.Policy.SCHED_OTHER, number, 0, List.of(), 0, 0, 0))
                .withIoPriority(new IoPriority(IoPriority.IoClass.IOPRIO_CLASS_BE, number))
                .withExecCPUAffinity(new ExecCPUAffinity(Optional.of(Integer.toString(number)), Optional.empty()));
    }

    @Test
    void who_says_nothing_has_what_the_container_has() {
        assertEquals(saying("web", 1), ExecDefaults.of(saying("web", 1)).in(PLAIN));
    }

    @Test
    void who_says_something_has_that() {
        assertEquals(saying("own", 2), ExecDefaults.of(saying("web", 1)).in(saying("own", 2)));
    }

    @Test
    void a_container_that_says_nothing_gives_nothing() {
        assertEquals(PLAIN, ExecDefaults.of(PLAIN).in(PLAIN));
    }
}
