package io.carafe.runtime.binary.manager;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.runtime.binary.Bundle;
import io.carafe.runtime.binary.Carafe;
import io.carafe.runtime.binary.HostUnchanged;
import io.carafe.spec.Config;
import io.carafe.spec.Mount;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.linux.IdMapping;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What podman and docker wrote into config.json, kept when they were run with the options that the names tell. Only what was their machine's is
 * another: paths, the cgroup, the network and the hooks that served it, seccomp profiles but for two; and the program is echo.
 */
@ExtendWith(HostUnchanged.class)
class GeneratedConfigIT {

    @TempDir
    private Path directory;
    private Carafe carafe;

    @BeforeEach
    void root() throws Exception {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        carafe = Carafe.in(directory.resolve("root"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"podman-4.3.1-default", "podman-4.3.1-privileged", "podman-4.3.1-systemd", "podman-4.3.1-readonly", "podman-4.3.1-volumes",
        "podman-4.3.1-hostns", "podman-4.3.1-privatecg", "podman-4.3.1-uidmap", "podman-4.3.1-auto", "podman-4.3.1-device", "podman-4.3.1-init",
        "podman-4.3.1-unmask", "docker-20.10.24-default", "docker-20.10.24-privileged", "docker-20.10.24-limits", "docker-20.10.24-user",
        "docker-20.10.24-device", "docker-20.10.24-hostns", "docker-20.10.24-privatecg", "docker-20.10.24-init"})
    void runs(String name) throws Exception {
        Bundle bundle = Bundle.in(directory);
        Files.writeString(Files.createDirectories(bundle.path().resolve("sources/dir")).resolve("f"), "");
        Files.writeString(bundle.path().resolve("sources/file"), "");
        String json;
        try (InputStream in = GeneratedConfigIT.class.getResourceAsStream(name + ".json")) {
            json = new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("/CGROUP", "/" + bundle.id());
        }
        Config config = ConfigJson.read(json.getBytes(StandardCharsets.UTF_8));
        for (Mount mount : config.mounts()) {
            String source = mount.source().orElse("");
            assumeTrue(!source.startsWith("/sys/fs/cgroup/") || Files.exists(Path.of(source)), "this host has no " + source);
        }
        List<IdMapping> uids = config.linux().orElseThrow().uidMappings();
        if (!uids.isEmpty()) {
            String owner = uids.get(0).hostID() + ":" + uids.get(0).hostID();
            assertEquals(0, new ProcessBuilder("chown", "-R", owner, bundle.rootfs().toString()).start().waitFor());
        }
        assertEquals("hello", carafe.run(bundle.save(json)).succeeds().out().strip());
    }
}
