package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.shim.message.Requests;
import io.carafe.shim.message.Responses;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.ttrpc.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call of the runtime that hangs, behind a wrapper: whom it keeps waiting, and what becomes of it when nobody waits for it. */
class IndependentCallsIT {

    private static final int DEADLINE_EXCEEDED = 4;
    private static final int NOT_FOUND = 5;

    @TempDir
    Path directory;
    private TestShim shim;

    @BeforeEach
    void open() {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
    }

    @AfterEach
    void close() throws IOException {
        if (shim != null) {
            shim.close();
        }
    }

    /** A runtime that hangs where its words have a pattern in them. @param before whether before it does anything, or when it is through */
    private void hanging(String pattern, boolean before) throws IOException {
        String hang = "sleep 1000 & echo $! >" + directory.resolve("sleeper") + ".new; mv " + directory.resolve("sleeper") + ".new "
                + directory.resolve("sleeper") + "; wait";
        Path wrapper = Files.writeString(directory.resolve("wrapper"), "#!/bin/sh\ncase \" $* \" in *'" + pattern + "'*) "
                + (before ? "" : TestShim.carafe() + " \"$@\"; ") + hang + " ;; esac\nexec " + TestShim.carafe() + " \"$@\"\n");
        Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwx------"));
        shim = new TestShim(directory, wrapper.toString());
    }

    private void until(BooleanSupplier condition) {
        shim.wire.turnUntil(condition);
    }

    private void untilItHangs() {
        until(() -> Files.exists(directory.resolve("sleeper")));
    }

    private boolean hangs() {
        try {
            return Files.exists(Path.of("/proc", Files.readString(directory.resolve("sleeper")).strip()));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] shutdown(String id) {
        return Requests.Shutdown.TABLE.write(new Requests.Shutdown(id, false));
    }

    private int pids() {
        return Responses.Pids.TABLE.read(shim.call("Pids", TestShim.id("one"))).processes().size();
    }

    @Test
    void nobody_waits_for_an_exec_that_hangs() throws IOException {
        hanging("exec-hung-process", true);
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "hung", false, "", "true");
        List<Response> hung = new ArrayList<>();
        shim.ask("Start", TestShim.id("one", "hung"), hung::add);
        untilItHangs();
        shim.exec("one", "other", false, "", "sh", "-c", "exit 5");
        shim.call("Start", TestShim.id("one", "other"));
        assertEquals(5, shim.waitFor("one", "other"));
        shim.delete("one", "other");
        assertEquals(1, pids());
        assertEquals(TaskStatus.CREATED.number, shim.state("one", "hung").status());
        shim.call("Stats", TestShim.id("one"));
        shim.call("Pause", TestShim.id("one"));
        shim.call("Resume", TestShim.id("one"));
        assertEquals(1, shim.answer("Connect", TestShim.id("one")).isOk() ? 1 : 0);
        shim.kill("one", 9);
        assertEquals(137, shim.waitFor("one"));
        shim.delete("one");
        until(() -> !hung.isEmpty());
        assertTrue(hung.get(0).status().orElseThrow().message().endsWith("the container is deleted"), hung::toString);
        until(() -> !hangs());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void an_exec_ends_with_the_time_of_its_caller_and_nothing_of_it_stays(boolean before) throws IOException {
        hanging("exec-hung-process", before);
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "hung", false, "", "sleep", "2000");
        List<Response> hung = new ArrayList<>();
        shim.ask("Start", TestShim.id("one", "hung"), 1500, hung::add);
        untilItHangs();
        until(() -> !hung.isEmpty());
        assertEquals(DEADLINE_EXCEEDED, hung.get(0).status().orElseThrow().code());
        until(() -> !hangs() && pids() == 1);
        shim.delete("one", "hung");
        assertEquals(NOT_FOUND, shim.fails("State", TestShim.id("one", "hung")).code());
    }

    @Test
    void an_exec_that_is_deleted_is_started_no_more() throws IOException {
        hanging("exec-hung-process", true);
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "hung", false, "", "sleep", "2000");
        List<Response> hung = new ArrayList<>();
        shim.ask("Start", TestShim.id("one", "hung"), hung::add);
        untilItHangs();
        shim.delete("one", "hung");
        until(() -> !hung.isEmpty());
        assertTrue(!hung.get(0).isOk());
        assertEquals(NOT_FOUND, shim.fails("State", TestShim.id("one", "hung")).code());
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_creation_ends_with_the_connection_of_its_caller_and_nothing_of_it_stays(boolean before) throws IOException {
        hanging(" create ", before);
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        shim.start(bundle);
        shim.ask("Create", shim.createRequest(bundle, false, "", "", ""), response -> { });
        untilItHangs();
        shim.reconnect();
        until(() -> !shim.answer("State", TestShim.id("one")).isOk());
        until(() -> !hangs());
        until(() -> !Files.exists(directory.resolve("state").resolve(TestShim.NAMESPACE).resolve("one")));
    }

    /** containerd, when its own caller was killed: a Delete, and then the end. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_creation_that_is_deleted_meanwhile_ends_and_so_does_the_shim(boolean before) throws IOException {
        hanging(" create ", before);
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        shim.start(bundle);
        List<String> answered = new ArrayList<>();
        shim.ask("Create", shim.createRequest(bundle, false, "", "", ""), response -> answered.add("Create " + response.isOk()));
        untilItHangs();
        assertEquals(NOT_FOUND, shim.fails("Delete", TestShim.id("one")).code());
        assertEquals(List.of("Create false"), answered);
        until(() -> !hangs());
        shim.call("Shutdown", shutdown("one"));
        until(shim::isGone);
    }

    @Test
    void a_shim_that_is_asked_to_end_during_a_creation_ends() throws IOException {
        hanging(" create ", true);
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        shim.start(bundle);
        shim.ask("Create", shim.createRequest(bundle, false, "", "", ""), response -> { });
        untilItHangs();
        shim.call("Shutdown", shutdown("one"));
        until(shim::isGone);
        until(() -> !hangs());
    }

    @Test
    void a_shim_that_was_asked_to_end_while_it_had_a_container_ends_with_that() throws IOException {
        hanging("nothing", true);
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.call("Shutdown", shutdown("one"));
        shim.kill("one", 9);
        shim.waitFor("one");
        shim.delete("one");
        until(shim::isGone);
    }

    @Test
    void a_delete_that_hangs_ends_with_its_caller_s_time_and_can_be_said_again() throws IOException {
        hanging(" delete ", true);
        shim.run(shim.bundle("one", "exit 3"));
        assertEquals(3, shim.waitFor("one"));
        List<Response> hung = new ArrayList<>();
        shim.ask("Delete", TestShim.id("one"), 1500, hung::add);
        untilItHangs();
        until(() -> !hung.isEmpty());
        assertEquals(DEADLINE_EXCEEDED, hung.get(0).status().orElseThrow().code());
        Files.writeString(directory.resolve("wrapper"), "#!/bin/sh\nexec " + TestShim.carafe() + " \"$@\"\n");
        assertEquals(3, shim.delete("one").exitStatus());
    }
}
