package io.carafe.benchmarks.task;

import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.shim.RunningShim;
import io.carafe.benchmarks.shim.ShimRounds;
import io.carafe.benchmarks.shim.SmapsRollup;
import io.carafe.linux.abi.ProcessFlags;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of 500 shims with a container each that does nothing: the sum of their PSS, and how much less the host has to give (MemAvailable,
 * which knows of the kernel's part of the containers, and of what others did meanwhile).
 */
public class ShimMemoryOfMany extends ShimRounds {

    private static final int SHIMS = 500;
    public static final String PSS = "PSS, " + SHIMS + " shims, all";
    private static final String HOST = "host's memory, " + SHIMS + " containers";
    private static final long REST_MILLIS = 4_000;
    /** Of each shim a connection and a log are open here. */
    private static final long DESCRIPTORS = 4096;

    @Override
    protected void prepare() {
        events.linux.processes.setrlimit(ProcessFlags.RLIMIT_NOFILE, DESCRIPTORS, Math.max(DESCRIPTORS,
                events.linux.processes.getrlimit(ProcessFlags.RLIMIT_NOFILE).hard()));
    }

    @Override
    protected void turn(ContainerdShim shim) {
        long before = available();
        List<RunningShim> all = new ArrayList<>();
        for (int i = 0; i < SHIMS; i++) {
            all.add(withContainers(shim, newId(shim), 1));
        }
        events.rest(REST_MILLIS);
        note(Measure.KIBIBYTES, PSS, shim, all.stream().mapToLong(one -> SmapsRollup.of(one.pid()).pssKibibytes()).sum());
        note(Measure.KIBIBYTES, HOST, shim, before - available());
        all.forEach(RunningShim::end);
    }

    /** In KiB. */
    private static long available() {
        try (var lines = Files.lines(Path.of("/proc/meminfo"))) {
            return lines.filter(line -> line.startsWith("MemAvailable:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
