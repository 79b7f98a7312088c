package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.Containerd;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.ShimRounds;
import java.util.List;

/** {@code ctr run --rm} of /bin/true under a containerd: by carafe's shim with carafe, by containerd's with runc. */
public class CtrRun extends ShimRounds {

    public static final String STEP = "ctr run";

    private Containerd containerd;

    @Override
    protected void prepare() {
        containerd = Containerd.start(work.folder().resolve("containerd"), launcher, shims);
    }

    @Override
    protected void turn(ContainerdShim shim) {
        once(shim);
        note(Measure.NANOSECONDS, STEP, shim, once(shim));
    }

    private long once(ContainerdShim shim) {
        List<String> command = containerd.run(shim, work.idPrefix() + "namespace", work.bundle().resolve("rootfs"),
                newId(shim), "/bin/true");
        return launcher.time(command);
    }

    @Override
    protected void tidy() {
        containerd.close();
    }
}
