package io.carafe.conformance.shim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.conformance.mutant.Mutant;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MessageMutationTest {

    private static MessageMutation by(String edit) {
        return MessageMutation.of(Optional.of(new Mutant("shim.x", edit, "")));
    }

    private static Event event(String topic, String type, Object... fields) {
        return Event.of(Message.of("Envelope", "topic", "/tasks/" + topic, "namespace", "n", "event",
                Message.any("containerd.events." + type, Message.of(type, fields).bytes())));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "drop exit                | start one,delete one",
        "twice exit               | start one,exit one 3,exit one 3,delete one",
        "late start exit          | exit one 3,start one,delete one",
        "event exit exit_status: 4 | start one,exit one 4,delete one",
        "event exit id: \"e\"      | start one,exit one/e 3,delete one",
        "swallow Exec             | start one,exit one 3,delete one"})
    void events_come_otherwise(String edit, String expected) {
        MessageMutation mutation = by(edit);
        assertEquals(List.of(expected.split(",")), Stream.of(event("start", "TaskStart", "container_id", "one"),
                event("exit", "TaskExit", "container_id", "one", "id", "one", "exit_status", 3),
                event("delete", "TaskDelete", "container_id", "one")).flatMap(one -> mutation.events(one).stream()).map(Event::words).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "fail Wait NOT_FOUND       | NOT_FOUND | NOT_FOUND",
        "code Wait NOT_FOUND       | OK        | NOT_FOUND",
        "forgive Wait              | OK        | OK",
        "forgive State             | OK        | UNKNOWN"})
    void answers_come_otherwise(String edit, Code ofSuccess, Code ofFailure) {
        assertEquals(ofSuccess, by(edit).reply(Method.WAIT, new Reply(Code.OK, "", new byte[0])).code());
        assertEquals(ofFailure, by(edit).reply(Method.WAIT, new Reply(Code.UNKNOWN, "x", new byte[0])).code());
    }

    @Test
    void one_answer_is_told_and_no_second() {
        MessageMutation mutation = by("once Wait");
        assertTrue(!mutation.loses(Method.WAIT) && mutation.loses(Method.WAIT) && !mutation.loses(Method.STATE));
    }

    @Test
    void a_call_waits_for_another_or_is_not_told_of_its_time() {
        assertEquals(Optional.of(Method.START), by("behind State Start").behind(Method.STATE));
        assertEquals(Optional.empty(), by("behind State Start").behind(Method.START));
        assertTrue(by("patient Start").isPatient(Method.START) && !by("patient Start").isPatient(Method.EXEC));
        assertTrue(by("stays").stays() && !by("drop exit").stays() && by("stays").behind(Method.STATE).isEmpty());
    }
}
