package io.carafe.benchmarks.slope;

import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.spec.Config;
import java.io.IOException;
import java.util.List;

/** What a further bind costs. */
public class FurtherMounts extends Slope {

    public static final Axis AXIS = new Axis("per bind", "binds", List.of(0, 10, 30, 60));

    public FurtherMounts() {
        super(AXIS);
    }

    @Override
    Config with(int count, Config config, OciRuntime runtime) throws IOException {
        return withBinds(count, config);
    }
}
