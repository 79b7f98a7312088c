package io.carafe.benchmarks.parse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.seccomp.Seccomp;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class DockerLikeConfigTest {

    @Test
    void it_is_read_as_it_was_written() {
        assertEquals(DockerLikeConfig.of(), ConfigJson.read(ConfigJson.write(DockerLikeConfig.of())));
    }

    @Test
    void its_profile_has_the_size_of_docker_s() {
        Seccomp profile = DockerLikeConfig.of().linux().orElseThrow().seccomp().orElseThrow();
        List<String> names = profile.syscalls().get(0).names();
        assertTrue(names.size() > 300, names.size() + " names");
        assertEquals(names.size(), new HashSet<>(names).size());
    }
}
