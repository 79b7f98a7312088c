package io.carafe.benchmarks.load;

import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.annotations.Warmup;

/**
 * {@code create} and {@code start}, and {@code exec}, while many containers run. These are started once, by the first of the runtimes, and are the
 * same for all: what makes the difference is the kernel, with their namespaces, mounts and cgroups.
 */
@Warmup(iterations = 1)
public abstract class BesideOthers extends Rounds {

    private static final List<String> WAIT = List.of("/bin/busybox", "sleep", "1000000");
    private static final int STARTS_AT_ONCE = 4;

    private final int others;
    private final List<String> running = new ArrayList<>();
    private OciRuntime starter;
    private Path waiting;

    BesideOthers(int others) {
        this.others = others;
    }

    @Override
    protected void prepare(OciRuntime runtime) {
        if (starter == null) {
            starter = runtime;
            waiting = work.bundle("waiting", config -> config.withProcess(config.process().orElseThrow().withArgs(WAIT)));
            List<List<String>> commands = new ArrayList<>();
            for (int i = 0; i < others; i++) {
                String id = work.idPrefix() + "other-" + i;
                running.add(id);
                commands.add(runtime.runDetached(waiting, pidFile(id), id));
            }
            launcher.timeAll(commands, STARTS_AT_ONCE);
        }
        launcher.time(runtime.runDetached(waiting, pidFile(work.id(runtime)), work.id(runtime)));
    }

    private Path pidFile(String id) {
        return work.states().resolve(id + ".pid");
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        String id = work.id(runtime) + "-further";
        long create = value(measure, runtime.create(work.bundle(), work.pidFile(runtime), id));
        long start = value(measure, runtime.start(id));
        launcher.await(work.pid(runtime));
        launcher.time(runtime.delete(id));
        Measurements.add(new Key(measure, "create+start, " + words(), runtime.name()), measure == Measure.NANOSECONDS ? create + start : Math.max(create, start));
        measure(measure, "exec, " + words(), runtime.name(), runtime.exec(work.id(runtime), "/bin/true"));
    }

    private String words() {
        return String.format("%,d running", others);
    }

    private long value(Measure measure, List<String> command) {
        return measure == Measure.NANOSECONDS ? launcher.time(command) : launcher.peakKibibytes(command);
    }

    @Override
    protected void tidy(OciRuntime runtime) {
        end(runtime, work.id(runtime));
        if (runtime == starter) {
            running.forEach(id -> end(runtime, id));
        }
    }

    private void end(OciRuntime runtime, String id) {
        try {
            launcher.end(Integer.parseInt(Files.readString(pidFile(id)).trim()));
            launcher.time(runtime.delete(id));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
