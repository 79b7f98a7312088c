package io.carafe.conformance.suite.managers;

import io.carafe.conformance.container.Container;
import io.carafe.conformance.container.Expect;
import io.carafe.conformance.host.CommandResult;
import io.carafe.conformance.json.Document;
import io.carafe.conformance.json.Json;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class CommandLine {

    @Test
    @Tag("managers.version")
    void version_begins_with_name_and_number(Container container) {
        CommandResult answer = container.bare("--version");
        Expect.succeeds(answer);
        String first = answer.out().lines().findFirst().orElse("");
        Expect.that(first.matches("\\S+ version \\d+\\..*"), "the first line is: " + first);
    }

    @Test
    @Tag("managers.create.pid-file")
    void create_writes_a_pid_file(Container container) {
        Path file = container.sandbox().work().resolve("pid");
        container.created("--pid-file", file.toString());
        Expect.equal(Long.toString(container.pid()), container.file("pid"), "pid file");
    }

    @Test
    @Tag("managers.create.flags")
    void create_takes_no_pivot_and_no_new_keyring(Container container) {
        container.args("echo", "hello").created("--no-pivot", "--no-new-keyring").started().ended();
        Expect.equal("hello", container.outputSoFar().strip(), "output");
    }

    @Test
    @Tag("managers.flag-forms")
    void values_of_flags_come_after_an_equals_sign_or_as_a_word(Container container) {
        container.write();
        Expect.succeeds(container.bare("--root=" + container.root(), "create", "--bundle=" + container.bundle(), container.id()));
        Expect.succeeds(container.bare("--root", container.root().toString(), "state", container.id()));
    }

    @Test
    @Tag("managers.reparented")
    void after_create_the_process_is_a_child_of_the_reaper(Container container) {
        container.created();
        String stat = container.proc("stat");
        Expect.equal("1", stat.substring(stat.lastIndexOf(')') + 2).split(" ")[1], "parent");
    }

    @Test
    @Tag("managers.no-environment")
    void state_works_with_an_empty_environment(Container container) {
        container.created();
        Expect.succeeds(container.behind("env", "-i").query());
    }

    @Test
    @Tag("managers.state.stopped")
    void state_of_an_ended_container_is_stopped(Container container) {
        container.created().started().ended();
        Expect.equal("stopped", container.state().text("/status"), "status");
    }

    @Test
    @Tag("managers.log-json")
    void a_failure_is_one_record_of_the_log_and_on_stderr(Container container) {
        Path log = container.sandbox().work().resolve("log.json");
        CommandResult answer = container.bare("--root", container.root().toString(), "--log", log.toString(), "--log-format", "json", "state",
                "nosuchcontainer");
        Expect.fails(answer);
        List<Document> records = Json.stream(container.file("log.json")).stream().filter(record -> record instanceof Map).map(Document::of)
                .filter(record -> record.text("/level").equals("error")).toList();
        Expect.equal(1, records.size(), "records with level error");
        Expect.that(!records.get(0).text("/msg").isBlank(), "no msg");
        Expect.contains(answer.err(), records.get(0).text("/msg"), "stderr");
    }

    @Test
    @Tag("managers.message.does-not-exist")
    void a_container_that_is_not_there_does_not_exist(Container container) {
        Expect.contains(container.query().err(), "does not exist", "what state says");
        Expect.contains(container.delete().err(), "does not exist", "what delete says");
    }

    @Test
    @Tag("managers.message.program-not-found")
    void a_missing_program_is_said_to_be(Container container) {
        CommandResult answer = container.args("/nosuchprogram").create();
        if (answer.succeeded()) {
            answer = container.start();
        }
        Expect.fails(answer);
        Expect.that(answer.err().toLowerCase().matches("(?s).*(no such file or directory|executable file .*not found).*"),
                "it is said: " + answer.message());
    }

    @Test
    @Tag("managers.message.not-running")
    void a_signal_to_a_stopped_container_is_said_to_miss(Container container) {
        container.created().started().ended();
        CommandResult answer = container.kill("TERM");
        Expect.fails(answer);
        Expect.that(answer.err().toLowerCase().matches("(?s).*(not running|no such process|process already finished).*"),
                "it is said: " + answer.message());
    }

    @Test
    @Tag("managers.kill.signals")
    void kill_takes_numbers_and_both_forms_of_names(Container container) {
        for (String signal : List.of("9", "KILL", "SIGKILL")) {
            container.running();
            Expect.succeeds(container.kill(signal));
            Expect.succeeds(container.ended().delete());
        }
    }

    @Test
    @Tag("managers.kill.all")
    void kill_all_ends_a_container(Container container) {
        container.running();
        Expect.succeeds(container.call("kill", "--all", container.id(), "9"));
        container.ended();
    }

    @Test
    @Tag("managers.delete.force")
    void delete_force_ends_a_running_container(Container container) {
        container.running();
        long pid = container.pid();
        Expect.succeeds(container.call("delete", "--force", container.id()));
        Expect.that(!container.sandbox().isAlive(pid), "the process is still there");
        Expect.fails(container.query());
    }

    @Test
    @Tag("managers.delete.force-absent")
    void delete_force_of_what_is_not_there_is_no_error(Container container) {
        Expect.succeeds(container.call("delete", "--force", "nosuchcontainer"));
    }

    @Test
    @Tag("managers.ps-json")
    void ps_is_a_list_of_pids(Container container) {
        container.running();
        CommandResult answer = container.call("ps", "--format", "json", container.id());
        Expect.succeeds(answer);
        Expect.equal(List.of(container.pid()), Json.parse(answer.out()), "pids");
    }

    @Test
    @Tag("managers.list-json")
    void list_is_a_list_of_states(Container container) {
        container.running();
        CommandResult answer = container.call("list", "--format", "json");
        Expect.succeeds(answer);
        Expect.that(Json.parse(answer.out()) instanceof List<?> list && list.size() == 1
                && list.get(0) instanceof Map<?, ?> state && container.id().equals(state.get("id"))
                && "running".equals(state.get("status")), "the list is " + answer.out());
    }

    @Test
    @Tag("managers.features")
    void features_names_the_versions(Container container) {
        CommandResult answer = container.bare("features");
        Expect.succeeds(answer);
        Expect.that(!Document.parse(answer.out()).text("/ociVersionMax").isEmpty(), "no ociVersionMax");
    }
}
