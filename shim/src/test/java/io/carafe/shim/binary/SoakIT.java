package io.carafe.shim.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.shim.ttrpc.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One shim that creates, executes and deletes again and again, with faults in between: clients that vanish, a runtime that is killed in
 * the middle of a call, requests that make no sense. What it holds in the end it held at the beginning.
 *
 * <p>{@code make soak SIZE=10000}: as many containers, each with a further process, and a line of figures for each tenth of them.
 */
class SoakIT {

    private static final int DEFAULT_SIZE = 20;
    private static final int TENTHS = 10;
    private static final int CONNECTIONS = 3;
    /** The heap before it is collected, and what lives in it. */
    private static final long MOST_ANONYMOUS_KILOBYTES = 3_000;

    @TempDir
    Path directory;
    private final Random random = new Random(1);
    private TestShim shim;
    private Path deadly;

    @BeforeEach
    void open() throws IOException {
        assumeTrue("root".equals(System.getProperty("user.name")), "only as root");
        // One that is killed, with what it has begun, at some moment of a call, whenever the file is there.
        deadly = directory.resolve("deadly");
        Path runtime = Files.writeString(directory.resolve("runtime"), "#!/bin/sh\nif [ -e " + deadly + " ]; then rm -f " + deadly + "; " + TestShim.carafe()
                + " \"$@\" & sleep 0.0$((RANDOM % 3)); kill -9 $!; kill -9 $$; fi\nexec " + TestShim.carafe() + " \"$@\"\n");
        Files.setPosixFilePermissions(runtime, PosixFilePermissions.fromString("rwx------"));
        shim = new TestShim(directory, runtime.toString());
    }

    @AfterEach
    void close() throws IOException {
        shim.close();
    }

    @Test
    void what_a_shim_holds_is_level() throws IOException {
        int size = Integer.getInteger("carafe.soak", DEFAULT_SIZE);
        Map<String, String> group = Map.of("io.containerd.runc.v2.group", "soak");
        shim.run(shim.bundle("first", group, process -> process.withTerminal(false).withArgs(List.of("sleep", "100000"))));
        int pid = shim.shimPid();
        TaskBundle bundle = shim.bundle("soak", group, process -> process.withTerminal(false).withArgs(List.of("sleep", "100000")));
        shim.start(bundle);
        round(bundle, 0);
        long descriptors = descriptors(pid);
        int faults = 0;
        List<Long> memory = new ArrayList<>();
        for (int i = 1; i <= size; i++) {
            faults += round(bundle, i);
            if (i % Math.max(1, size / TENTHS) == 0) {
                memory.add(kilobytes(pid, "Pss_Anon:"));
                System.out.println("soak: " + i + " containers, " + faults + " faults, " + descriptors(pid) + " descriptors, anonymous "
                        + kilobytes(pid, "Pss_Anon:") + " kB, PSS " + kilobytes(pid, "Pss:") + " kB");
            }
        }
        assertTrue(faults > 0);
        // Those of clients that have just vanished go when it sees that; connections to whom it tells events come and go.
        shim.wire.turnUntil(() -> descriptors(pid) <= descriptors + CONNECTIONS);
        assertTrue(memory.stream().allMatch(kilobytes -> kilobytes < MOST_ANONYMOUS_KILOBYTES), () -> "anonymous kB: " + memory);
        assertEquals(2, shim.state("first").status());
    }

    /** @return how many faults were among it */
    private int round(TaskBundle bundle, int number) throws IOException {
        int fault = number == 0 ? TENTHS : random.nextInt(TENTHS);
        if (fault == 0) {
            vanish(bundle);
        } else if (fault == 1) {
            nonsense(bundle);
        }
        String victim = fault == 2 ? List.of("create", "start", "exec", "kill", "delete").get(random.nextInt(5)) : "";
        arm(victim, "create");
        if (ask("Create", shim.createRequest(bundle, false, "", "", ""))) {
            arm(victim, "start");
            if (ask("Start", TestShim.id("soak"))) { // else its init may have ended with the start
                shim.exec("soak", "e", false, "", "true");
                arm(victim, "exec");
                if (ask("Start", TestShim.id("soak", "e"))) {
                    shim.waitFor("soak", "e");
                }
                shim.delete("soak", "e");
            }
            arm(victim, "kill");
            while (!ask("Kill", TestShim.signal("soak", 9)) && shim.state("soak").status() != 3) {
                continue; // the runtime was killed: again
            }
            shim.waitFor("soak");
            arm(victim, "delete");
            while (!ask("Delete", TestShim.id("soak"))) {
                continue;
            }
        } else {
            // As containerd does: what a create that was killed has left is removed by the action delete.
            assertEquals(0, shim.deleteAction(bundle).code());
        }
        Files.deleteIfExists(deadly);
        shim.events.clear();
        return fault <= 2 ? 1 : 0;
    }

    private void arm(String victim, String call) throws IOException {
        if (victim.equals(call)) {
            Files.createFile(deadly);
        }
    }

    private boolean ask(String method, byte[] payload) {
        Response response = shim.answer(method, payload);
        response.status().ifPresent(status -> assertTrue(!status.message().isBlank() && status.message().indexOf('\n') < 0, status.message()));
        return response.isOk();
    }

    /** Clients that say a part of something, or wait for an answer, and are not there any more. */
    private void vanish(TaskBundle bundle) {
        String socket = shim.address.substring("unix://".length());
        byte[] wait = {0, 0, 0, 39, 0, 0, 0, 1, 1, 0, 0x0a, 0x17, 'c', 'o', 'n', 't', 'a', 'i', 'n', 'e', 'r', 'd', '.', 't', 'a', 's', 'k',
            '.', 'v', '2', '.', 'T', 'a', 's', 'k', 0x12, 4, 'W', 'a', 'i', 't', 0x1a, 6, 0x0a, 4, 'f', 'i', 'r', 's'};
        for (int length : new int[] {0, 5, 20, wait.length}) {
            try (Fd client = shim.wire.linux.sockets.connect(socket, SocketFlags.SOCK_STREAM)) {
                shim.wire.linux.files.write(client, java.util.Arrays.copyOf(wait, length));
            }
        }
    }

    private void nonsense(TaskBundle bundle) {
        assertTrue(!ask("Create", new byte[] {1, 2, 3}));
        assertTrue(!ask("Create", shim.createRequest(bundle, false, "", "nothing://here", "")));
        assertTrue(!ask("Exec", TestShim.id("none", "x")));
        assertTrue(!ask("Nonesuch", new byte[1 << 20]));
    }

    private static long descriptors(int pid) {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long kilobytes(int pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/smaps_rollup")).stream().filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
