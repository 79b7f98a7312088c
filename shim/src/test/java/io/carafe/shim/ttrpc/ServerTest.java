package io.carafe.shim.ttrpc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.process.Processes.Rlimit;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a server does with whoever connects, the worst of them among them. */
class ServerTest {

    private Wire wire;
    private Server server;
    private final Deque<Reply> waiting = new ArrayDeque<>();

    @BeforeEach
    void serve() throws IOException {
        wire = new Wire();
        server = wire.serve((service, method, payload, reply) -> {
            switch (method) {
                case "wait" -> waiting.add(reply);
                case "fail" -> throw new CallException(Code.NOT_FOUND, "no such thing");
                case "break" -> throw new IllegalStateException("broken");
                case "exhaust" -> throw new OutOfMemoryError("heap");
                case "nest" -> throw new StackOverflowError();
                case "quote" -> throw new IllegalArgumentException("a\nb\u001b[31m");
                case "large" -> reply.ok(new byte[1 << 20]);
                case "toolarge" -> reply.ok(new byte[Frame.LONGEST]);
                default -> reply.ok((service + "." + method + "." + new String(payload, UTF_8)).getBytes(UTF_8));
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
        wire.close();
        assertEquals(List.of(), wire.failures);
    }

    private void serves(Wire.Raw client, int stream) {
        client.request(stream, "echo");
        assertEquals("test.echo.echo", new String(client.response().payload(), UTF_8));
        assertEquals(stream, client.frames.get(client.frames.size() - 1).stream());
    }

    @Test
    void who_connects_when_no_descriptor_is_free_waits_and_costs_nothing() {
        Rlimit before = wire.linux.processes.getrlimit(ProcessFlags.RLIMIT_NOFILE);
        try (Wire.Raw client = wire.connect()) {
            int turns = 0;
            wire.linux.processes.setrlimit(ProcessFlags.RLIMIT_NOFILE, 0, before.hard());
            try {
                for (long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(400); System.nanoTime() < end; turns++) {
                    wire.loop.turn(1000);
                }
            } finally {
                wire.linux.processes.setrlimit(ProcessFlags.RLIMIT_NOFILE, before.soft(), before.hard());
            }
            assertTrue(turns < 20, "the loop turned for nothing");
            serves(client, 1);
        }
    }

    @ParameterizedTest
    @CsvSource({"exhaust,8,out of memory: ", "nest,8,out of stack: ",
        "quote,3,a\\nb\\u001b[31m"})
    void what_goes_wrong_with_a_call_is_its_answer_in_one_line(String method, int code, String message) {
        try (Wire.Raw client = wire.connect()) {
            client.request(1, method);
            Response.Status status = client.response().status().orElseThrow();
            assertEquals(code, status.code());
            assertTrue(status.message().startsWith(message), status.message());
            serves(client, 3);
        }
    }

    @Test
    void a_call_is_answered_on_its_stream() {
        try (Wire.Raw client = wire.connect()) {
            serves(client, 1);
            serves(client, 7);
        }
    }

    @Test
    void a_frame_may_come_byte_by_byte_and_two_at_once() {
        try (Wire.Raw client = wire.connect()) {
            for (byte one : Wire.Raw.frame(1, "echo").toBytes()) {
                client.send(new byte[] {one});
                wire.loop.turn(0);
            }
            assertTrue(client.response().isOk());
            byte[] first = Wire.Raw.frame(3, "a").toBytes();
            byte[] second = Wire.Raw.frame(5, "b").toBytes();
            byte[] both = Arrays.copyOf(first, first.length + second.length);
            System.arraycopy(second, 0, both, first.length, second.length);
            client.send(both);
            client.response();
            wire.turnUntil(() -> {
                client.read();
                return client.frames.size() == 3;
            });
        }
    }

    @ParameterizedTest
    @CsvSource({"fail, 5, no such thing", "break, 2, broken", "toolarge, 8, the answer is longer than 4194304 bytes"})
    void a_failure_is_an_answer(String method, int code, String message) {
        try (Wire.Raw client = wire.connect()) {
            client.request(1, method);
            Response.Status status = client.response().status().orElseThrow();
            assertEquals(code, status.code());
            assertTrue(status.message().startsWith(message), status.message());
            serves(client, 3);
        }
    }

    @ParameterizedTest
    @CsvSource({"2, 1, 0", "0, 1, 0", "1, 2, 0", "1, 3, 0", "1, 99, 0", "1, 1, 1", "1, 1, 2"})
    void a_frame_that_is_no_simple_request_is_an_error_for_its_stream(int stream, int type, int flags) {
        try (Wire.Raw client = wire.connect()) {
            client.send(new Frame(stream, type, flags, Wire.Raw.frame(1, "echo").data()).toBytes());
            assertEquals(Code.INVALID_ARGUMENT.number, client.response().status().orElseThrow().code());
            serves(client, 11);
        }
    }

    @Test
    void a_stream_is_not_used_twice() {
        try (Wire.Raw client = wire.connect()) {
            serves(client, 5);
            client.request(5, "echo");
            assertEquals(Code.INVALID_ARGUMENT.number, client.response().status().orElseThrow().code());
            client.request(3, "echo");
            assertEquals(Code.INVALID_ARGUMENT.number, client.response().status().orElseThrow().code());
            serves(client, 7);
        }
    }

    @Test
    void a_request_that_is_no_protobuf_is_an_error() {
        try (Wire.Raw client = wire.connect()) {
            client.send(new Frame(1, Frame.REQUEST, 0, new byte[] {0x0a, 0x7f}).toBytes());
            assertEquals(Code.INVALID_ARGUMENT.number, client.response().status().orElseThrow().code());
            serves(client, 3);
        }
    }

    @Test
    void a_frame_of_more_than_4_MiB_is_an_error_and_its_data_are_passed_over() {
        try (Wire.Raw client = wire.connect()) {
            byte[] header = new Frame(1, Frame.REQUEST, 0, new byte[0]).toBytes();
            header[1] = 0x40;
            header[3] = 1; // 4 MiB and one byte
            client.send(header);
            assertEquals(Code.RESOURCE_EXHAUSTED.number, client.response().status().orElseThrow().code());
            client.send(new byte[Frame.LONGEST + 1]);
            serves(client, 3);
        }
    }

    @Test
    void a_frame_of_4_GB_is_an_error_and_no_harm_to_others() {
        try (Wire.Raw hostile = wire.connect(); Wire.Raw other = wire.connect()) {
            byte[] header = new Frame(1, Frame.REQUEST, 0, new byte[0]).toBytes();
            Arrays.fill(header, 0, Integer.BYTES, (byte) 0xff);
            hostile.send(header);
            assertEquals(Code.RESOURCE_EXHAUSTED.number, hostile.response().status().orElseThrow().code());
            hostile.send(new byte[1 << 20]);
            serves(other, 1);
        }
    }

    @Test
    void half_a_frame_takes_the_memory_of_what_has_come() {
        try (Wire.Raw other = wire.connect()) {
            List<Wire.Raw> halves = new ArrayList<>();
            for (int i = 0; i < 200; i++) { // 800 MB, if a length were believed
                Wire.Raw half = wire.connect();
                halves.add(half);
                byte[] header = new Frame(1, Frame.REQUEST, 0, new byte[0]).toBytes();
                header[1] = 0x3f;
                half.send(header);
                half.send(new byte[100]);
                wire.loop.turn(0);
            }
            serves(other, 1);
            halves.forEach(Wire.Raw::close);
            serves(other, 3);
        }
    }

    @Test
    void ten_thousand_requests_at_once_are_all_answered() {
        try (Wire.Raw client = wire.connect()) {
            for (int i = 0; i < 10_000; i++) {
                client.request(2 * i + 1, i % 2 == 0 ? "echo" : "wait");
            }
            wire.turnUntil(() -> waiting.size() == 5_000);
            waiting.forEach(reply -> reply.ok(new byte[0]));
            wire.turnUntil(() -> {
                client.read();
                return client.frames.size() == 10_000;
            });
            assertEquals(10_000, client.frames.stream().mapToInt(Frame::stream).distinct().count());
        }
    }

    @Test
    void who_never_reads_is_no_longer_read_from_and_hinders_nobody() {
        try (Wire.Raw deaf = wire.connect(); Wire.Raw other = wire.connect()) {
            byte[] requests = new byte[0];
            for (int i = 0; i < 2_000; i++) { // 2 GB of answers
                byte[] frame = Wire.Raw.frame(2 * i + 1, "large").toBytes();
                requests = Arrays.copyOf(requests, requests.length + frame.length);
                System.arraycopy(frame, 0, requests, requests.length - frame.length, frame.length);
            }
            int sent = 0;
            for (int i = 0; i < 200; i++) {
                sent += sent < requests.length ? deaf.trySend(requests, sent) : 0;
                wire.loop.turn(0);
            }
            serves(other, 1);
            deaf.response();
        }
    }

    @Test
    void an_answer_to_one_who_has_gone_goes_nowhere() {
        try (Wire.Raw gone = wire.connect()) {
            gone.request(1, "wait");
            wire.turnUntil(() -> waiting.size() == 1);
        }
        Reply reply = waiting.remove();
        wire.turnUntil(() -> !reply.isAwaited());
        reply.ok(new byte[0]);
    }

    @Test
    void the_end_of_the_server_is_the_end_of_its_connections() {
        try (Wire.Raw client = wire.connect()) {
            serves(client, 1);
            server.close();
            wire.turnUntil(client::hasEnded);
        }
    }

    @Test
    void a_frame_is_laid_out_as_the_protocol_draws_it() {
        assertArrayEquals(new byte[] {0, 0, 0, 2, 1, 2, 3, 5, 1, 0, 7, 8}, new Frame(0x01020305, Frame.REQUEST, 0, new byte[] {7, 8}).toBytes());
    }

    @Test
    void a_call_is_given_up_when_its_time_has_passed() {
        try (Wire.Raw client = wire.connect()) {
            List<String> reasons = new ArrayList<>();
            client.send(new Frame(1, Frame.REQUEST, 0, Request.TABLE.write(new Request("test", "wait", new byte[0], 20_000_000))).toBytes());
            wire.turnUntil(() -> !waiting.isEmpty());
            waiting.peek().whenGivenUp(reasons::add);
            assertEquals(Code.DEADLINE_EXCEEDED.number, client.response().status().orElseThrow().code());
            assertEquals(List.of("the caller's time of 20 ms has passed"), reasons);
            waiting.remove().ok(new byte[0]);
            serves(client, 3);
        }
    }

    @Test
    void a_call_is_given_up_when_its_connection_ends_and_not_when_it_was_answered() {
        List<String> reasons = new ArrayList<>();
        try (Wire.Raw client = wire.connect()) {
            client.request(1, "wait");
            client.request(3, "wait");
            wire.turnUntil(() -> waiting.size() == 2);
            Reply answered = waiting.remove();
            answered.whenGivenUp(why -> reasons.add("answered"));
            answered.ok(new byte[0]);
            client.response();
        }
        Reply open = waiting.remove();
        open.whenGivenUp(reasons::add);
        wire.turnUntil(() -> !reasons.isEmpty());
        assertEquals(List.of("the caller's connection has ended"), reasons);
    }
}
