package io.carafe.runtime.binary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Root makes a container with a user namespace: its root is nobody on the host. */
@ExtendWith(HostUnchanged.class)
class UserNamespaceIT {

    private static final long FIRST = 100_000;

    @TempDir
    private Path directory;

    @Test
    void root_inside_is_another_id_outside() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        List<IdMapping> map = List.of(new IdMapping(0, FIRST, 1000));
        Bundle bundle = Bundle.in(directory).writable().linux(linux -> {
            List<Namespace> namespaces = new ArrayList<>(linux.namespaces());
            namespaces.add(Namespace.of(NamespaceType.USER));
            return linux.withNamespaces(namespaces).withMappings(map, map);
        }).script("id -u; touch /made; stat -c %u:%g /made; dd if=/dev/zero of=/dev/null bs=1 count=1 2>/dev/null && echo devices");
        assertEquals(0, new ProcessBuilder("chown", "-R", FIRST + ":" + FIRST, bundle.rootfs().toString()).start().waitFor());
        assertEquals("0\n0:0\ndevices", Carafe.in(directory.resolve("root")).run(bundle).succeeds().out().strip());
        assertEquals((int) FIRST, Files.getAttribute(bundle.rootfs().resolve("made"), "unix:uid"));
    }
}
