package io.carafe.benchmarks;

import io.carafe.benchmarks.answer.Answer;
import io.carafe.benchmarks.answer.Question;
import io.carafe.benchmarks.answer.Report;
import io.carafe.benchmarks.answer.Results;
import io.carafe.benchmarks.answer.Target;
import io.carafe.benchmarks.host.CgroupLayout;
import io.carafe.benchmarks.host.CgroupsBefore;
import io.carafe.benchmarks.host.DeviceNull;
import io.carafe.benchmarks.host.Machine;
import io.carafe.benchmarks.host.View;
import io.carafe.benchmarks.process.LaunchException;
import io.carafe.benchmarks.process.Launcher;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Workplace;
import io.carafe.linux.KernelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.runner.RunnerException;

/** One view: who takes part, the questions, the tables. */
final class Session {

    private static final List<String> PEERS = List.of("crun", "runc");
    private static final List<String> PLACES = List.of("/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin");

    private final Arguments arguments;
    private final View view;
    private final Workplace workplace;
    private final Launcher launcher;
    private final List<OciRuntime> candidates;
    private final DeviceNull deviceNull = DeviceNull.now();
    private final CgroupsBefore cgroups = CgroupsBefore.now();
    private boolean hugetlb;

    private Session(Arguments arguments, View view) throws IOException {
        this.arguments = arguments;
        this.view = view;
        this.workplace = Workplace.make(arguments.config());
        this.launcher = workplace.launcher();
        this.candidates = candidates();
    }

    /** @return whether all questions were answered */
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
        Map<String, String> versions = new LinkedHashMap<>();
        List<OciRuntime> runtimes = admitted(versions);
        workplace.admit(runtimes);
        Report report = new Report(Machine.layout(), runtimes.stream().map(OciRuntime::name)
                .filter(name -> !name.equals(Target.OURS)).toList());
        System.out.println('\n' + report.heading());
        List<Answer> answers = new ArrayList<>();
        boolean complete = askAll(report, !runtimes.isEmpty(), answers);
        complete &= arguments.carafe().isEmpty() || runtimes.stream().anyMatch(runtime -> runtime.name().equals(Target.OURS));
        System.out.println('\n' + report.targets(answers));
        Path results = arguments.target().resolve("results-" + view.title + ".json");
        Files.write(results, Results.json(view.title, machine, versions, answers));
        System.out.println("every value: " + results.normalize());
        return complete;
    }

    private boolean askAll(Report report, boolean anyRuntime, List<Answer> answers) {
        Interview interview = new Interview(workplace, image(), arguments.rounds());
        boolean complete = true;
        for (Question question : arguments.questions()) {
            boolean ofRuntimes = question.kind.isOfRuntimes();
            if (ofRuntimes ? !anyRuntime : view != arguments.views().get(0)) {
                continue;
            }
            for (int gapMillis : question.kind == Question.Kind.RUNTIMES ? arguments.gapsMillis() : List.of(0)) {
                try {
                    Answer answer = interview.ask(question, gapMillis);
                    System.out.print(report.table(answer));
                    answers.add(answer);
                } catch (RunnerException e) {
                    System.out.println(question.title() + ": failed: " + reason(e));
                    complete = false;
                }
            }
        }
        return complete;
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

    private List<OciRuntime> candidates() {
        List<Path> binaries = new ArrayList<>();
        for (String peer : PEERS) {
            PLACES.stream().map(place -> Path.of(place, peer)).filter(Files::isExecutable).findFirst().ifPresent(binaries::add);
        }
        binaries.addAll(arguments.runtimes());
        List<OciRuntime> found = new ArrayList<>();
        arguments.carafe().ifPresent(binary -> found.add(workplace.runtime(Target.OURS, binary)));
        List<String> names = new ArrayList<>(List.of(Target.OURS));
        for (Path binary : binaries) {
            String name = binary.getFileName().toString();
            for (int n = 2; names.contains(name); n++) {
                name = binary.getFileName() + "-" + n;
            }
            names.add(name);
            found.add(workplace.runtime(name, binary));
        }
        return found;
    }

    /** Those that run a container in this view; the others are named with what they said. */
    private List<OciRuntime> admitted(Map<String, String> versions) throws IOException, InterruptedException {
        List<OciRuntime> admitted = new ArrayList<>();
        for (OciRuntime runtime : candidates) {
            String verdict;
            try {
                launcher.time(runtime.version());
                versions.put(runtime.name(), launcher.output().lines().findFirst().orElse(""));
                tryToRun(runtime);
                admitted.add(runtime);
                verdict = versions.get(runtime.name());
            } catch (LaunchException e) {
                verdict = "left out: " + e.why();
            } catch (KernelException e) {
                verdict = "left out: it needs hugetlb as a version 1 hierarchy: " + e.getMessage();
            }
            System.out.printf("  %-12s %s%n  %-12s %s%n", runtime.name(), verdict, "", runtime.binary());
        }
        if (hugetlb) {
            System.out.println("  For crun, hugetlb is a version 1 hierarchy meanwhile, for all: "
                    + "it does not start beside a cgroup2 tree with controllers.");
        }
        return admitted;
    }

    private void tryToRun(OciRuntime runtime) throws IOException, InterruptedException {
        String id = workplace.id(runtime);
        try {
            launcher.time(runtime.run(workplace.bundle(), id));
        } catch (LaunchException e) {
            boolean hybrid = Machine.layout() == CgroupLayout.HYBRID && e.getMessage().contains("hybrid");
            if (hugetlb || !hybrid || !Workplace.isRoot()) {
                throw e;
            }
            View.mountHugetlb();
            hugetlb = true;
            launcher.time(runtime.run(workplace.bundle(), id));
        }
    }

    private void clear() {
        try {
            workplace.clear(candidates);
            if (hugetlb) {
                View.unmountHugetlb();
            }
            cgroups.restore(workplace.idPrefix());
            if (Workplace.isRoot() && deviceNull.restore()) {
                System.out.println("A runtime had changed /dev/null; it is as before: " + deviceNull);
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("benchmarks: tidying up: " + e.getMessage());
        }
    }
}
