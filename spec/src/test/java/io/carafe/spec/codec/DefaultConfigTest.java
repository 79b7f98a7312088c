package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.spec.Config;
import io.carafe.spec.DefaultConfig;
import io.carafe.spec.OciVersion;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files are what runc 1.1.5 of Debian 12 wrote, on a host with cgroup v1, the rootless one for the user 0. */
class DefaultConfigTest {

    @Test
    void for_root_it_is_what_runc_writes_but_for_name_version_ambient_and_cgroup_namespace() throws IOException {
        assertEquals(asCarafeHasIt(runc("runc-1.1.5-spec.json"), 5), DefaultConfig.rootful());
    }

    @Test
    void for_a_user_it_is_what_runc_writes_but_for_the_same() throws IOException {
        Config runc = asCarafeHasIt(runc("runc-1.1.5-spec-rootless.json"), 4);
        Linux linux = runc.linux().orElseThrow().withMappings(List.of(new IdMapping(0, 1000, 1)), List.of(new IdMapping(0, 100, 1)));
        assertEquals(runc.withLinux(linux), DefaultConfig.rootless(1000, 100));
    }

    @ParameterizedTest
    @ValueSource(strings = {"runc-1.1.5-spec.json", "runc-1.1.5-spec-rootless.json"})
    void what_runc_has_written_is_written_again_byte_by_byte(String file) throws IOException {
        byte[] json = bytes(file);
        assertEquals(new String(json, StandardCharsets.UTF_8) + "\n", new String(ConfigJson.write(ConfigJson.read(json)), StandardCharsets.UTF_8));
    }

    private static Config asCarafeHasIt(Config runc, int cgroupPlace) {
        Capabilities set = runc.process().orElseThrow().capabilities().orElseThrow();
        List<Namespace> namespaces = new ArrayList<>(runc.linux().orElseThrow().namespaces());
        namespaces.add(cgroupPlace, Namespace.of(NamespaceType.CGROUP));
        return new Config(OciVersion.CURRENT, runc.process(), runc.root(), runc.hostname(), runc.domainname(), runc.mounts(), runc.hooks(),
                runc.annotations(), runc.linux())
                .withHostname("carafe")
                .withProcess(runc.process().orElseThrow()
                        .withCapabilities(new Capabilities(set.bounding(), set.effective(), set.inheritable(), set.permitted(), List.of())))
                .withLinux(runc.linux().orElseThrow().withNamespaces(namespaces));
    }

    private static Config runc(String file) throws IOException {
        return ConfigJson.read(bytes(file));
    }

    private static byte[] bytes(String file) throws IOException {
        try (InputStream in = DefaultConfigTest.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        }
    }
}
