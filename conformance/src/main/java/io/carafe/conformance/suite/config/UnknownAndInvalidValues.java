package io.carafe.conformance.suite.config;

import static io.carafe.conformance.json.Json.object;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.container.TestFiles;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Unknown properties are passed over, and wrong values are not. */
class UnknownAndInvalidValues {

    @Test
    @Tag("config.extensibility.unknown")
    void unknown_properties_are_passed_over_everywhere(Container container) {
        Object unknown = object("nested", List.of(1, "two", object()));
        for (String place : List.of("", "/process", "/process/user", "/root", "/mounts/0", "/linux", "/linux/resources",
                "/linux/namespaces/0")) {
            container.with(place + "/conformanceUnknown", unknown);
        }
        Expect.equal("hello", container.args("echo", "hello").output().strip(), "output");
    }

    @Test
    @Tag("config.valid-values")
    void a_text_for_a_truth_is_an_error(Container container) {
        Expect.isRefused(container.with("/process/terminal", "no"));
    }

    @Test
    @Tag("config.valid-values")
    void a_negative_user_is_an_error(Container container) {
        Expect.isRefused(container.with("/process/user/uid", -1));
    }

    @Test
    @Tag("config.valid-values")
    void a_number_for_a_text_is_an_error(Container container) {
        Expect.isRefused(container.with("/hostname", 7));
    }

    @Test
    @Tag("config.valid-values")
    void an_unknown_namespace_is_an_error(Container container) {
        Expect.isRefused(container.namespace("nosuch"));
    }

    @Test
    @Tag("config.valid-values")
    void an_unknown_propagation_of_the_root_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/rootfsPropagation", "sideways"));
    }

    @Test
    @Tag("config.valid-values")
    void an_unknown_type_of_device_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/devices/-", object("path", "/dev/x", "type", "z", "major", 1, "minor", 3)));
    }

    @Test
    @Tag("config.valid-values")
    void an_unknown_seccomp_action_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_NOSUCH")));
    }

    @Test
    @Tag("config.valid-values")
    void an_unknown_seccomp_operator_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/seccomp", object("defaultAction", "SCMP_ACT_ALLOW", "syscalls", List.of(
                object("names", List.of("getcwd"), "action", "SCMP_ACT_ERRNO", "args",
                        List.of(object("index", 0, "value", 1, "op", "SCMP_CMP_NOSUCH")))))));
    }

    @Test
    @Tag("config.valid-values")
    void an_unknown_domain_of_personality_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/personality", object("domain", "SUNOS")));
    }

    @Test
    @Tag("config.valid-values")
    void a_text_for_a_limit_is_an_error(Container container) {
        Expect.isRefused(container.with("/linux/resources/pids", object("limit", "many")));
    }

    @Test
    @Tag("config.valid-values")
    void what_is_no_JSON_is_an_error(Container container) {
        String json = container.config().toString();
        TestFiles.write(container.bundle().resolve("config.json"), json.substring(0, json.length() - 1));
        Expect.fails(container.createAsItIs());
        Expect.isAbsent(container);
    }
}
