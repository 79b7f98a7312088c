package io.carafe.runtime.cli;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cli.features.RuntimeFeatures;
import io.carafe.runtime.cli.list.ContainerList;
import io.carafe.runtime.cli.list.Owners;
import io.carafe.runtime.cli.list.ProcessTable;
import io.carafe.runtime.cli.plan.PrintedPlan;
import io.carafe.runtime.cli.trace.Trace;
import io.carafe.runtime.cli.trace.TraceReport;
import io.carafe.runtime.cli.words.CommandLine;
import io.carafe.runtime.cli.words.Completion;
import io.carafe.runtime.cli.words.Flag;
import io.carafe.runtime.cli.words.Help;
import io.carafe.runtime.cli.words.UsageException;
import io.carafe.runtime.cli.words.Verb;
import io.carafe.runtime.cgroup.systemd.Systemd;
import io.carafe.runtime.container.Bundle;
import io.carafe.runtime.container.ContainerPlan;
import io.carafe.runtime.container.Create.Cgroups.Driver;
import io.carafe.runtime.container.Host;
import io.carafe.runtime.container.resources.Events;
import io.carafe.runtime.container.resources.Processes;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerId;
import io.carafe.spec.codec.FeaturesJson;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The verbs that print: what there is, what would be, what this carafe knows. */
final class Reports {

    private static final Fd STDOUT = Fd.borrowed(1);
    private static final String DEFAULT_INTERVAL = "5s";

    private final Linux linux;
    private final String root;
    private final CommandLine line;
    private final Consumer<String> warnings;

    Reports(Linux linux, String root, CommandLine line, Consumer<String> warnings) {
        this.linux = linux;
        this.root = root;
        this.warnings = warnings;
        this.line = line;
    }

    void print(Verb verb) {
        switch (verb) {
            case STATE -> print(state());
            case LIST -> print(list(new ContainerList(linux, root, warnings)));
            case PS -> print(processes());
            case EVENTS -> events();
            case FEATURES -> print(text(FeaturesJson.write(RuntimeFeatures.of(linux, Version.TEXT, Version.COMMIT))));
            case PLAN -> print(plan());
            case TRACE -> print(TraceReport.of(Trace.read(Document.read(linux, line.arguments().get(0), Trace.LONGEST))));
            case COMPLETION -> print(Completion.of(line.arguments().get(0)));
            case HELP -> print(help());
            default -> throw new IllegalStateException(verb.text);
        }
    }

    private String id() {
        return ContainerId.of(line.arguments().get(0));
    }

    private boolean isJson(Flag format) {
        return line.value(format).equals(Optional.of("json"));
    }

    private String state() {
        Container container = Container.load(linux, root, id());
        return text(container.json(new Owners(linux).name(container.state().owner())));
    }

    private String list(ContainerList containers) {
        if (!line.value(Flag.ROOT).orElse("").isEmpty()) {
            linux.paths.statx(Fd.CWD, root, 0); // a misspelt root is no empty one; the default may not have been made yet
        }
        return line.has(Flag.QUIET) ? containers.ids() : isJson(Flag.FORMAT) ? containers.json() : containers.table();
    }

    private String processes() {
        List<Integer> pids = new Processes(linux, root).of(id());
        if (!isJson(Flag.FORMAT)) {
            return new ProcessTable(linux).of(pids, line.arguments().subList(1, line.arguments().size()));
        }
        StringBuilder array = new StringBuilder("[");
        for (int pid : pids) {
            array.append(array.length() > 1 ? "," : "").append(pid);
        }
        return array.append("]\n").toString();
    }

    private void events() {
        Events events = new Events(linux, root, event -> print(text(event) + "\n"));
        if (line.has(Flag.STATS)) {
            events.once(id());
        } else {
            events.watch(id(), millis(line.value(Flag.INTERVAL).orElse(DEFAULT_INTERVAL)));
        }
    }

    /** {@code 500ms, 5s, 1m30s, 1h}; at least a millisecond. */
    static long millis(String text) {
        long millis = 0;
        int at = 0;
        while (at < text.length()) {
            int start = at;
            while (at < text.length() && at - start < 9 && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            int unit = at;
            while (at < text.length() && text.charAt(at) >= 'a' && text.charAt(at) <= 'z') {
                at++;
            }
            long scale = switch (text.substring(unit, at)) {
                case "ms" -> 1;
                case "s" -> 1000;
                case "m" -> 60_000;
                case "h" -> 3_600_000;
                default -> 0;
            };
            if (start == unit || scale == 0) {
                throw new UsageException("--interval: expected a time as 500ms or 5s, found \"" + text + '"');
            }
            millis += Long.parseLong(text.substring(start, unit)) * scale;
        }
        if (millis == 0) {
            throw new UsageException("--interval: expected a time above 0, found \"" + text + '"');
        }
        return millis;
    }

    /** A bundle that is not for an ordinary user is planned as for root: there is nothing to be allowed to. */
    private String plan() {
        String path = line.arguments().isEmpty() ? "." : line.arguments().get(0);
        Bundle bundle = Bundle.read(linux, path, line.value(Flag.CONFIG).orElse(Bundle.CONFIG));
        boolean userNamespace = false;
        for (Namespace namespace : bundle.config().linux().orElse(io.carafe.spec.linux.Linux.EMPTY).namespaces()) {
            userNamespace |= namespace.type() == NamespaceType.USER;
        }
        Driver driver = Commands.cgroupDriver(line);
        Host host = Host.probe(linux, bundle.config(), Optional.empty()).withoutCgroups(driver == Driver.DISABLED)
                .trusting(linux, line.has(Flag.TRUST_ANNOTATIONS));
        if (driver == Driver.SYSTEMD) {
            try (Systemd systemd = Systemd.connect(linux)) {
                host = host.withSystemd(Optional.of(systemd.host()));
            }
        }
        String name = bundle.path().substring(bundle.path().lastIndexOf('/') + 1);
        ContainerPlan plan = ContainerPlan.of(bundle, ContainerId.isValid(name) ? name : "container",
                host.isRootless() && !userNamespace ? host.asRoot() : host, line.has(Flag.NO_PIVOT), true);
        PrintedPlan printed = PrintedPlan.of(plan);
        return isJson(Flag.PLAN_FORMAT) ? text(printed.json()) : printed.text();
    }

    private String help() {
        if (line.arguments().isEmpty()) {
            return Help.all();
        }
        String name = line.arguments().get(0);
        return Help.of(Verb.named(name).orElseThrow(() -> new UsageException("unknown command \"" + name + "\"; see carafe --help")));
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private void print(String text) {
        linux.files.write(STDOUT, text.getBytes(StandardCharsets.UTF_8));
    }
}
