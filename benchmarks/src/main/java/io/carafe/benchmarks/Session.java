package io.carafe.benchmarks;

import io.carafe.benchmarks.answer.Answer;
import io.carafe.benchmarks.answer.Page;
import io.carafe.benchmarks.answer.Question;
import io.carafe.benchmarks.answer.Question.Kind;
import io.carafe.benchmarks.answer.Report;
import io.carafe.benchmarks.answer.Results;
import io.carafe.benchmarks.answer.Target;
import io.carafe.benchmarks.host.CgroupsBefore;
import io.carafe.benchmarks.host.DeviceNull;
import io.carafe.benchmarks.host.Machine;
import io.carafe.benchmarks.host.RunContainerd;
import io.carafe.benchmarks.host.View;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.benchmarks.process.Workplace;
import io.carafe.benchmarks.shim.ContainerdShim;
import io.carafe.linux.Errno;
import io.carafe.linux.KernelException;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.RunnerException;

/** One view: who takes part, the questions, the tables. */
final class Session {

    private final Arguments arguments;
    private final View view;
    private final Workplace workplace;
    private final Participants participants;
    private final DeviceNull deviceNull = DeviceNull.now();
    private final CgroupsBefore cgroups = CgroupsBefore.now();
    private Optional<RunContainerd> runContainerd = Optional.empty();

    private Session(Arguments arguments, View view) throws IOException {
        this.arguments = arguments;
        this.view = view;
        this.workplace = Workplace.make(arguments.config());
        this.participants = new Participants(arguments, workplace, workplace.launcher());
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
        List<OciRuntime> runtimes = asks(Kind::isOfRuntimes) ? participants.admitRuntimes() : List.of();
        Report ofRuntimes = report(runtimes.stream().map(OciRuntime::name));
        Report ofShims = report(shims().stream().map(ContainerdShim::name));
        List<Answer> answers = new ArrayList<>();
        boolean complete = askAll(ofRuntimes, ofShims, answers);
        complete &= arguments.carafe().isEmpty() || !asks(Kind::isOfRuntimes)
                || runtimes.stream().anyMatch(runtime -> runtime.name().equals(Target.OURS));
        System.out.println('\n' + ofRuntimes.targets(answers));
        write(machine, answers);
        return complete;
    }

    private List<ContainerdShim> shims() throws IOException {
        if (view != View.HOST || !asks(Kind::isOfShims)) {
            return List.of();
        }
        if (!Workplace.isRoot()) {
            System.out.println("  shims        left out: only as root");
            return List.of();
        }
        runContainerd = Optional.of(RunContainerd.mount());
        return participants.admitShims();
    }

    private static Report report(Stream<String> names) throws IOException {
        return new Report(Machine.layout(), names.toList());
    }

    private boolean askAll(Report ofRuntimes, Report ofShims, List<Answer> answers) {
        Interview interview = new Interview(workplace, image(), arguments.rounds(), arguments.exits());
        boolean complete = true;
        Report last = null;
        for (Question question : arguments.questions()) {
            Report report = question.kind.isOfShims() ? ofShims : ofRuntimes;
            boolean ofNobody = !question.kind.isOfShims() && !question.kind.isOfRuntimes();
            if (ofNobody ? view != arguments.views().get(0) : report.isOfNobody()) {
                continue;
            }
            if (report != last) {
                System.out.println('\n' + report.heading());
                last = report;
            }
            complete &= ask(interview, question, report, answers);
        }
        return complete;
    }

    private void write(Map<String, String> machine, List<Answer> answers) throws IOException {
        Path results = arguments.target().resolve("results-" + view.title + ".json");
        Files.write(results, Results.json(view.title, machine, participants.versions(), answers));
        System.out.println("every value: " + results.normalize());
        if (arguments.page().isPresent()) {
            Map<String, String> facts = new LinkedHashMap<>(machine);
            facts.put("cgroups", Machine.cgroups(view));
            facts.put("load after", Machine.load());
            facts.put("date", LocalDate.now().toString());
            facts.putAll(participants.versions());
            Path page = arguments.page().get();
            Files.writeString(page, new Page(view.title, Machine.layout(), facts, answers).filled(Files.readString(page)));
            System.out.println("tables of " + page);
        }
    }

    private boolean asks(Predicate<Kind> of) {
        return arguments.questions().stream().anyMatch(question -> of.test(question.kind));
    }

    private boolean ask(Interview interview, Question question, Report report, List<Answer> answers) {
        for (int gapMillis : question.kind == Kind.RUNTIMES ? arguments.gapsMillis() : List.of(0)) {
            try {
                Answer answer = interview.ask(question, gapMillis);
                System.out.print(report.table(answer));
                answers.add(answer);
            } catch (RunnerException e) {
                System.out.println(question.title() + ": failed: " + reason(e));
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
            workplace.clear(participants.candidates());
            if (runContainerd.isPresent()) {
                runContainerd.get().unmount();
            }
            participants.showCgroups();
            cgroups.restore(workplace.idPrefix());
            participants.unmountCgroups();
            if (Workplace.isRoot() && deviceNull.restore()) {
                System.out.println("A runtime had changed /dev/null; it is as before: " + deviceNull);
            }
        } catch (IOException | RuntimeException e) {
            System.err.println("benchmarks: tidying up: " + e.getMessage());
        }
    }

    /** What an interrupted question has left, all of it in this process's pid namespace, of which it is the first. */
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
