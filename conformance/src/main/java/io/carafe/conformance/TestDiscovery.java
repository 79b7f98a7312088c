package io.carafe.conformance;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;

import io.carafe.conformance.requirement.Chapter;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.TestTag;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** Which tests a run has, chapter by chapter. */
public final class TestDiscovery {

    private static final String SUITE = "io.carafe.conformance.suite.";
    private static final List<String> SPEC = List.of("bundle", "runtime", "config", "linux", "features");

    /** A group of no runtime: also what only shims are asked. */
    static final String EVERY = "every";

    private TestDiscovery() {
    }

    /** The unique ids of the tests of a group, in the order in which they are asked. */
    static List<String> testIds(String group, Predicate<String> idIsWanted) {
        return found(group, idIsWanted).map(TestIdentifier::getUniqueId).toList();
    }

    /** The ids of the requirements that have a test in a group. */
    static List<String> requirementIds(String group, Predicate<String> idIsWanted) {
        return found(group, idIsWanted).flatMap(test -> test.getTags().stream()).map(TestTag::getName).filter(idIsWanted).distinct().toList();
    }

    private static Stream<TestIdentifier> found(String group, Predicate<String> idIsWanted) {
        TestPlan plan = LauncherFactory.create().discover(request(group, idIsWanted));
        return plan.getRoots().stream().flatMap(root -> plan.getDescendants(root).stream()).filter(TestIdentifier::isTest);
    }

    /** @param group spec, one of those beyond it, or all; or shim; or {@link #EVERY} */
    public static LauncherDiscoveryRequest request(String group, Predicate<String> idIsWanted) {
        List<DiscoverySelector> selectors = new ArrayList<>();
        if (Set.of("spec", "all", EVERY).contains(group)) {
            SPEC.forEach(chapter -> selectors.add(selectPackage(SUITE + chapter)));
        }
        for (Chapter chapter : Chapter.values()) {
            if (chapter.ofSpecification()) {
                continue;
            }
            if (group.equals(chapter.name) || group.equals("all") && chapter != Chapter.SHIM || group.equals(EVERY)) {
                selectors.add(selectPackage(SUITE + chapter.name.replace("-", "")));
            }
        }
        return builder(selectors).filters((PostDiscoveryFilter) test -> FilterResult.includedIf(!test.isTest()
                || test.getTags().stream().anyMatch(tag -> idIsWanted.test(tag.getName())))).build();
    }

    /** Tests that were found before, by JUnit's names of them: so the classes are not looked through again. */
    static LauncherDiscoveryRequest requestByIds(List<String> uniqueIds) {
        return builder(uniqueIds.stream().map(DiscoverySelectors::selectUniqueId).toList()).build();
    }

    private static LauncherDiscoveryRequestBuilder builder(List<? extends DiscoverySelector> selectors) {
        return LauncherDiscoveryRequestBuilder.request().selectors(selectors)
                .configurationParameter("junit.jupiter.extensions.autodetection.enabled", "true")
                .configurationParameter("junit.jupiter.execution.timeout.test.method.default", "10 m");
    }
}
