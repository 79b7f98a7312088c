package io.carafe.runtime.binary.namespace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Carafe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An ordinary user whose /etc/subuid and /etc/subgid, in a private mount namespace, allow 65536 ids from {@link #FIRST} on. */
final class SubordinateIds {

    static final int USER = 65534;
    static final int FIRST = 300_000;

    private SubordinateIds() {
    }

    /** @param directory gets a folder {@code users}, the user's own; @param groups words of setpriv(1) */
    static Carafe carafe(Path directory, String groups) throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/newuidmap")), "newuidmap(1) is not here (Debian's package uidmap)");
        Path etc = directory.resolve("etc");
        assertEquals(0, new ProcessBuilder("cp", "-a", "/etc", etc.toString()).start().waitFor());
        for (String file : List.of("subuid", "subgid")) {
            Files.writeString(etc.resolve(file), USER + ":" + FIRST + ":65536\n");
        }
        chown(USER, Files.createDirectories(directory.resolve("users")));
        // With the bounding set as it is: newuidmap(1) has its rights by being set-user-id or by file capabilities.
        return Carafe.in(directory.resolve("users/root")).behind("unshare", "--mount", "--propagation", "private", "sh", "-ec",
                "mount --bind " + etc + " /etc; exec setpriv --reuid=" + USER + " --regid=" + USER + " " + groups + " --inh-caps=-all \"$0\" \"$@\"");
    }

    static void chown(long id, Path path) throws Exception {
        assertEquals(0, new ProcessBuilder("chown", "-R", id + ":" + id, path.toString()).start().waitFor());
    }
}
