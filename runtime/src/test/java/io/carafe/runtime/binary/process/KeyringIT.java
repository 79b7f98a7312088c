package io.carafe.runtime.binary.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The container's session keyring. What /proc/keys shows to a user who owns none of the keys is what it possesses: its session keyring.
 */
@ExtendWith(HostUnchanged.class)
class KeyringIT {

    private static final String CALLERS = "carafe-callers";

    @TempDir
    private Path directory;
    private Carafe carafe;
    private Bundle bundle;

    @BeforeEach
    void bundle() {
        assumeTrue(Files.exists(Path.of("/proc/keys")), "this kernel has no keyrings");
        // The caller has one, too, which its children inherit.
        Linux.over(Door.open()).keyrings.joinSession(CALLERS);
        carafe = Carafe.in(directory.resolve("root"));
        bundle = visible(Bundle.in(directory)).process(process -> process.withUser(User.of(1000, 1000)));
    }

    private static Bundle visible(Bundle bundle) {
        return bundle.linux(linux -> linux.withPaths(List.of(), List.of())); // /proc/keys is masked by default
    }

    @AfterEach
    void deleted() {
        carafe.call("delete", "--force", bundle.id()).succeeds();
    }

    private String keyring() {
        return "_ses." + bundle.id() + ": empty";
    }

    @Test
    void a_container_has_a_session_keyring_of_its_own_that_its_owner_may_search() {
        String keys = carafe.run(bundle.args("/bin/cat", "/proc/keys")).succeeds().out();
        List<String> own = keys.lines().filter(line -> line.endsWith(keyring())).toList();
        assertEquals(1, own.size(), keys);
        assertTrue(own.get(0).contains(" perm 3f1b0000 ") || own.get(0).contains(" 3f1b0000 "), keys);
        assertFalse(keys.contains(CALLERS), keys);
    }

    @Test
    void with_no_new_keyring_it_is_the_caller_s() {
        String keys = carafe.call("run", "--no-new-keyring", "--bundle", bundle.args("/bin/cat", "/proc/keys").path().toString(), bundle.id())
                .succeeds().out();
        assertTrue(keys.contains(CALLERS), keys);
        assertFalse(keys.contains(keyring()), keys);
    }

    private void started(String... flags) {
        String[] words = new String[5 + flags.length];
        System.arraycopy(flags, 0, words, 2, flags.length);
        words[0] = "run";
        words[1] = "--detach";
        words[2 + flags.length] = "--bundle";
        words[3 + flags.length] = bundle.args("/bin/sleep", "1000").path().toString();
        words[4 + flags.length] = bundle.id();
        carafe.call(words).succeeds();
    }

    private String keysOfExec() {
        return carafe.call("exec", bundle.id(), "/bin/cat", "/proc/keys").succeeds().out();
    }

    @Test
    void exec_joins_the_container_s() {
        started();
        String keys = keysOfExec();
        assertEquals(1, keys.lines().filter(line -> line.endsWith(keyring())).count(), keys);
        assertFalse(keys.contains(CALLERS), keys);
        assertEquals(keys.lines().filter(line -> line.endsWith(keyring())).map(line -> line.substring(0, 8)).toList(),
                keysOfExec().lines().filter(line -> line.endsWith(keyring())).map(line -> line.substring(0, 8)).toList(), "a new one each time");
    }

    @Test
    void exec_has_the_caller_s_where_the_container_has() {
        started("--no-new-keyring");
        String keys = keysOfExec();
        assertTrue(keys.contains(CALLERS) && !keys.contains(keyring()), keys);
    }

    @Test
    void in_a_user_namespace_exec_joins_it_too() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        bundle.linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(new Namespace(NamespaceType.USER, Optional.empty()));
            List<IdMapping> ids = List.of(new IdMapping(0, 100000, 65536));
            return linux.withNamespaces(namespaces).withMappings(ids, ids);
        });
        assertEquals(0, new ProcessBuilder("chown", "-R", "100000:100000", bundle.path().toString()).start().waitFor());
        started();
        String keys = keysOfExec();
        assertEquals(1, keys.lines().filter(line -> line.endsWith(keyring())).count(), keys);
        assertEquals(keys.lines().filter(line -> line.endsWith(keyring())).map(line -> line.substring(0, 8)).toList(),
                keysOfExec().lines().filter(line -> line.endsWith(keyring())).map(line -> line.substring(0, 8)).toList(), "a new one each time");
    }
}
