package io.carafe.runtime.binary.resources;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * A hundred containers, each paused, updated and killed by three calls at once, leave nothing: HostUnchanged looks for what they left.
 *
 * <p>-Dcarafe.crowd.rounds=10 does it ten times; once, unless asked.
 */
@ExtendWith(HostUnchanged.class)
class CrowdIT {

    private static final int CONTAINERS = 100;
    private static final int ROUNDS = Integer.getInteger("carafe.crowd.rounds", 1);

    @TempDir
    private Path directory;

    private record Call(Process process, String[] words) {
    }

    @Test
    void a_hundred_containers_paused_updated_and_killed_at_once_leave_nothing() {
        Carafe carafe = Carafe.in(directory.resolve("root"));
        Bundle bundle = Bundle.in(directory).script("sleep 1000 & sleep 1000");
        for (int round = 0; round < ROUNDS; round++) {
            List<Call> calls = new ArrayList<>();
            for (int i = 0; i < CONTAINERS; i++) {
                call(calls, carafe, "run", "--detach", "--bundle", bundle.path().toString(), id(bundle, i));
            }
            calls.forEach(call -> carafe.finish(call.process, call.words).succeeds());
            calls.clear();
            assertEquals(CONTAINERS, carafe.call("list", "-q").out().lines().count());
            for (int i = 0; i < CONTAINERS; i++) {
                call(calls, carafe, "pause", id(bundle, i));
                call(calls, carafe, "update", "--pids-limit", "50", id(bundle, i));
                call(calls, carafe, "kill", "--all", id(bundle, i), "KILL");
            }
            for (Call call : calls) {
                Carafe.Result result = carafe.finish(call.process, call.words);
                // Who comes after the kill finds none that runs, or one whose processes have just gone.
                assertTrue(result.code() == 0 || result.code() == 1 && !call.words[0].equals("kill"), result::toString);
            }
            calls.clear();
            for (int i = 0; i < CONTAINERS; i++) {
                call(calls, carafe, "delete", "--force", id(bundle, i));
            }
            calls.forEach(call -> carafe.finish(call.process, call.words).succeeds());
            assertEquals("", carafe.call("list", "-q").out());
        }
    }

    private static String id(Bundle bundle, int i) {
        return bundle.id() + "-" + i;
    }

    private static void call(List<Call> calls, Carafe carafe, String... words) {
        calls.add(new Call(carafe.start(words), words));
    }
}
