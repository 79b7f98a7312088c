package io.carafe.benchmarks.slope;

import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.spec.Config;
import io.carafe.spec.Root;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a further layer of the root costs carafe. The others have no layers: for them it is again a further bind. */
public class FurtherLayers extends Slope {

    public static final Axis AXIS = new Axis("per layer (or bind)", "layers", List.of(1, 10, 50, 100));

    public FurtherLayers() {
        super(AXIS);
    }

    @Override
    Config with(int count, Config config, OciRuntime runtime) throws IOException {
        if (!runtime.isCarafe()) {
            return withBinds(count, config);
        }
        StringBuilder lower = new StringBuilder();
        for (int i = 1; i < count; i++) {
            Path layer = Files.createDirectories(work.folder().resolve("layers/" + i));
            Files.writeString(layer.resolve("file" + i), "");
            lower.append(layer).append(':');
        }
        Map<String, String> annotations = new LinkedHashMap<>(config.annotations());
        annotations.put("io.carafe.rootfs.lower", lower + config.root().orElseThrow().path());
        // Whose root is elsewhere may not name layers by annotations: they might be an image's.
        Path root = Files.createDirectories(bundle(count, runtime).resolve("rootfs"));
        return config.withAnnotations(annotations).withRoot(new Root(root.toString(), config.root().get().readonly()));
    }
}
