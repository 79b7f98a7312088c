package io.carafe.shim.bundle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.shim.message.CreateTask.Mount;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InnerLayersTest {

    private static final String ASKED = """
            {"annotations": {"io.carafe.shim.layers": "container"}, "root": {"path": "rootfs"}, "linux": {"namespaces": [{"type": "mount"}]}}""";
    private static final List<String> OPTIONS = List.of("index=off", "workdir=/w", "upperdir=/u", "lowerdir=/a:/b");

    private static List<String> of(String config, Mount... mounts) {
        return InnerLayers.of(List.of(mounts), BundleConfig.parse(config.getBytes(StandardCharsets.UTF_8)), "/bundle");
    }

    private static Mount overlay(String... options) {
        return new Mount("overlay", "overlay", "", List.of(options));
    }

    private static final Mount GOOD = new Mount("overlay", "overlay", "", OPTIONS);

    @Test
    void an_overlay_becomes_the_runtime_s_words() {
        assertEquals(List.of("work=/w", "upper=/u", "lower=/a:/b"), of(ASKED, GOOD));
        assertEquals(List.of("work=/w", "upper=/u", "lower=/a:/b"), of(ASKED.replace("rootfs", "/bundle/rootfs"), GOOD));
        assertEquals(List.of("lower=/a", "upper=/u", "work=/w", "volatile"), of(ASKED, overlay("lowerdir=/a", "upperdir=/u", "workdir=/w", "volatile")));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
            "nobody asked              | \"container\"          | \"host\"",
            "nobody asked              | io.carafe.shim.layers    | io.carafe.shim.other",
            "another root              | rootfs                   | /elsewhere",
            "no mount namespace        | mount                    | pid",
            "one that is joined        | {'type': 'mount'}        | {'type': 'mount', 'path': '/proc/1/ns/mnt'}",
            "other marks are looked at | {'type': 'mount'}        | {'type': 'mount'}, {'type': 'user'}",
            "they too                  | {'type': 'mount'}        | {'type': 'mount'}, {'type': 'user', 'path': '/proc/1/ns/user'}"})
    void the_shim_mounts_where_the_configuration_is_another(String why, String from, String to) {
        String config = ASKED.replace(from.replace('\'', '"'), to.replace('\'', '"'));
        assertEquals(List.of(), of(config, GOOD), why);
    }

    @Test
    void the_shim_mounts_what_is_not_one_overlay_to_write_on() {
        assertEquals(List.of(), of(ASKED, new Mount("bind", "/a", "", List.of("rbind", "rw"))));
        assertEquals(List.of(), of(ASKED, GOOD, GOOD));
        assertEquals(List.of(), of(ASKED, new Mount("overlay", "overlay", "sub", OPTIONS)));
        assertEquals(List.of(), of(ASKED, overlay("lowerdir=/a:/b")), "without an upper directory nobody may write");
        assertEquals(List.of(), of(ASKED, overlay("lowerdir=/a", "upperdir=/u", "workdir=/w", "userxattr")));
        assertEquals(List.of(), of(ASKED, overlay("lowerdir=/a", "upperdir=/u", "workdir=/w", "ro")));
    }

    @Test
    void another_word_is_an_error() {
        assertEquals("annotations[\"io.carafe.shim.layers\"]: expected container or host, found \"inside\"",
                assertThrows(IllegalArgumentException.class, () -> of(ASKED.replace("\"container\"", "\"inside\""), GOOD)).getMessage());
    }
}
