package io.carafe.runtime.cli.plan;

import io.carafe.runtime.container.ContainerPlan;
import io.carafe.runtime.init.InitPlan;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.NamespacesPlan;
import io.carafe.runtime.process.Capability;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.rootfs.Step;
import io.carafe.spec.Hook;
import io.carafe.spec.json.JsonWriter;
import io.carafe.spec.json.Printable;
import io.carafe.spec.linux.IdMapping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A plan to read: in the order in which it would be carried out, a line a step.
 *
 * @param stages the steps of each stage of a create, and of the start after it
 */
public record PrintedPlan(Map<String, List<String>> stages, List<String> warnings) {

    public static PrintedPlan of(ContainerPlan plan) {
        InitPlan init = plan.init();
        Map<String, List<String>> stages = new LinkedHashMap<>();
        List<String> cgroup = new ArrayList<>(plan.cgroup().texts());
        plan.scope().ifPresent(scope -> cgroup.add(0, scope.text()));
        stages.put("cgroup", cgroup);
        stages.put("namespaces", namespaces(init));
        List<String> mount = new ArrayList<>();
        init.rootfs().mount().forEach(step -> mount.add(step.text()));
        init.hostname().ifPresent(name -> mount.add("set the host name " + name));
        init.domainname().ifPresent(name -> mount.add("set the domain name " + name));
        stages.put("mount", mount);
        List<String> hooks = new ArrayList<>();
        add(hooks, "prestart", init.hooks().prestart());
        add(hooks, "createRuntime", init.hooks().createRuntime());
        add(hooks, "createContainer", init.hooks().createContainer());
        stages.put("hooks", hooks);
        List<String> root = new ArrayList<>();
        init.rootfs().pivot().ifPresent(pivot -> root.add(pivot.text()));
        for (Step step : init.rootfs().finish()) {
            root.add(step.text());
        }
        stages.put("root", root);
        stages.put("process", process(init.process()));
        List<String> start = new ArrayList<>();
        add(start, "startContainer", init.hooks().startContainer());
        start.add("execute " + String.join(" ", init.process().args()));
        add(start, "poststart", init.hooks().poststart());
        stages.put("start", start);
        List<String> warnings = new ArrayList<>(init.process().warnings());
        warnings.addAll(init.rootfs().warnings());
        return new PrintedPlan(stages, warnings);
    }

    private static List<String> namespaces(InitPlan init) {
        List<String> steps = new ArrayList<>();
        NamespacesPlan plan = init.namespaces();
        plan.joined().forEach(joined -> steps.add("join the " + joined.kind().text() + " namespace " + joined.path()));
        for (NamespaceKind kind : NamespaceKind.values()) {
            if (plan.isFresh(kind)) {
                steps.add("make a namespace: " + kind.text());
            }
        }
        plan.maps().filter(maps -> plan.isFresh(NamespaceKind.USER)).ifPresent(maps -> {
            maps.uids().ranges().forEach(map -> steps.add("map uids " + text(map)));
            maps.gids().ranges().forEach(map -> steps.add("map gids " + text(map)));
        });
        if (!plan.timeOffsets().isEmpty()) {
            steps.add("shift the clocks: " + plan.timeOffsets().strip().replace("\n", ", "));
        }
        if (init.loopback()) {
            steps.add("bring up lo");
        }
        return steps;
    }

    private static String text(IdMapping map) {
        return map.containerID() + " to " + map.hostID() + ", " + map.size() + " of them";
    }

    private static List<String> process(ProcessPlan process) {
        List<String> steps = new ArrayList<>();
        process.oomScoreAdj().ifPresent(score -> steps.add("set oom_score_adj to " + score));
        process.limits().forEach(limit -> steps.add("limit " + limit.type() + " to " + Long.toUnsignedString(limit.soft()) + ", at most "
                + Long.toUnsignedString(limit.hard())));
        process.umask().ifPresent(mask -> steps.add("set the umask 0" + Integer.toOctalString(mask)));
        steps.add("enter " + process.cwd());
        steps.add("become user " + Integer.toUnsignedString(process.uid()) + ", group " + Integer.toUnsignedString(process.gid())
                + ", further groups " + process.groups().map(List::toString).orElse("as the caller"));
        steps.add("keep the capabilities " + names(process.capabilities().permitted()));
        if (process.ambient() != 0) {
            steps.add("raise the ambient capabilities " + names(process.ambient()));
        }
        steps.add("bound the capabilities to " + names(process.keptBounding()));
        if (process.noNewPrivileges()) {
            steps.add("allow no new privileges");
        }
        process.env().forEach(entry -> steps.add("set " + entry));
        return steps;
    }

    private static String names(long mask) {
        List<String> names = new ArrayList<>();
        for (Capability capability : Capability.values()) {
            if ((mask & 1L << capability.number) != 0) {
                names.add(capability.name());
            }
        }
        return names.isEmpty() ? "none" : String.join(" ", names);
    }

    private static void add(List<String> steps, String kind, List<Hook> hooks) {
        hooks.forEach(hook -> steps.add("run the " + kind + " hook " + hook.path()));
    }

    /** A heading a stage, and its steps below it. */
    public String text() {
        StringBuilder text = new StringBuilder();
        stages.forEach((stage, steps) -> {
            if (!steps.isEmpty()) {
                text.append(stage).append('\n');
                steps.forEach(step -> text.append("  ").append(Printable.of(step)).append('\n'));
            }
        });
        warnings.forEach(warning -> text.append("warning: ").append(Printable.of(warning)).append('\n'));
        return text.toString();
    }

    /** An object with an array of steps for each stage, and the warnings. */
    public byte[] json() {
        return JsonWriter.pretty(out -> {
            out.beginObject();
            stages.forEach((stage, steps) -> list(out, stage, steps));
            list(out, "warnings", warnings);
            out.endObject();
        });
    }

    private static void list(JsonWriter out, String name, List<String> texts) {
        out.name(name);
        out.beginArray();
        texts.forEach(out::text);
        out.endArray();
    }
}
