package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.carafe.spec.Config;
import io.carafe.spec.OciVersion;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Process;
import io.carafe.spec.process.Rlimit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not wrong with a config.json, since runc takes it. */
class LenientConfigTest {

    private static final Config NOTHING = Config.of(OciVersion.CURRENT);

    @ParameterizedTest
    @ValueSource(strings = {
        "\"solaris\":{\"milestone\":3}", "\"windows\":null", "\"vm\":[[{\"a\":{}}]]", "\"zos\":1", "\"freebsd\":\"\"",
        "\"x\":{\"ociVersion\":1,\"ociVersion\":2}", "\"Hostname\":1", "\"\":0", "\"hostname\":\"\"", "\"hostname\":null",
        "\"mounts\":[]", "\"annotations\":{}", "\"annotations\":{\"a\":null}", "\"linux\":null"
    })
    void unknown_null_and_empty_are_as_good_as_absent(String property) {
        assertEquals(NOTHING, read(property));
    }

    @Test
    void a_process_without_user_is_root() {
        assertEquals(NOTHING.withProcess(Process.of("/", List.of(), List.of())), read("\"process\":{\"cwd\":\"/\",\"user\":{}}"));
        assertEquals(NOTHING.withProcess(Process.of("/", List.of(), List.of())), read("\"process\":{\"cwd\":\"/\"}"));
    }

    @Test
    void a_namespace_with_an_empty_path_is_a_new_one() {
        assertEquals(NOTHING.withLinux(Linux.EMPTY.withNamespaces(List.of(Namespace.of(NamespaceType.IPC)))),
                read("\"linux\":{\"namespaces\":[{\"type\":\"ipc\",\"path\":\"\"}]}"));
    }

    @Test
    void a_limit_of_all_ones_is_no_limit_as_in_the_kernel() {
        Config unlimited = NOTHING.withProcess(Process.of("/", List.of(), List.of()).withRlimits(List.of(new Rlimit("RLIMIT_CORE", -1, 0))));
        assertEquals(unlimited,
                read("\"process\":{\"cwd\":\"/\",\"rlimits\":[{\"type\":\"RLIMIT_CORE\",\"hard\":18446744073709551615,\"soft\":0}]}"));
        assertEquals(unlimited, ConfigJson.read(ConfigJson.write(unlimited)));
    }

    @Test
    void a_newer_minor_version_is_read() {
        assertEquals("1.99.0+x", ConfigJson.read(bytes("{\"ociVersion\":\"1.99.0+x\"}")).ociVersion().text());
    }

    @Test
    void a_byte_order_mark_of_utf_8_is_passed_over() {
        assertEquals(NOTHING, ConfigJson.read(bytes("\ufeff{\"ociVersion\":\"1.3.0\"}")));
    }

    @Test
    void maps_keep_the_order_of_the_document() {
        List<String> keys = new ArrayList<>(read("\"annotations\":{\"z\":\"1\",\"a\":\"2\",\"m\":\"3\",\"b\":\"4\"}").annotations().keySet());
        assertEquals(List.of("z", "a", "m", "b"), keys);
    }

    @Test
    void a_document_may_be_a_part_of_an_array() {
        byte[] json = bytes("]]{\"ociVersion\":\"1.3.0\"}}}");
        assertEquals(NOTHING, ConfigJson.read(json, 2, json.length - 4));
    }

    private static Config read(String property) {
        return ConfigJson.read(bytes("{\"ociVersion\":\"1.3.0\"," + property + "}"));
    }

    private static byte[] bytes(String json) {
        return json.getBytes(StandardCharsets.UTF_8);
    }
}
