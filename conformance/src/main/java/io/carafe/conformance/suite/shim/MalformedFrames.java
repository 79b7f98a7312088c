package io.carafe.conformance.suite.shim;

import io.carafe.conformance.container.Expect;
import io.carafe.conformance.shim.Method;
import io.carafe.conformance.shim.Shim;
import io.carafe.conformance.shim.Status;
import io.carafe.conformance.shim.Task;
import io.carafe.conformance.ttrpc.Client;
import io.carafe.conformance.ttrpc.Code;
import io.carafe.conformance.ttrpc.Frame;
import io.carafe.conformance.ttrpc.Message;
import io.carafe.conformance.ttrpc.Reply;
import java.io.ByteArrayOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Malformed frames: their client gets an error, and other clients notice nothing. */
class MalformedFrames {

    private static final int MANY = 10_000;
    /** A quarter of the smallest of the huge frames. */
    private static final long MOST_KILOBYTES = 256 << 10;
    private static final byte[] ID = Message.of("ProcessRequest", "id", "one").bytes();

    /** A running task, whose shim is then treated badly. */
    private static Task running(Shim shim) {
        Task task = shim.task("one");
        task.running();
        return task;
    }

    private static void isServed(Task task) {
        Expect.equal(Status.RUNNING, task.status(), "status, asked by another connection");
    }

    private static Frame state(Shim shim, int stream) {
        return Frame.request(stream, shim.service(), "State", ID);
    }

    @Test
    @Tag("shim.ttrpc.method")
    void what_is_not_known_is_UNIMPLEMENTED(Shim shim) {
        Task task = running(shim);
        Client client = shim.connection();
        for (String[] call : new String[][] {{shim.service(), "Nonesuch"}, {"containerd.task.v9.Nonesuch", "State"}}) {
            Reply reply = shim.await(Method.STATE, client.call(call[0], call[1], ID)).reply();
            Expect.equal(Code.UNIMPLEMENTED, reply.code(), "code of " + call[0] + "/" + call[1]);
        }
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.half")
    void half_a_frame_delays_no_other_client(Shim shim) {
        Task task = running(shim);
        byte[] frame = state(shim, 1).bytes();
        Client header = shim.connection();
        header.send(Arrays.copyOf(frame, Frame.HEADER / 2));
        Client data = shim.connection();
        data.send(Arrays.copyOf(frame, frame.length - 3));
        isServed(task);
        CompletableFuture<Reply> answer = data.expect(1);
        data.send(Arrays.copyOfRange(frame, frame.length - 3, frame.length));
        shim.await(Method.STATE, answer).response();
        header.close();
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.too-long")
    void a_frame_that_is_too_long_is_refused(Shim shim) {
        Task task = running(shim);
        Client client = shim.connection();
        CompletableFuture<Reply> answer = client.expect(1);
        client.send(Frame.header(Frame.LONGEST + 1, 1, Frame.REQUEST));
        isServed(task);
        try {
            client.send(new byte[Frame.LONGEST + 1]);
        } catch (UncheckedIOException closed) {
            isServed(task);
        }
        shim.eventually(answer::isDone, "neither an answer nor an end");
        Expect.that(answer.isCompletedExceptionally() || !answer.join().isOk(), "it is no error");
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.huge")
    void the_header_of_a_huge_frame_affects_no_client(Shim shim) {
        Task task = running(shim);
        for (int length : new int[] {1 << 30, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            Client client = shim.connection();
            client.send(Frame.header(length, 1, Frame.REQUEST));
            client.send(new byte[1000]);
        }
        isServed(task);
        long kilobytes = Long.parseLong(shim.processes().file(shim.pid(), "status").lines().filter(line -> line.startsWith("VmRSS:")).findFirst()
                .orElseThrow().replaceAll("\\D", ""));
        Expect.that(kilobytes < MOST_KILOBYTES, "the shim's memory has grown to " + kilobytes + " kB");
    }

    @Test
    @Tag("shim.ttrpc.garbage")
    void what_is_no_message_is_an_error(Shim shim) {
        Task task = running(shim);
        byte[] garbage = new byte[100];
        Arrays.fill(garbage, (byte) 0xff);
        Client frame = shim.connection();
        CompletableFuture<Reply> first = frame.expect(1);
        frame.send(new Frame(1, Frame.REQUEST, garbage).bytes());
        Client payload = shim.connection();
        CompletableFuture<Reply> second = payload.call(shim.service(), "State", garbage);
        for (CompletableFuture<Reply> answer : List.of(first, second)) {
            shim.eventually(answer::isDone, "no answer");
            Expect.that(answer.isCompletedExceptionally() || !answer.join().isOk(), "garbage is no error");
        }
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.even")
    void a_stream_of_an_even_number_is_not_served(Shim shim) {
        Task task = running(shim);
        Client client = shim.connection();
        CompletableFuture<Reply> answer = client.expect(2);
        client.send(state(shim, 2).bytes());
        client.shutdownOutput();
        shim.eventually(() -> answer.isDone() || client.hasEnded(), "neither an answer nor an end");
        Expect.that(answer.isCompletedExceptionally() || !answer.join().isOk(), "it is served");
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.flood")
    void ten_thousand_requests_are_all_answered(Shim shim) {
        Task task = running(shim);
        Client client = shim.connection();
        List<CompletableFuture<Reply>> answers = new ArrayList<>();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < MANY; i++) {
            answers.add(client.expect(2 * i + 1));
            frames.writeBytes(state(shim, 2 * i + 1).bytes());
        }
        client.send(frames.toByteArray());
        shim.eventually(() -> answers.stream().allMatch(CompletableFuture::isDone), "not all are answered: "
                + answers.stream().filter(CompletableFuture::isDone).count());
        Expect.that(answers.stream().allMatch(answer -> !answer.isCompletedExceptionally() && answer.join().isOk()), "not all are answered well");
        Expect.equal(0, client.unexpectedReplies(), "answers that nobody has asked for");
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.deaf")
    void a_client_that_reads_no_answers_affects_no_other(Shim shim) {
        Task task = running(shim);
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < MANY; i++) {
            frames.writeBytes(state(shim, 2 * i + 1).bytes());
        }
        try (Client client = shim.connectionThatNeverReads()) {
            // A shim may well stop reading from it.
            Thread writer = new Thread(() -> {
                try {
                    client.send(frames.toByteArray());
                } catch (UncheckedIOException closed) {
                    return;
                }
            }, "client that never reads");
            writer.setDaemon(true);
            writer.start();
            for (int i = 0; i < 100; i++) {
                isServed(task);
            }
        }
        isServed(task);
    }

    @Test
    @Tag("shim.ttrpc.gone")
    void a_client_that_disconnects_during_a_call_affects_no_other(Shim shim) {
        Task task = running(shim);
        for (int i = 0; i < 20; i++) {
            try (Client client = shim.connection()) {
                for (int j = 0; j < 20; j++) {
                    client.call(shim.service(), "State", ID);
                }
                client.call(shim.service(), "Wait", ID);
            }
        }
        isServed(task);
        task.killed().deleted();
    }

    @Test
    @Tag("shim.ttrpc.side-by-side")
    void a_call_that_takes_its_time_holds_up_no_other(Shim shim) {
        Task task = running(shim);
        CompletableFuture<Reply> waiting = shim.begin(Method.WAIT, "id", "one");
        isServed(task);
        Expect.that(!waiting.isDone(), "Wait was answered while the process runs");
        task.kill(9).response();
        Expect.equal(137L, shim.await(Method.WAIT, waiting).response().number("exit_status"), "exit_status");
    }
}
