package io.carafe.runtime.binary.stdio;

import static io.carafe.linux.abi.SocketFlags.SOCK_DGRAM;
import static io.carafe.runtime.binary.stdio.HostTerminal.LINUX;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.call.socket.Sockets.Message;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** sd_notify(3) of a program inside, heard by whoever started carafe. */
@ExtendWith(HostUnchanged.class)
class NotifyIT {

    private static final long PATIENCE_MILLIS = 180_000;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;
    private Fd manager;

    @BeforeEach
    void manager() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).script("echo $NOTIFY_SOCKET; sleep 1000");
        manager = LINUX.sockets.bind(directory.resolve("manager").toString(), SOCK_DGRAM);
    }

    @AfterEach
    void closed() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
        manager.close();
    }

    private Process start(String... words) throws IOException {
        ProcessBuilder builder = carafe.builder(List.of(), words).redirectInput(new File("/dev/null")).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("NOTIFY_SOCKET", directory.resolve("manager").toString());
        return builder.start();
    }

    private static String line(Process process) throws IOException {
        return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
    }

    private Path pidFile() {
        return directory.resolve("pid");
    }

    private Message heard() {
        assertTrue(LINUX.polling.readable(PATIENCE_MILLIS, manager)[0] != 0, "the manager hears nothing");
        return LINUX.sockets.receive(manager, 4096);
    }

    private static String text(Message message) {
        return new String(message.content(), StandardCharsets.UTF_8);
    }

    private void say(String text) throws IOException {
        try (Fd client = LINUX.sockets.connect("/proc/" + Files.readString(pidFile()) + "/root/run/notify/notify.sock", SOCK_DGRAM)) {
            LINUX.sockets.send(client, text.getBytes(StandardCharsets.UTF_8), List.of(manager));
        }
    }

    @Test
    void an_attached_run_says_again_what_the_program_says_but_for_its_pid() throws IOException {
        Process run = start("run", "--pid-file", pidFile().toString(), "--bundle", bundle.path().toString(), bundle.id());
        assertEquals("/run/notify/notify.sock", line(run));
        say("READY=1\nMAINPID=1\nFDSTORE=1\nSTATUS=up");
        Message message = heard();
        assertEquals("READY=1\nSTATUS=up\nMAINPID=" + run.pid() + "\n", text(message));
        assertEquals(0, message.fds().size());
        say("STOPPING=1");
        assertEquals("STOPPING=1\n", text(heard()));
        carafe.call("kill", bundle.id(), "KILL").succeeds();
        assertEquals(137, HostTerminal.exitCode(run));
    }

    @Test
    void a_start_returns_when_the_program_is_ready_and_the_manager_knows() throws IOException {
        Process create = start("create", "--pid-file", pidFile().toString(), "--bundle", bundle.path().toString(), bundle.id());
        create.getInputStream().close();
        assertEquals(0, HostTerminal.exitCode(create));
        Process start = start("start", bundle.id());
        while (!carafe.call("state", bundle.id()).out().contains("running")) {
            Thread.onSpinWait();
        }
        say("READY=1");
        assertEquals("READY=1\nMAINPID=" + Files.readString(pidFile()) + "\n", text(heard()));
        Message barrier = heard();
        assertEquals("BARRIER=1", text(barrier));
        assertTrue(start.isAlive(), "it waits until the manager has read all");
        barrier.fds().forEach(Fd::close);
        assertEquals(0, HostTerminal.exitCode(start));
    }

    @Test
    void a_detached_run_of_a_program_that_ends_does_not_wait_for_ever() throws IOException {
        bundle.args("/bin/true");
        assertEquals(0, HostTerminal.exitCode(start("run", "--detach", "--bundle", bundle.path().toString(), bundle.id())));
    }

    @Test
    void without_a_manager_there_is_no_socket() {
        bundle.script("echo [$NOTIFY_SOCKET]; test -e /run/notify || echo none");
        assertEquals("[]\nnone\n", carafe.run(bundle).succeeds().out());
    }
}
