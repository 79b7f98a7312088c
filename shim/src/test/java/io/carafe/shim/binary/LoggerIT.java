package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs that get what a process writes: when they count as started, and how they are ended. */
class LoggerIT {

    private static final String READ_ALL = "{ cat <&3; cat <&4; }";

    @TempDir
    Path directory;
    private TestShim shim;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        shim = new TestShim(directory, TestShim.carafe());
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    private Path logger(String script, String permissions) throws IOException {
        Path logger = Files.writeString(directory.resolve("logger"), "#!/bin/sh\necho $$ >" + directory.resolve("pid") + "\n" + script + "\n");
        return Files.setPosixFilePermissions(logger, PosixFilePermissions.fromString(permissions));
    }

    private boolean isAlive() throws IOException {
        return Files.exists(Path.of("/proc", Files.readString(directory.resolve("pid")).strip()));
    }

    @ParameterizedTest
    @CsvSource({"binary,rw-------,false", "binary,rw-------,true", "binary-v2,rw-------,false", "binary,,false", "binary,,true", "binary-v2,,false"})
    void one_that_cannot_be_executed_is_an_error_of_the_create(String scheme, String permissions, boolean terminal) throws IOException {
        Path logger = permissions == null ? directory.resolve("nosuch") : logger("exit", permissions);
        TaskBundle bundle = shim.bundle("one", Map.of(), process -> process.withTerminal(terminal));
        shim.start(bundle);
        String complaint = shim.fails("Create", shim.createRequest(bundle, terminal, "", scheme + "://" + logger, "")).message();
        assertTrue(complaint.contains("the logger " + logger + " cannot be started: "), complaint);
    }

    @Test
    void one_that_cannot_be_executed_is_an_error_of_the_start_of_an_exec() throws IOException {
        shim.run(shim.bundle("one", "exec sleep 1000"));
        shim.exec("one", "e", false, "binary:///nosuch/logger", "true");
        String complaint = shim.fails("Start", TestShim.id("one", "e")).message();
        assertTrue(complaint.contains("the logger /nosuch/logger cannot be started: "), complaint);
        shim.delete("one", "e");
    }

    @Test
    void the_second_version_says_that_it_is_ready() throws IOException {
        Path log = directory.resolve("log");
        TaskBundle bundle = shim.bundle("one", "echo hello; echo oops >&2");
        shim.start(bundle);
        shim.create(bundle, false, "", "binary-v2://" + logger("printf r >&5\nexec 5>&-\n" + READ_ALL + " >" + log, "rwx------"), "");
        shim.call("Start", TestShim.id("one"));
        assertEquals(0, shim.waitFor("one"));
        shim.delete("one");
        assertEquals("hello\noops\n", Files.readString(log), "a delete is answered when the logger has ended");
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit 3", "exec 5>&-; exec cat <&3"})
    void the_second_version_that_does_not_say_so_fails_the_create_and_is_gone(String script) throws IOException {
        Path logger = logger(script, "rwx------");
        TaskBundle bundle = shim.bundle("one", "exec sleep 1000");
        shim.start(bundle);
        String complaint = shim.fails("Create", shim.createRequest(bundle, false, "", "binary-v2://" + logger, "")).message();
        assertTrue(complaint.contains("the logger " + logger + " ended, or closed descriptor 5, without saying that it is ready"), complaint);
        while (isAlive()) {
            shim.wire.loop.turn(1);
        }
    }

    /** It may have a line to write still. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void one_that_does_not_end_gets_SIGTERM_at_the_delete_and_then_SIGKILL(boolean minds) throws IOException {
        Path last = directory.resolve("last");
        String trap = minds ? "trap 'echo terminated >" + last + "; exit' TERM" : "trap '' TERM";
        Path logger = logger(trap + "\nexec 5>&-\nwhile :; do sleep 0.1; done", "rwx------");
        TaskBundle bundle = shim.bundle("one", "echo hello");
        shim.start(bundle);
        shim.create(bundle, false, "", "binary://" + logger, "");
        shim.call("Start", TestShim.id("one"));
        assertEquals(0, shim.waitFor("one"));
        assertTrue(isAlive());
        shim.delete("one");
        assertTrue(!isAlive(), "it is still there after the delete");
        assertEquals(minds, Files.exists(last));
    }
}
