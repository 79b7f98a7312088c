package io.carafe.benchmarks;

import io.carafe.benchmarks.result.ResultTable;
import io.carafe.benchmarks.result.Comparison;
import io.carafe.benchmarks.result.Page;
import io.carafe.benchmarks.result.Benchmark;
import io.carafe.benchmarks.result.Benchmark.Kind;
import io.carafe.benchmarks.result.Report;
import io.carafe.benchmarks.result.Results;
import io.carafe.benchmarks.result.Target;
import io.carafe.benchmarks.host.CgroupSnapshot;
import io.carafe.benchmarks.host.DeviceNull;
import io.carafe.benchmarks.host.Machine;
import io.carafe.benchmarks.host.OtherWork;
import io.carafe.benchmarks.host.RunContainerd;
import io.carafe.benchmarks.host.View;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.WorkDirectory;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.cli.trace.Trace;
import io.carafe.runtime.cli.trace.TracedProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/** One view: the programs, the benchmarks, the tables. */
final class Session {

    private static final int TRACES = 11;

    private final Arguments arguments;
    private final View view;
    private final WorkDirectory work;
    private final MeasuredPrograms programs;
    private final DeviceNull deviceNull = DeviceNull.now();
    private final CgroupSnapshot cgroups = CgroupSnapshot.now();
    private final OtherWork began = OtherWork.now();
    private Optional<RunContainerd> runContainerd = Optional.empty();

    private Session(Arguments arguments, View view) throws IOException {
        this.arguments = arguments;
        this.view = view;
        this.work = WorkDirectory.make(arguments.config());
        this.programs = new MeasuredPrograms(arguments, work, work.launcher());
    }

    /** @return whether all benchmarks were run */
    static boolean hold(Arguments arguments, View view) throws IOException, InterruptedException {
        view.open();
        Session session = new Session(arguments, view);
        // In a hook, so that an interrupted session leaves nothing either.
        Runtime.getRuntime().addShutdownHook(new Thread(session::clear));
        return session.hold();
    }

    private boolean hold() throws IOException, InterruptedException {
        Map<String, String> machine = Machine.facts(view);
        System.out.println("\nview " + view.title + "\n");
        machine.forEach((name, fact) -> System.out.printf("  %-12s %s%n", name, fact));
        List<OciRuntime> runtimes = includes(Kind::isOfRuntimes) ? programs.admitRuntimes() : List.of();
        Report ofRuntimes = report(runtimes.stream().map(OciRuntime::name));
        Report ofShims = report(shims().stream().map(ContainerdShim::name));
        List<ResultTable> tables = new ArrayList<>();
        boolean complete = runAll(ofRuntimes, ofShims, tables);
        complete &= arguments.carafe().isEmpty() || !includes(Kind::isOfRuntimes)
                || runtimes.stream().anyMatch(runtime -> runtime.name().equals(Target.OURS));
        System.out.println('\n' + ofRuntimes.targets(tables));
        if (arguments.against().isPresent()) {
            Optional<Results> kept = ResultsFolder.of(arguments.against().get()).of(view);
            System.out.println(kept.isEmpty() ? "No samples of this view stand beside " + arguments.against().get()
                    : "Ratios, with their quartiles, and those of " + kept.get().machine().getOrDefault("date", "") + ":\n\n" + Comparison.of(tables, kept.get()));
        }
        write(machine, tables);
        return complete;
    }

    private List<ContainerdShim> shims() throws IOException {
        if (view != View.HOST || !includes(Kind::isOfShims)) {
            return List.of();
        }
        if (!WorkDirectory.isRoot()) {
            System.out.println("  shims        left out: only as root");
            return List.of();
        }
        runContainerd = Optional.of(RunContainerd.mount());
        return programs.admitShims();
    }

    private static Report report(Stream<String> names) throws IOException {
        return new Report(Machine.layout(), names.toList());
    }

    private boolean runAll(Report ofRuntimes, Report ofShims, List<ResultTable> tables) {
        JmhRunner runner = new JmhRunner(work, image(), arguments.rounds(), arguments.exits());
        boolean complete = true;
        Report last = null;
        for (Benchmark benchmark : arguments.benchmarks()) {
            Report report = benchmark.kind.isOfShims() ? ofShims : ofRuntimes;
            boolean ofNobody = !benchmark.kind.isOfShims() && !benchmark.kind.isOfRuntimes();
            if (ofNobody ? view != arguments.views().get(0) : report.isOfNobody()) {
                continue;
            }
            if (report != last) {
                System.out.println('\n' + report.heading());
                last = report;
            }
            complete &= run(runner, benchmark, report, tables);
        }
        return complete;
    }

    private void write(Map<String, String> machine, List<ResultTable> tables) throws IOException {
        Map<String, String> facts = new LinkedHashMap<>(machine);
        int others = began.percentUntil(OtherWork.now());
        facts.put("cgroups", Machine.cgroups(view));
        facts.put("others' work", others + " % of the processors' time");
        facts.put("date", LocalDate.now().toString());
        Results results = Results.of(view.title, facts, programs.versions(), others, tables);
        System.out.println("others had " + others + " % of the processors' time");
        Files.write(arguments.target().resolve("results-" + view.title + ".json"), results.json());
        System.out.println("every value: " + arguments.target().resolve("results-" + view.title + ".json").normalize());
        if (arguments.page().isPresent()) {
            ResultsFolder kept = ResultsFolder.of(arguments.page().get());
            kept.replace(results);
            facts.putAll(programs.versions());
            Path page = arguments.page().get();
            int most = kept.othersPercent();
            String filled = new Page(view.title, Machine.layout(), facts, tables).filled(Files.readString(page));
            Files.writeString(page, Page.titled(filled, most < OtherWork.BUSY_PERCENT ? 0 : most));
            System.out.println("tables of " + page);
            if (tables.stream().anyMatch(table -> table.benchmark() == Benchmark.RUN)) {
                kept.keepTrace(traceOfARun());
            }
            System.out.println(kept.draw() + " pictures in " + kept.folder());
        }
    }

    /** Of some the one whose length is the median: a single one may have been disturbed. */
    private byte[] traceOfARun() throws IOException {
        OciRuntime carafe = programs.candidates().stream().filter(OciRuntime::isCarafe).findFirst().orElseThrow();
        List<byte[]> traces = new ArrayList<>();
        for (int i = 0; i < TRACES; i++) {
            Path trace = work.states().resolve("trace");
            work.launcher().time(carafe.traced(trace, carafe.run(work.bundle(), work.id(carafe))));
            traces.add(Files.readAllBytes(trace));
            Files.delete(trace);
        }
        traces.sort(Comparator.comparingLong(trace -> Trace.read(trace).processes().stream().mapToLong(TracedProcess::endNanos).max().orElseThrow()));
        return traces.get(TRACES / 2);
    }

    private boolean includes(Predicate<Kind> of) {
        return arguments.benchmarks().stream().anyMatch(benchmark -> of.test(benchmark.kind));
    }

    private boolean run(JmhRunner runner, Benchmark benchmark, Report report, List<ResultTable> tables) {
        for (int gapMillis : benchmark.kind == Kind.RUNTIMES ? arguments.gapsMillis() : List.of(0)) {
            try {
                ResultTable table = runner.run(benchmark, gapMillis);
                System.out.print(report.table(table));
                tables.add(table);
            } catch (RunnerException e) {
                System.out.println(benchmark.title() + ": failed: " + reason(e));
                return false;
            }
        }
        return true;
    }

    private static String reason(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null || cause.getSuppressed().length > 0) {
            cause = cause.getCause() != null ? cause.getCause() : cause.getSuppressed()[0];
        }
        return cause.getMessage();
    }

    private Path image() {
        return arguments.target().resolve("first-parse").toAbsolutePath();
    }

    private void clear() {
        try {
            endAll();
            work.clear(programs.candidates());
            if (runContainerd.isPresent()) {
                runContainerd.get().unmount();
            }
            programs.showCgroups();
            cgroups.restore(work.idPrefix());
            programs.unmountCgroups();
            if (WorkDirectory.isRoot() && deviceNull.restore()) {
                System.out.println("A runtime had changed /dev/null; it is as before: " + deviceNull);
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("benchmarks: tidying up: " + e.getMessage());
        }
    }

    /** What an interrupted benchmark has left, all of it in this process's pid namespace, of which it is the first. */
    private static void endAll() {
        Linux linux = Linux.over(Door.open());
        if (linux.processes.getpid() == 1) {
            try {
                linux.processes.kill(-1, Signal.SIGKILL.number);
            } catch (KernelException e) {
                if (!e.is(Errno.ESRCH)) { // there is nobody else
                    throw e;
                }
            }
        }
    }
}
