package io.carafe.conformance.suite.runtime;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.json.Document;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class State {

    @Test
    @Tag("runtime.state.ociVersion")
    void the_state_has_a_version_of_the_specification(Container container) {
        String version = container.running().state().text("/ociVersion");
        Expect.that(version.matches("\\d+\\.\\d+\\.\\d+.*"), "ociVersion is no version: '" + version + "'");
    }

    @Test
    @Tag("runtime.state.id")
    void the_state_has_the_id(Container container) {
        Expect.equal(container.id(), container.running().state().text("/id"), "id");
    }

    @Test
    @Tag("runtime.state.id.unique")
    void an_id_is_given_once(Container container) {
        container.running();
        Container other = container.another();
        other.write();
        Expect.fails(other.call("create", "--bundle", other.bundle().toString(), container.id()));
        Expect.equal(container.bundle().toString(), container.state().text("/bundle"), "the bundle of the id");
    }

    @Test
    @Tag("runtime.state.status")
    void the_state_has_a_status(Container container) {
        Expect.that(!container.created().state().text("/status").isEmpty(), "no status");
    }

    @Test
    @Tag("runtime.state.status.defined")
    void created_running_and_stopped_are_called_that(Container container) {
        container.args("sleep", "1000").created();
        Expect.equal("created", container.state().text("/status"), "status after create");
        container.started();
        Expect.equal("running", container.state().text("/status"), "status after start");
        Expect.succeeds(container.kill("KILL"));
        container.ended();
        Expect.equal("stopped", container.state().text("/status"), "status after the process's end");
    }

    @Test
    @Tag("runtime.state.pid")
    void created_and_running_containers_have_the_pid_of_their_process(Container container) {
        container.args("sleep", "1000").created();
        long created = container.state().number("/pid");
        Expect.that(created > 1 && container.sandbox().isAlive(created), "the pid of a created container is no process: " + created);
        container.started();
        long running = container.state().number("/pid");
        Expect.eventually(container, () -> container.sandbox().read(container.sandbox().inside("/proc/" + running + "/cmdline"))
                .startsWith("sleep"), "the pid of a running container is not that of its program: " + running);
    }

    @Test
    @Tag("runtime.state.bundle")
    void the_state_has_the_absolute_path_of_the_bundle(Container container) {
        container.write();
        String relative = container.sandbox().work().relativize(container.bundle()).toString();
        Expect.succeeds(container.call("create", "--bundle", relative, container.id()));
        Expect.equal(container.bundle().toString(), container.state().text("/bundle"), "bundle");
    }

    @Test
    @Tag("runtime.state.schema")
    void the_state_follows_the_schema(Container container) {
        Document state = container.with("/annotations", Map.of("org.example.key", "value")).running().state();
        for (String text : new String[] {"/ociVersion", "/id", "/status", "/bundle"}) {
            Expect.that(state.at(text).orElse(null) instanceof String, text + " is no text: " + state);
        }
        Expect.that(state.at("/pid").orElse(null) instanceof Long pid && pid >= 0, "pid is no number: " + state);
        state.at("/annotations").ifPresent(annotations -> Expect.that(annotations instanceof Map<?, ?> map
                && map.values().stream().allMatch(String.class::isInstance), "annotations are no pairs of texts: " + state));
    }
}
