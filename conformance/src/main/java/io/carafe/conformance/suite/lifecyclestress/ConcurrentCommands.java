package io.carafe.conformance.suite.lifecyclestress;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.host.Sandbox;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two commands at once on one container: either may be first. One succeeds, both end, and the container has one state. */
class ConcurrentCommands {

    private static final int ROUNDS = 5;

    @Test
    @Tag("lifecycle-stress.create-create")
    void of_two_creates_of_one_id_one_succeeds(Container container) {
        container.args("sleep", "1000").write();
        List<String> create = call("create", "--bundle", container.bundle().toString(), container.id());
        for (int i = 0; i < ROUNDS; i++) {
            Expect.equal(1L, succeeded(container, create, create), "creates that succeed");
            Expect.equal("created", container.status(), "status");
            Expect.that(container.sandbox().isAlive(container.pid()), "the container's process is not there");
            gone(container);
        }
    }

    @Test
    @Tag("lifecycle-stress.start-start")
    void of_two_starts_one_succeeds(Container container) {
        for (int i = 0; i < ROUNDS; i++) {
            container.script("echo ran >>/ran; exec sleep 1000").created();
            Expect.equal(1L, succeeded(container, call("start", container.id()), call("start", container.id())), "starts that succeed");
            Expect.equal("running", container.status(), "status");
            gone(container);
        }
    }

    @Test
    @Tag("lifecycle-stress.delete-delete")
    void of_two_deletes_at_least_one_succeeds(Container container) {
        for (int i = 0; i < ROUNDS; i++) {
            container.running();
            Expect.succeeds(container.kill("KILL"));
            container.ended();
            Expect.that(succeeded(container, call("delete", container.id()), call("delete", container.id())) >= 1, "no delete succeeds");
            Expect.isAbsent(container);
        }
    }

    @Test
    @Tag("lifecycle-stress.start-kill")
    void a_start_and_a_kill_leave_a_container_that_can_be_deleted(Container container) {
        for (int i = 0; i < ROUNDS; i++) {
            container.args("sleep", "1000").created();
            Expect.that(succeeded(container, call("start", container.id()), call("kill", container.id(), "KILL")) >= 1, "neither succeeds");
            gone(container);
        }
    }

    @Test
    @Tag("lifecycle-stress.start-delete")
    void a_start_and_a_forced_delete_leave_nothing(Container container) {
        for (int i = 0; i < ROUNDS; i++) {
            container.args("sleep", "1000").created();
            long pid = container.pid();
            succeeded(container, call("start", container.id()), call("delete", "--force", container.id()));
            gone(container);
            Expect.eventually(container, () -> !container.sandbox().isAlive(pid), "the container's process lives on");
        }
    }

    @Test
    @Tag("lifecycle-stress.state")
    void state_answers_with_a_state_or_an_error_whatever_goes_on(Container container) {
        for (int i = 0; i < ROUNDS; i++) {
            container.args("sleep", "1000").created();
            List<Sandbox.Running> states = new ArrayList<>();
            Sandbox.Running start = begun(container, call("start", container.id()));
            for (int j = 0; j < 4; j++) {
                states.add(begun(container, call("state", container.id())));
            }
            Expect.succeeds(container.sandbox().await(start));
            for (Sandbox.Running state : states) {
                CommandResult answer = container.sandbox().await(state);
                Expect.succeeds(answer);
                Expect.that(answer.out().contains("\"status\"") && (answer.out().contains("created") || answer.out().contains("running")),
                        "a state during start: " + answer.out().strip());
            }
            gone(container);
        }
    }

    @Test
    @Tag("lifecycle-stress.many")
    void ten_containers_at_once_are_ten(Container container) {
        container.args("sleep", "1000").without("/linux/cgroupsPath").write();
        List<Sandbox.Running> creates = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            creates.add(begun(container, call("create", "--bundle", container.bundle().toString(), container.id() + "-" + i)));
        }
        for (Sandbox.Running create : creates) {
            Expect.succeeds(container.sandbox().await(create));
        }
        for (int i = 0; i < 10; i++) {
            Expect.succeeds(container.call("delete", "--force", container.id() + "-" + i));
        }
    }

    private static List<String> call(String... words) {
        return List.of(words);
    }

    private static Sandbox.Running begun(Container container, List<String> words) {
        return container.sandbox().start(container.command(words.get(0), words.subList(1, words.size()).toArray(String[]::new)), Map.of(), "/dev/null");
    }

    /** How many of two at once succeed; both end. */
    private static long succeeded(Container container, List<String> one, List<String> other) {
        Sandbox.Running first = begun(container, one);
        Sandbox.Running second = begun(container, other);
        List<CommandResult> answers = List.of(container.sandbox().await(first), container.sandbox().await(second));
        answers.forEach(answer -> {
            container.observed("at once", answer.toString());
            Expect.that(answer.code() != CommandResult.TIMED_OUT, "does not end: " + String.join(" ", answer.command()));
        });
        return answers.stream().filter(CommandResult::succeeded).count();
    }

    private static void gone(Container container) {
        container.call("delete", "--force", container.id());
        Expect.isAbsent(container);
    }
}
