package io.carafe.benchmarks.slope;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.Root;
import io.carafe.spec.codec.ConfigJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** {@code run} with more and more of something. What each further one costs is worked out from the results. */
public abstract class Slope extends Rounds {

    private final Axis axis;

    Slope(Axis axis) {
        this.axis = axis;
    }

    /** The work's config with so many of them. */
    abstract Config with(int count, Config config, OciRuntime runtime) throws IOException;

    final Path bundle(int count, OciRuntime runtime) {
        return work.folder().resolve(axis.things() + "-" + runtime.name() + "-" + count);
    }

    @Override
    protected final void prepare(OciRuntime runtime) {
        try {
            Config config = ConfigJson.read(Files.readAllBytes(work.bundle().resolve("config.json")));
            Root root = config.root().orElseThrow();
            config = config.withRoot(new Root(work.bundle().resolve(root.path()).toString(), root.readonly()));
            for (int count : axis.counts()) {
                Path bundle = Files.createDirectories(bundle(count, runtime));
                Files.write(bundle.resolve("config.json"), ConfigJson.write(with(count, config, runtime)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected final void cycle(OciRuntime runtime, Measure measure) {
        for (int count : axis.counts()) {
            measure(measure, axis.stepOf(count), runtime.name(), runtime.run(bundle(count, runtime), work.id(runtime)));
        }
    }

    /** Volumes as managers give them, onto directories that are there. */
    final Config withBinds(int count, Config config) throws IOException {
        Path volume = Files.createDirectories(work.folder().resolve("volume"));
        Path root = Path.of(config.root().orElseThrow().path());
        List<Mount> mounts = new ArrayList<>(config.mounts());
        for (int i = 0; i < count; i++) {
            Files.createDirectories(root.resolve("volumes/" + i));
            mounts.add(Mount.of("/volumes/" + i, "bind", volume.toString(), "rbind", "rprivate"));
        }
        return config.withMounts(mounts);
    }
}
