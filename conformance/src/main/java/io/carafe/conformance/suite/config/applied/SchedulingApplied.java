package io.carafe.conformance.suite.config.applied;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What process says of the processor and of input and output, as the host's chrt(1), ionice(1) and taskset(1) see it. */
class SchedulingApplied {

    @Test
    @Tag("config.process.scheduler.policy.applied")
    void the_policy_is_the_processs(Container container) {
        Expect.contains(scheduled(container, object("policy", "SCHED_BATCH")), "SCHED_BATCH", "what chrt says");
    }

    @Test
    @Tag("config.process.scheduler.nice.applied")
    void nice_is_the_processs(Container container) {
        container.with("/process/scheduler", object("policy", "SCHED_OTHER", "nice", 7)).running();
        Expect.equal("7", container.proc("stat").replaceFirst(".*\\) ", "").split(" ")[16], "nice");
    }

    @Test
    @Tag("config.process.scheduler.priority.applied")
    void the_priority_is_the_processs(Container container) {
        needs(container, "chrt -f 3 true", "no process may have the policy SCHED_FIFO here");
        String said = scheduled(container, object("policy", "SCHED_FIFO", "priority", 3));
        Expect.that(said.lines().anyMatch(line -> line.matches(".*priority: 3")), "what chrt says: " + said);
    }

    @Test
    @Tag("config.process.scheduler.flags.applied")
    void the_flags_are_the_processs(Container container) {
        Expect.contains(scheduled(container, object("policy", "SCHED_BATCH", "flags", List.of("SCHED_FLAG_RESET_ON_FORK"))), "SCHED_RESET_ON_FORK",
                "what chrt says");
    }

    @Test
    @Tag("config.process.scheduler.deadline.applied")
    void the_times_of_a_deadline_are_the_processs(Container container) {
        needs(container, "chrt --deadline --sched-runtime 1000000 --sched-deadline 20000000 --sched-period 30000000 0 true",
                "no process may have the policy SCHED_DEADLINE here");
        String said = scheduled(container, object("policy", "SCHED_DEADLINE", "runtime", 1_000_000, "deadline", 20_000_000, "period", 30_000_000));
        Expect.that(said.lines().anyMatch(line -> line.matches(".*: *1000000/20000000/30000000")), "what chrt says: " + said);
    }

    private static String scheduled(Container container, Map<String, Object> scheduler) {
        container.with("/process/scheduler", scheduler).running();
        return container.onHost("chrt -p " + container.pid());
    }

    @Test
    @Tag("config.process.ioPriority.class.applied")
    void the_class_of_ioPriority_is_the_processs(Container container) {
        Expect.contains(prioritised(container, "IOPRIO_CLASS_IDLE", 0), "idle", "what ionice says");
    }

    @Test
    @Tag("config.process.ioPriority.priority.applied")
    void the_priority_of_ioPriority_is_the_processs(Container container) {
        Expect.equal("best-effort: prio 6", prioritised(container, "IOPRIO_CLASS_BE", 6), "what ionice says");
    }

    private static String prioritised(Container container, String name, int priority) {
        container.with("/process/ioPriority", object("class", name, "priority", priority)).running();
        return container.onHost("ionice -p " + container.pid());
    }

    @Test
    @Tag("config.process.execCPUAffinity.final.applied")
    void final_is_the_affinity_of_a_further_process(Container container) {
        String processors = container.onHost("taskset -cp $$ | sed 's/.*: //'");
        Expect.needs(!processors.matches("\\d+"), "there is one processor only");
        String last = processors.replaceFirst(".*[,-]", "");
        container.running();
        Map<String, Object> process = object("args", List.of("sed", "-n", "s/^Cpus_allowed_list:[ \t]*//p", "/proc/self/status"), "cwd", "/",
                "env", List.of("PATH=/bin"), "user", object("uid", 0, "gid", 0), "execCPUAffinity", object("final", last));
        TestFiles.write(container.sandbox().work().resolve("process.json"), Json.pretty(container.changed("/process", process)));
        CommandResult answer = container.call("exec", "--process", container.sandbox().work() + "/process.json", container.id());
        Expect.succeeds(answer);
        Expect.equal(last, answer.out().strip(), "the processors of the process");
    }

    private static void needs(Container container, String command, String otherwise) {
        Expect.needs(container.sandbox().sh(command).succeeded(), otherwise);
    }
}
