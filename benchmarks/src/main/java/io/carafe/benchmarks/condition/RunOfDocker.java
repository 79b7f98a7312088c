package io.carafe.benchmarks.condition;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import io.carafe.spec.Config;
import io.carafe.spec.codec.ConfigJson;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code run} of /bin/true with the config.json that docker 20.10 writes for {@code docker run}, but for its hook, which wants docker's daemon. */
public class RunOfDocker extends Rounds {

    private static final String CONFIG = "docker-20.10.24-default.json";

    @Override
    protected boolean mayBeWithout() {
        return true;
    }

    @Override
    protected void prepare(OciRuntime runtime) {
        try (InputStream stream = RunOfDocker.class.getResourceAsStream("/" + CONFIG)) {
            Path file = Files.writeString(work.folder().resolve("etc-file"), "127.0.0.1 localhost\n");
            String json = new String(stream.readAllBytes(), StandardCharsets.UTF_8).replace("sources/file", file.toString()).replace("/CGROUP", "/" + work.id(runtime));
            Config docker = ConfigJson.read(json.getBytes(StandardCharsets.UTF_8));
            bundle(runtime, docker.withProcess(docker.process().orElseThrow().withArgs(List.of("/bin/true"))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        launcher.time(command(runtime));
    }

    private void bundle(OciRuntime runtime, Config docker) {
        work.bundle("docker-" + runtime.name(), config -> docker.withRoot(config.root().orElseThrow()));
    }

    private List<String> command(OciRuntime runtime) {
        return runtime.run(work.folder().resolve("docker-" + runtime.name()), work.id(runtime));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "run with docker's config.json", runtime.name(), command(runtime));
    }
}
