package io.carafe.benchmarks.condition;

import io.carafe.benchmarks.parse.DockerLikeConfig;
import io.carafe.benchmarks.process.CProgram;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.nio.file.Path;
import java.util.List;

/**
 * What the container's own life costs: a million system calls under a profile of docker's size, as the runtime's filter decides on them (runc's and
 * crun's is libseccomp's); beside it the same without a container.
 */
public class SystemCalls extends Rounds {

    private static final String STEP = "1,000,000 system calls";

    private Path bundle;

    @Override
    protected void prepare(OciRuntime runtime) {
        CProgram.compile("calls", work.bundle().resolve("rootfs/bin/calls"));
        bundle = work.bundle("calls", config -> config.withProcess(config.process().orElseThrow().withArgs(List.of("/bin/calls")))
                .withLinux(config.linux().orElseThrow().withSeccomp(DockerLikeConfig.of().linux().orElseThrow().seccomp().orElseThrow())));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        if (measure == Measure.NANOSECONDS) {
            add(runtime.name(), runtime.run(bundle, work.id(runtime)));
        }
    }

    @Override
    protected void afterTurns() {
        add("no filter", List.of(work.bundle().resolve("rootfs/bin/calls").toString()));
    }

    private void add(String name, List<String> command) {
        launcher.time(command);
        Measurements.add(new Key(Measure.NANOSECONDS, STEP, name), Long.parseLong(launcher.output().trim()));
    }
}
