package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An ordinary user: uid and gid 65534, no capability, no cgroup, one id mapped. */
@Tag("guest")
@ExtendWith(HostUnchanged.class)
class RootlessIT {

    private static final int USER = 65534;

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        // The binary may stand where the user cannot reach it; a copy that root owns is what an installation has.
        carafe = Carafe.in(directory.resolve("root")).asOrdinaryUser();
    }

    private Bundle bundle() throws Exception {
        Bundle bundle = Bundle.rootless(directory, USER, USER);
        assertEquals(0, new ProcessBuilder("chown", "-R", USER + ":" + USER, directory.toString()).start().waitFor());
        return bundle;
    }

    @Test
    void an_ordinary_user_runs_a_container_as_its_root() throws Exception {
        Bundle bundle = bundle().script("id -u; echo $$; hostname");
        assertEquals("0\n1\ncarafe", carafe.run(bundle).succeeds().out().strip());
    }

    @Test
    void an_ordinary_user_creates_starts_and_deletes() throws Exception {
        Bundle bundle = bundle().args("/bin/sleep", "1000");
        carafe.call("create", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        carafe.call("start", bundle.id()).succeeds();
        assertTrue(carafe.call("list").succeeds().out().contains("running"));
        carafe.call("delete", "--force", bundle.id()).succeeds();
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void an_ordinary_user_without_a_user_namespace_is_told_to_ask_for_one() throws Exception {
        Bundle bundle = bundle().config(config -> Bundle.in(directory).config());
        assertTrue(carafe.run(bundle).fails().contains("linux.namespaces: expected a user namespace"));
    }

    @Test
    void more_ids_than_ones_own_are_refused_with_the_way_out() throws Exception {
        Bundle bundle = bundle().linux(linux -> linux.withMappings(List.of(new io.carafe.spec.linux.IdMapping(0, 100000, 65536)),
                linux.gidMappings()));
        assertTrue(carafe.run(bundle).fails().contains("newuidmap"));
        assertEquals("", carafe.call("list", "-q").out());
    }

    @Test
    void a_file_that_the_container_makes_is_the_users() throws Exception {
        Bundle bundle = bundle().writable().args("/bin/touch", "/mine");
        carafe.run(bundle).succeeds();
        assertEquals(USER, ownerOf(bundle.rootfs().resolve("mine")));
    }

    private static int ownerOf(Path path) throws IOException {
        return (int) Files.getAttribute(path, "unix:uid");
    }

    @Test
    void who_insists_on_cgroups_is_told_that_they_cannot_be_made() throws Exception {
        Bundle bundle = bundle().args("/bin/true");
        carafe.call("--rootless", "true", "run", "--bundle", bundle.path().toString(), bundle.id()).succeeds();
        String error = carafe.call("--rootless", "false", "run", "--bundle", bundle.path().toString(), bundle.id()).fails();
        assertTrue(error.contains("mkdir /sys/fs/cgroup/"), error);
        assertEquals("", carafe.call("list", "-q").out());
    }
}
