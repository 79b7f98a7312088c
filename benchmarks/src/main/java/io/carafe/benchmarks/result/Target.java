package io.carafe.benchmarks.result;

import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.limit.SmallestLimit;
import io.carafe.benchmarks.load.Parallel;
import io.carafe.benchmarks.parse.FirstParse;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.benchmarks.slope.FurtherLayers;
import io.carafe.benchmarks.slope.FurtherMounts;
import io.carafe.benchmarks.task.CtrRun;
import io.carafe.benchmarks.task.Exits;
import io.carafe.benchmarks.task.ShimMemory.Load;
import io.carafe.benchmarks.task.ShimMemoryOfMany;
import io.carafe.benchmarks.task.ShimStart;
import io.carafe.benchmarks.task.ShimStateBesideExec;
import io.carafe.benchmarks.task.Throughput;
import java.util.Optional;

/** The numbers that carafe is to reach: a row each. They are compared and printed, never asserted. */
public enum Target {
    VERSION("--version", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    STATE("state", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    RUN_CRUN("run", Cgroups.V1, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 0.8),
    RUN_RUNC("run", Cgroups.V1, Regime.BACK_TO_BACK, Unit.TIMES, "runc", 0.3),
    RUN_GAPS_CRUN("run", Cgroups.V1, Regime.GAPS, Unit.TIMES, "crun", 0.35),
    RUN_GAPS_RUNC("run", Cgroups.V1, Regime.GAPS, Unit.TIMES, "runc", 0.25),
    RUN_STATIC("run", Cgroups.V1, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.8),
    RUN_GAPS_STATIC("run", Cgroups.V1, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.42),
    RUN_V2_STATIC("run", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.75),
    RUN_V2_GAPS_STATIC("run", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.75),
    RUN_V2_FLOOR("run", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, OciRuntime.FLOOR, 1.9),
    RUN_V2_GAPS_FLOOR("run", Cgroups.V2, Regime.GAPS, Unit.TIMES, OciRuntime.FLOOR, 1.9),
    EXEC_V2_STATIC("exec", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.6),
    EXEC_V2_GAPS_STATIC("exec", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.6),
    CREATE_V2_STATIC("create", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.75),
    CREATE_V2_GAPS_STATIC("create", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.75),
    START_V2_STATIC("start", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    START_V2_GAPS_STATIC("start", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    KILL_V2_STATIC("kill", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    KILL_V2_GAPS_STATIC("kill", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    STATE_V2_STATIC("state", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    STATE_V2_GAPS_STATIC("state", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    DELETE_V2_STATIC("delete", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    DELETE_V2_GAPS_STATIC("delete", Cgroups.V2, Regime.GAPS, Unit.TIMES, Names.STATIC_CRUN, 0.85),
    /** A throughput of 1.4 times. */
    PARALLEL_STATIC(Parallel.share(8), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, Names.STATIC_CRUN, 0.71),
    SHIMS_OF_MANY(ShimMemoryOfMany.PSS, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.15),
    RUN_V2("run", Cgroups.V2, Regime.BACK_TO_BACK, Unit.TIMES, "runc", 0.3),
    RUN_V2_GAPS("run", Cgroups.V2, Regime.GAPS, Unit.TIMES, "runc", 0.3),
    RUN_MEMORY("run", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MEGABYTES, "", 3),
    MOUNT(FurtherMounts.AXIS.step(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    LAYER(FurtherLayers.AXIS.step(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    EXEC_CRUN("exec", Cgroups.V1, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 0.85),
    EXEC_GAPS_CRUN("exec", Cgroups.V1, Regime.GAPS, Unit.TIMES, "crun", 0.35),
    UPDATE("update", Cgroups.V1, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    PAUSE("pause", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    RESUME("resume", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    PS("ps", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    EVENTS("events --stats", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "runc", 1),
    SMALLEST_LIMIT(SmallestLimit.STEP, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, "crun", 1),
    SHIM_START(ShimStart.STEP, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.5),
    SHIM_PSS_ONE(Load.ONE.pss(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.2),
    SHIM_PSS_ONE_MB(Load.ONE.pss(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MEGABYTES, "", 2),
    SHIM_OWN_ONE(Load.ONE.own(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.2),
    SHIM_PSS_TEN(Load.TEN.pss(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.2),
    SHIM_PSS_TEN_MB(Load.TEN.pss(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MEGABYTES, "", 2),
    SHIM_OWN_TEN(Load.TEN.own(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.2),
    SHIM_PSS_POD(Load.POD.pss(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.2),
    SHIM_PSS_POD_MB(Load.POD.pss(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MEGABYTES, "", 2),
    SHIM_OWN_POD(Load.POD.own(), Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.2),
    STATE_BESIDE_EXEC(ShimStateBesideExec.STEP, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MILLISECONDS, OciRuntime.CARAFE, 5),
    CTR_RUN(CtrRun.STEP, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 0.8),
    TERMINAL(Throughput.TERMINAL, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.TIMES, ContainerdShim.PEER, 1),
    EXITS_LOST(Exits.LOST, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.NUMBER, "", 0),
    EXITS_DESCRIPTORS(Exits.DESCRIPTORS_GROWN, Cgroups.ANY, Regime.BACK_TO_BACK, Unit.NUMBER, "", 0),
    FIRST_COMPILE("config: compile seccomp", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MILLISECONDS, FirstParse.PARTICIPANT, 0.5),
    FIRST_PARSE("config: both", Cgroups.ANY, Regime.BACK_TO_BACK, Unit.MILLISECONDS, FirstParse.PARTICIPANT, 0.4);

    /** A constant of an enum cannot be named by its rows. */
    private static final class Names {
        private static final String STATIC_CRUN = "static-crun";
    }

    enum Cgroups {
        ANY,
        V1,
        V2;

        boolean covers(CgroupLayout layout) {
            return this == ANY || (this == V2) == (layout == CgroupLayout.V2);
        }
    }

    enum Regime {
        BACK_TO_BACK,
        GAPS;

        static Regime of(int gapMillis) {
            return gapMillis == 0 ? BACK_TO_BACK : GAPS;
        }
    }

    enum Unit {
        TIMES("×"),
        MEGABYTES("MB"),
        MILLISECONDS("ms"),
        NUMBER("");

        final String text;

        Unit(String text) {
            this.text = text;
        }
    }

    public static final String OURS = OciRuntime.CARAFE;

    private static final double NANOS_PER_MILLI = 1e6;
    private static final double BYTES_PER_KIBIBYTE = 1024;
    private static final double BYTES_PER_MEGABYTE = 1e6;

    final String step;
    final Cgroups cgroups;
    final Regime regime;
    final Unit unit;
    final String peer;
    final double limit;

    Target(String step, Cgroups cgroups, Regime regime, Unit unit, String peer, double limit) {
        this.step = step;
        this.cgroups = cgroups;
        this.regime = regime;
        this.unit = unit;
        this.peer = peer;
        this.limit = limit;
    }

    /** What was reached. Empty when the results are of something else, or one of the two was not measured. */
    Optional<Double> reached(CgroupLayout layout, ResultTable table) {
        if (!cgroups.covers(layout) || Regime.of(table.gapMillis()) != regime) {
            return Optional.empty();
        }
        return switch (unit) {
            case TIMES -> table.ratio(step, OURS, peer);
            case MEGABYTES -> table.row(step, OURS).flatMap(Target::mostKibibytes).map(most -> most * BYTES_PER_KIBIBYTE / BYTES_PER_MEGABYTE);
            case NUMBER -> table.row(step, OURS).map(row -> row.values().max());
            case MILLISECONDS -> table.row(step, peer).map(row -> row.values().median() / NANOS_PER_MILLI);
        };
    }

    /** Whether it is about the memory beside a time. */
    boolean isOfPeaks(ResultTable table) {
        return unit == Unit.MEGABYTES && table.row(step, OURS).stream().noneMatch(row -> row.measure() == Measure.KIBIBYTES);
    }

    String words() {
        String number = limit == Math.rint(limit) ? Long.toString(Math.round(limit)) : Double.toString(limit);
        return "≤ " + number + (unit == Unit.TIMES ? " × " + peer : unit == Unit.NUMBER ? "" : " " + unit.text);
    }

    /** The worst that was seen: a peak has no typical value to hide behind. */
    private static Optional<Double> mostKibibytes(ResultTable.Row row) {
        return row.measure() == Measure.KIBIBYTES ? Optional.of(row.values().max()) : row.peakKibibytes().map(Samples::max);
    }
}
