package io.carafe.benchmarks.parse;

import io.carafe.benchmarks.process.Launcher;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.WorkDirectory;
import io.carafe.spec.codec.ConfigJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The first thing that an image parses: a process for each time, which says itself how long it took ({@link FirstParseImage}). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@Warmup(iterations = 3)
@Fork(1)
public class FirstParse {

    /** In the results. */
    public static final String PARTICIPANT = "image";
    /** The JVM option that names the image. */
    public static final String IMAGE = "carafe.benchmarks.image";

    private Launcher launcher;
    private List<String> command;

    @Setup
    public void open() throws IOException {
        WorkDirectory work = WorkDirectory.ofThisProcess();
        launcher = work.launcher();
        Path config = Files.write(work.folder().resolve("docker-like.json"), ConfigJson.write(DockerLikeConfig.of()));
        command = List.of(System.getProperty(IMAGE), config.toString());
    }

    @Benchmark
    public void once() {
        launcher.time(command);
        String[] nanos = launcher.output().trim().split(" ");
        long read = Long.parseLong(nanos[0]);
        long parse = Long.parseLong(nanos[1]);
        Measurements.add(new Key(Measure.NANOSECONDS, "config: read the file", PARTICIPANT), read);
        Measurements.add(new Key(Measure.NANOSECONDS, "config: first parse", PARTICIPANT), parse);
        Measurements.add(new Key(Measure.NANOSECONDS, "config: both", PARTICIPANT), read + parse);
        Measurements.add(new Key(Measure.NANOSECONDS, "config: compile seccomp", PARTICIPANT), Long.parseLong(nanos[2]));
    }
}
