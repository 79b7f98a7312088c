package io.carafe.benchmarks.question;

import io.carafe.benchmarks.process.Ledger.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Rounds;
import java.nio.file.Path;
import java.util.List;

/** {@code exec} of /bin/true, attached, in a container that runs. */
public class Exec extends Rounds {

    private static final List<String> WAIT = List.of("/bin/busybox", "sleep", "1000000");

    @Override
    protected void prepare(OciRuntime runtime) {
        Path bundle = workplace.bundle("waiting", config -> config.withProcess(config.process().orElseThrow().withArgs(WAIT)));
        launcher.time(runtime.runDetached(bundle, workplace.pidFile(runtime), workplace.id(runtime)));
    }

    @Override
    protected void cycle(OciRuntime runtime, Measure measure) {
        measure(measure, "exec", runtime.name(), runtime.exec(workplace.id(runtime), "/bin/true"));
    }

    @Override
    protected void tidy(OciRuntime runtime) {
        launcher.end(workplace.pid(runtime));
        launcher.time(runtime.delete(workplace.id(runtime)));
    }
}
