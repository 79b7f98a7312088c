package io.carafe.runtime.binary.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Any number of processes look at a container at once, and see what it is: none takes another for its creator. */
@ExtendWith(HostUnchanged.class)
class StateReadersIT {

    private static final int MANY = 50;

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    private record Call(Process process, String[] words) {
    }

    @BeforeEach
    void container() {
        carafe = Carafe.in(directory.resolve("root"));
        bundle = Bundle.in(directory).args("/bin/sleep", "1000");
        carafe.call("run", "--detach", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
    }

    private void call(List<Call> calls, String... words) {
        calls.add(new Call(carafe.start(words), words));
    }

    @Test
    void of_fifty_that_join_and_fifty_that_look_none_is_lost() {
        for (int round = 0; round < 3; round++) {
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                call(calls, "exec", bundle.id(), "/bin/true");
                call(calls, "state", bundle.id());
            }
            for (Call call : calls) {
                Carafe.Result result = carafe.finish(call.process, call.words).succeeds();
                assertTrue(call.words[0].equals("exec") || result.out().contains("\"status\": \"running\""), result::toString);
            }
        }
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    /** A container is creating while its creator has it, and only to others. */
    @Test
    void a_container_whose_creator_is_at_work_is_creating_to_everyone() throws Exception {
        Bundle slow = Bundle.in(directory).args("/bin/sleep", "1000");
        Process create = new ProcessBuilder("setsid", carafe.binary().toString(), "--root", carafe.root().toString(), "create", "--bundle",
                slow.config(config -> config.withHooks(Stops.createRuntimeHook(directory))).path().toString(), slow.id())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Stops.awaitFile(directory.resolve("hook-runs"));
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            call(calls, "state", slow.id());
        }
        for (Call call : calls) {
            Carafe.Result result = carafe.finish(call.process, call.words).succeeds();
            assertTrue(result.out().contains("\"status\": \"creating\""), result::toString);
        }
        assertTrue(carafe.call("start", slow.id()).fails().contains("creating"));
        java.nio.file.Files.createFile(directory.resolve("hook-may-end"));
        assertEquals(0, create.waitFor());
        assertTrue(carafe.call("state", slow.id()).succeeds().out().contains("\"status\": \"created\""));
        carafe.call("delete", "--force", slow.id()).succeeds();
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }
}
