package io.carafe.conformance.suite.features;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.json.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The structure itself, and its versions. */
class FeaturesStructure {

    /** Every property, with the version of the specification that has it first; objects without an end are maps. */
    private static final Map<String, String> PROPERTIES = Map.ofEntries(
            of("1.1.0", "/ociVersionMin", "/ociVersionMax", "/hooks", "/mountOptions", "/annotations", "/linux", "/linux/namespaces",
                    "/linux/capabilities", "/linux/cgroup", "/linux/cgroup/v1", "/linux/cgroup/v2", "/linux/cgroup/systemd",
                    "/linux/cgroup/systemdUser", "/linux/cgroup/rdma", "/linux/seccomp", "/linux/seccomp/enabled", "/linux/seccomp/actions",
                    "/linux/seccomp/operators", "/linux/seccomp/archs", "/linux/seccomp/knownFlags", "/linux/seccomp/supportedFlags",
                    "/linux/apparmor", "/linux/apparmor/enabled", "/linux/selinux", "/linux/selinux/enabled", "/linux/intelRdt",
                    "/linux/intelRdt/enabled"),
            of("1.2.0", "/potentiallyUnsafeConfigAnnotations", "/linux/mountExtensions", "/linux/mountExtensions/idmap",
                    "/linux/mountExtensions/idmap/enabled"),
            of("1.3.0", "/linux/memoryPolicy", "/linux/memoryPolicy/modes", "/linux/memoryPolicy/flags", "/linux/netDevices",
                    "/linux/netDevices/enabled", "/linux/intelRdt/schemata", "/linux/intelRdt/monitoring")).entrySet().stream()
            .flatMap(entry -> List.of(entry.getValue().split(" ")).stream().map(name -> Map.entry(name, entry.getKey())))
            .collect(java.util.stream.Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));

    private static Map.Entry<String, String> of(String version, String... names) {
        return Map.entry(version, String.join(" ", names));
    }

    @Test
    @Tag("features.fixed")
    void features_does_not_depend_on_the_host(Container container) {
        String here = FeaturesDocument.of(container).toString();
        container.behind("unshare", "--mount", "/bin/sh", "-c",
                "mount -t tmpfs tmpfs /sys && mount -t tmpfs tmpfs /run && exec setpriv --bounding-set=-sys_admin \"$@\"", "sh");
        Expect.equal(here, FeaturesDocument.of(container).toString(), "features where there are no cgroups, and without CAP_SYS_ADMIN");
    }

    @Test
    @Tag("features.ociVersionMin")
    void ociVersionMin_is_there(Container container) {
        FeaturesDocument.version(FeaturesDocument.of(container).text("/ociVersionMin"));
    }

    @Test
    @Tag("features.ociVersionMax")
    void ociVersionMax_is_there(Container container) {
        FeaturesDocument.version(FeaturesDocument.of(container).text("/ociVersionMax"));
    }

    @Test
    @Tag("features.ociVersionMin.accepted")
    void ociVersionMin_is_accepted(Container container) {
        runsWith(container, "/ociVersionMin");
    }

    @Test
    @Tag("features.ociVersionMax.accepted")
    void ociVersionMax_is_accepted(Container container) {
        runsWith(container, "/ociVersionMax");
    }

    private static void runsWith(Container container, String pointer) {
        container.with("/ociVersion", FeaturesDocument.of(container).text(pointer));
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output");
    }

    @Test
    @Tag("features.ociVersionMax.not-less")
    void ociVersionMax_is_not_below_ociVersionMin(Container container) {
        Document features = FeaturesDocument.of(container);
        Expect.that(FeaturesDocument.version(features.text("/ociVersionMin")) <= FeaturesDocument.version(features.text("/ociVersionMax")),
                features.text("/ociVersionMin") + " is above " + features.text("/ociVersionMax"));
    }

    @Test
    @Tag("features.defined-properties")
    void no_property_is_of_a_later_version_or_of_none(Container container) {
        Document features = FeaturesDocument.of(container);
        // What is told with a version before 1.1.0, which had no features at all, is measured by 1.1.0.
        long version = Math.max(FeaturesDocument.version(features.text("/ociVersionMax")), FeaturesDocument.version("1.1.0"));
        List<String> names = new ArrayList<>();
        names("", features.tree(), names);
        names.removeIf(name -> PROPERTIES.containsKey(name) && FeaturesDocument.version(PROPERTIES.get(name)) <= version);
        Expect.equal(List.of(), names, "properties that version " + features.text("/ociVersionMax") + " does not have");
    }

    private static void names(String before, Map<?, ?> object, List<String> names) {
        object.forEach((name, value) -> {
            String path = before + "/" + name;
            names.add(path);
            if (value instanceof Map<?, ?> inner && !path.equals("/annotations")) {
                names(path, inner, names);
            }
        });
    }

    @Test
    @Tag("features.annotations")
    void annotations_are_pairs_of_texts(Container container) {
        Object annotations = FeaturesDocument.of(container).at("/annotations").orElse(Map.of());
        Expect.that(annotations instanceof Map<?, ?> map && !map.containsKey("") && map.values().stream()
                .allMatch(String.class::isInstance), "annotations are no pairs of texts: " + annotations);
    }
}
