package io.carafe.conformance.report;

import io.carafe.conformance.container.ContainerExtension;
import io.carafe.conformance.json.Json;
import io.carafe.conformance.requirement.Requirement;
import io.carafe.conformance.requirement.Requirements;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.opentest4j.TestAbortedException;

/** Makes results of what JUnit tells, and gives each to a listener as it comes. */
public final class ResultCollector implements TestExecutionListener {

    private final Consumer<Result> listener;
    private final List<Result> results = new ArrayList<>();
    private final Map<String, Long> started = new HashMap<>();
    private final Map<String, Map<String, String>> entries = new HashMap<>();

    public ResultCollector(Consumer<Result> listener) {
        this.listener = listener;
    }

    public List<Result> results() {
        return results;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
        started.put(test.getUniqueId(), System.nanoTime());
    }

    @Override
    public void reportingEntryPublished(TestIdentifier test, ReportEntry entry) {
        entries.computeIfAbsent(test.getUniqueId(), id -> new HashMap<>()).putAll(entry.getKeyValuePairs());
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        Throwable failure = result.getThrowable().orElse(null);
        if (test.isTest()) {
            Outcome outcome = result.getStatus() == TestExecutionResult.Status.SUCCESSFUL ? Outcome.PASS
                    : failure instanceof TestAbortedException ? Outcome.SKIP : Outcome.FAIL;
            add(test, outcome, outcome == Outcome.PASS ? "" : said(failure));
        } else if (failure != null) {
            throw new IllegalStateException("the tests do not run: " + test.getDisplayName(), failure);
        }
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        if (test.isTest()) {
            add(test, Outcome.SKIP, reason);
        }
    }

    private void add(TestIdentifier test, Outcome outcome, String reason) {
        MethodSource source = (MethodSource) test.getSource().orElseThrow();
        List<Requirement> requirements = test.getTags().stream().map(TestTag::getName).map(Requirements::named)
                .flatMap(java.util.Optional::stream).sorted(java.util.Comparator.comparing(Requirement::id)).toList();
        Map<String, String> told = entries.getOrDefault(test.getUniqueId(), Map.of());
        String host = told.getOrDefault(ContainerExtension.HOST, "");
        String where = source.getClassName().substring(source.getClassName().lastIndexOf('.') + 1) + "#" + source.getMethodName();
        Result result = new Result(source.getMethodName().replace('_', ' '), where, requirements, outcome, readable(reason),
                evidence(readable(told.getOrDefault(ContainerExtension.EVIDENCE, "[]"))), host.isEmpty() ? List.of() : host.lines().toList(),
                (System.nanoTime() - started.getOrDefault(test.getUniqueId(), System.nanoTime())) / 1_000_000);
        results.add(result);
        listener.accept(result);
    }

    /** With a short name for the directory of a test, which is in most of what is said and says nothing. */
    private static String readable(String text) {
        return text.replaceAll("[^\\s\"'`]*/conformance-[\\d-]+/t\\d+", "\\$TEST");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> evidence(String json) {
        return (List<Map<String, Object>>) Json.parse(json);
    }

    /** An assertion speaks for itself; anything else is a fault of the suite, and says where. */
    private static String said(Throwable failure) {
        String text = String.valueOf(failure.getMessage());
        if (failure instanceof TestAbortedException) {
            return text.replaceFirst("^Assumption failed: ", "");
        }
        if (failure instanceof AssertionError) {
            return text;
        }
        StackTraceElement[] trace = failure.getStackTrace();
        return "the test itself fails: " + failure.getClass().getSimpleName() + ": " + text
                + (trace.length > 0 ? " at " + trace[0] : "");
    }
}
