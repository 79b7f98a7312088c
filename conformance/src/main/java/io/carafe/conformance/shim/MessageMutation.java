package io.carafe.conformance.shim;

import io.carafe.conformance.mutant.Mutant;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Applies the edits of a {@link Mutant} to the messages between a good shim and the test. Each edit is one of these, with {@code  ; } between two:
 *
 * <pre>
 *   drop TOPIC              the event does not come
 *   twice TOPIC             it comes twice
 *   late TOPIC TOPIC        the first does not come before the second has
 *   event TOPIC TEXT        the event has other fields (protobuf's text format)
 *   envelope TEXT           all envelopes have
 *   request METHOD TEXT     the request has other fields
 *   swallow METHOD          the shim does not hear of it, and it is answered with nothing
 *   instead METHOD METHOD   the shim gets the second call for the first
 *   answer METHOD TEXT      the response has other fields
 *   fail METHOD CODE        the answer is that error
 *   code METHOD CODE        when it is an error, it is that one
 *   forgive METHOD          when it is an error, it is none
 *   lose METHOD             it is not answered
 *   once METHOD             it is answered the first time alone
 *   behind METHOD METHOD    the first is not answered while the second is not
 *   patient METHOD          the shim is not told of how long is waited
 *   stays                   a connection that is closed stays open
 *   raw CODE                on a further connection, what is an error is that one
 *   raw lose                on a further connection, nothing is answered
 * </pre>
 */
final class MessageMutation {

    private final List<String[]> edits = new ArrayList<>();
    private final List<Event> held = new ArrayList<>();
    private final Set<Method> answered = EnumSet.noneOf(Method.class);

    private MessageMutation() {
    }

    static MessageMutation of(Optional<Mutant> mutant) {
        MessageMutation mutation = new MessageMutation();
        mutant.map(Mutant::edit).filter(edit -> !edit.isEmpty()).ifPresent(edit -> {
            for (String one : edit.split(" ; ")) {
                mutation.edits.add(one.split(" ", 3));
            }
        });
        return mutation;
    }

    /** What is taken for it. */
    synchronized List<Event> events(Event event) {
        List<Event> result = new ArrayList<>(List.of(event));
        for (String[] edit : edits) {
            boolean meant = edit.length > 1 && edit[1].equals(event.topic());
            switch (edit[0]) {
                case "drop" -> result.removeIf(any -> meant);
                case "twice" -> result.addAll(meant ? List.copyOf(result) : List.of());
                case "late" -> {
                    if (meant) {
                        held.addAll(result);
                        result.clear();
                    } else if (edit[2].equals(event.topic())) {
                        result.addAll(held);
                        held.clear();
                    }
                }
                case "event" -> result.replaceAll(one -> meant ? new Event(one.envelope(), one.fields().with(edit[2])) : one);
                case "envelope" -> result.replaceAll(one -> new Event(one.envelope().with(edit[1] + (edit.length > 2 ? " " + edit[2] : "")),
                        one.fields()));
                default -> { }
            }
        }
        return result;
    }

    Message request(Method method, Message request) {
        return of("request", method).map(edit -> request.with(edit[2])).orElse(request);
    }

    boolean swallows(Method method) {
        return of("swallow", method).isPresent();
    }

    boolean loses(Method method) {
        return of("lose", method).isPresent() || of("once", method).isPresent() && !answered.add(method);
    }

    /** The method whose answers a call waits for. */
    Optional<Method> behind(Method method) {
        return of("behind", method).map(edit -> Method.named(edit[2]));
    }

    boolean isPatient(Method method) {
        return of("patient", method).isPresent();
    }

    /** Whether connections stay that are closed. */
    boolean stays() {
        return edits.stream().anyMatch(edit -> edit[0].equals("stays"));
    }

    /** What comes of an answer on a connection that a test has to itself. */
    Optional<Reply> raw(Reply reply) {
        Optional<String> edit = edits.stream().filter(one -> one[0].equals("raw")).map(one -> one[1]).findFirst();
        if (edit.isPresent() && edit.get().equals("lose")) {
            return Optional.empty();
        }
        return Optional.of(edit.isEmpty() || reply.isOk() ? reply : new Reply(Code.valueOf(edit.get()), reply.message(), reply.payload()));
    }

    Method instead(Method method) {
        return of("instead", method).map(edit -> Method.named(edit[2])).orElse(method);
    }

    Reply reply(Method method, Reply reply) {
        Optional<Code> failure = of("fail", method).map(edit -> Code.valueOf(edit[2]));
        if (failure.isPresent()) {
            return new Reply(failure.get(), "a mutant", new byte[0]);
        }
        if (reply.isOk()) {
            return of("answer", method).map(edit -> new Reply(Code.OK, "", Message.parse(method.response, reply.payload()).with(edit[2])
                    .bytes())).orElse(reply);
        }
        if (of("forgive", method).isPresent()) {
            return new Reply(Code.OK, "", new byte[0]);
        }
        return of("code", method).map(edit -> new Reply(Code.valueOf(edit[2]), reply.message(), new byte[0])).orElse(reply);
    }

    private Optional<String[]> of(String what, Method method) {
        return edits.stream().filter(edit -> edit[0].equals(what) && edit.length > 1 && edit[1].equals(method.text)).findFirst();
    }
}
