package io.carafe.conformance.container;

import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.host.Sandbox;
import java.util.Optional;

/**
 * Creates and starts one container before all tests. If the runtime cannot do that, its errors prove nothing: it would refuse a right
 * configuration, too.
 */
public final class SmokeTest {

    private static final String SAID = "said by the program";

    private SmokeTest() {
    }

    /** @return why no container can be made; empty when one can */
    public static Optional<String> refusal(TestTarget target) {
        TestTarget.setCurrent(target);
        try (Sandbox sandbox = target.sandboxes().open()) {
            Container container = new Container(sandbox, new OciRuntime(target, sandbox), target, new Evidence(), "conformance-" + sandbox.work().getFileName());
            container.script("echo " + SAID + "; exec sleep 1000");
            return refusal(container);
        }
    }

    private static Optional<String> refusal(Container container) {
        CommandResult create = container.create();
        if (!create.succeeded()) {
            return Optional.of("create: " + create.outcome() + said(create));
        }
        CommandResult state = container.query();
        if (!state.succeeded()) {
            return Optional.of("create succeeds, and state: " + state.outcome() + said(state));
        }
        if (state.out().isBlank()) {
            return Optional.of("state printed nothing");
        }
        long pid;
        try {
            pid = container.pid();
        } catch (RuntimeException | AssertionError notJson) {
            return Optional.of("state printed no JSON with a pid: " + state.out().strip().lines().findFirst().orElse(""));
        }
        if (!container.sandbox().isAlive(pid)) {
            return Optional.of("state says that the process is " + pid + ", and there is none");
        }
        CommandResult start = container.start();
        if (!start.succeeded()) {
            return Optional.of("start: " + start.outcome() + said(start));
        }
        if (!container.sandbox().await(() -> container.outputSoFar().strip().equals(SAID))) {
            return Optional.of("the program has not printed what it was to print, but " + container.outputSoFar().strip());
        }
        return Optional.empty();
    }

    private static String said(CommandResult answer) {
        return answer.message().isEmpty() ? "" : ": " + answer.message();
    }
}
