package io.carafe.benchmarks.condition;

import io.carafe.benchmarks.parse.DockerLikeConfig;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code run} of /bin/true, attached, with a seccomp profile as docker's and thirty volumes. */
public class RunLikeDockers extends Rounds {

    private static final int VOLUMES = 30;

    private Path bundle;

    @Override
    protected void prepare(OciRuntime runtime) {
        bundle = work.bundle("like-dockers", this::loaded);
    }

    private Config loaded(Config config) {
        List<Mount> mounts = new ArrayList<>(config.mounts());
        for (int i = 0; i < VOLUMES; i++) {
            String inside = "/tmp/volume-" + i;
            try {
                Path volume = Files.createDirectories(work.folder().resolve("volumes/" + i));
                Files.createDirectories(work.bundle().resolve("rootfs" + inside));
                mounts.add(Mount.of(inside, "bind", volume.toString(), "rbind", "nosuid", "nodev", "rprivate"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return config.withMounts(mounts).withLinux(config.linux().orElseThrow()
                .withSeccomp(DockerLikeConfig.of().linux().orElseThrow().seccomp().orElseThrow()));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "run like docker's", runtime.name(), runtime.run(bundle, work.id(runtime)));
    }
}
