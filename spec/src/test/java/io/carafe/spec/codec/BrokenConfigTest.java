package io.carafe.spec.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.SpecException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is wrong with a config.json, and the one line that says so. Types and ranges of each property: {@link SchemaTest}. */
class BrokenConfigTest {

    private static Arguments broken(String complaint, String json) {
        return arguments(complaint, json);
    }

    /** With all that is required around the part that is broken. */
    private static Arguments in(String complaint, String properties) {
        return arguments(complaint, "{\"ociVersion\":\"1.3.0\"," + properties + "}");
    }

    static List<Arguments> documents() {
        return List.of(
                broken("expected a JSON document, found nothing", ""),
                broken("expected a JSON document, found nothing", " \t\r\n"),
                broken("expected an object, found an array", "[]"),
                broken("expected an object, found null", "null"),
                broken("expected an object, found 3", "3"),
                broken("expected an object, found \"{}\"", "\"{}\""),
                broken("not valid JSON at line 1, column 6: unrecognized token 'hello': was expecting "
                        + "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')", "hello"),
                broken("not valid JSON at line 1, column 1: unexpected character ('/' (code 47)): "
                        + "maybe a (non-standard) comment?", "// no\n{}"),
                broken("not valid JSON at line 1, column 2: the document ends in the middle", "{"),
                broken("expected nothing after the document, found an object", "{\"ociVersion\":\"1.3.0\"}{}"),
                broken("expected nothing after the document, found 1", "{\"ociVersion\":\"1.3.0\"}\n1"),
                broken("not valid JSON at line 2, column 5: unrecognized token 'rm': was expecting "
                        + "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')", "{\"ociVersion\":\"1.3.0\"}\n rm -rf"),
                broken("ociVersion: required, but missing", "{}"),
                broken("ociVersion: expected a version in SemVer 2.0.0 format such as 1.3.0, found \"1.0\"", "{\"ociVersion\":\"1.0\"}"),
                broken("ociVersion: expected a version from 1.0.0 on and below 2.0.0, found \"2.0.0\"", "{\"ociVersion\":\"2.0.0\"}"),
                broken("ociVersion: expected a version from 1.0.0 on and below 2.0.0, found \"0.9.0-rc1\"", "{\"ociVersion\":\"0.9.0-rc1\"}"));
    }

    static List<Arguments> values() {
        return List.of(
                in("linux.resources.memory.limit: expected an integer, found \"1G\"",
                        "\"linux\":{\"resources\":{\"memory\":{\"limit\":\"1G\"}}}"),
                in("linux.resources.memory.limit: expected an integer, found 1.5",
                        "\"linux\":{\"resources\":{\"memory\":{\"limit\":1.5}}}"),
                in("linux.resources.memory.limit: expected an integer, found 1e9",
                        "\"linux\":{\"resources\":{\"memory\":{\"limit\":1e9}}}"),
                in("linux.resources.memory.limit: not valid JSON at line 1, column 64: "
                        + "invalid numeric value: Leading zeroes not allowed", "\"linux\":{\"resources\":{\"memory\":{\"limit\":010}}}"),
                in("linux.resources.cpu.shares: expected an integer from 0 to 18446744073709551615, found -1",
                        "\"linux\":{\"resources\":{\"cpu\":{\"shares\":-1}}}"),
                in("linux.resources.cpu.shares: expected an integer from 0 to 18446744073709551615, "
                        + "found 999999999999999999999999999999999999999999999999999999999999…",
                        "\"linux\":{\"resources\":{\"cpu\":{\"shares\":" + "9".repeat(5000) + "}}}"),
                in("mounts[1].destination: expected a string, found an object",
                        "\"mounts\":[{\"destination\":\"/a\"},{\"destination\":{}}]"),
                in("mounts[1].destination: expected a string, found an array",
                        "\"mounts\":[{\"destination\":\"/a\"},{\"destination\":[]}]"),
                in("mounts[1].destination: required, but missing",
                        "\"mounts\":[{\"destination\":\"/a\"},{\"source\":\"/b\"}]"),
                in("mounts[0]: expected an object, found null", "\"mounts\":[null]"),
                in("mounts[0].options[2]: expected a string, found null",
                        "\"mounts\":[{\"destination\":\"/a\",\"options\":[\"ro\",\"dev\",null]}]"),
                in("root.readonly: expected true or false, found \"true\"", "\"root\":{\"path\":\"r\",\"readonly\":\"true\"}"),
                in("root.path: given twice", "\"root\":{\"path\":\"r\",\"readonly\":true,\"path\":\"/\"}"),
                in("process: given twice", "\"process\":null,\"process\":{\"cwd\":\"/\"}"),
                in("annotations[\"a.b\"]: given twice", "\"annotations\":{\"a.b\":\"1\",\"c\":\"2\",\"a.b\":\"1\"}"),
                in("annotations[\"\"]: expected a name, found an empty one", "\"annotations\":{\"\":\"1\"}"),
                in("linux.sysctl[\"net.ipv4.ip_forward\"]: expected a string, found 1",
                        "\"linux\":{\"sysctl\":{\"net.ipv4.ip_forward\":1}}"),
                in("linux.namespaces[0].type: expected one of pid, network, mount, ipc, uts, user, cgroup, time, found \"net\"",
                        "\"linux\":{\"namespaces\":[{\"type\":\"net\"}]}"),
                in("linux.namespaces[0].type: expected one of pid, network, mount, ipc, uts, user, cgroup, time, found \"\"",
                        "\"linux\":{\"namespaces\":[{\"type\":\"\"}]}"),
                in("linux.seccomp.syscalls[0].names: expected at least one entry, found none",
                        "\"linux\":{\"seccomp\":{\"defaultAction\":\"SCMP_ACT_LOG\",\"syscalls\":[{\"action\":\"SCMP_ACT_LOG\",\"names\":[]}]}}"),
                in("hooks.poststop[0].timeout: expected an integer from 1 to 2147483647, found 0",
                        "\"hooks\":{\"poststop\":[{\"path\":\"/x\",\"timeout\":0}]}"));
    }

    static List<Arguments> text() {
        return List.of(
                in("process.args[1]: expected text without a NUL character", "\"process\":{\"cwd\":\"/\",\"args\":[\"a\",\"b\\u0000c\"]}"),
                in("annotations[\"a\\u0000\"]: expected text without a NUL character", "\"annotations\":{\"a\\u0000\":\"\"}"),
                in("hostname: expected Unicode text, found half a surrogate pair", "\"hostname\":\"\\ud800x\""),
                in("hostname: expected Unicode text, found half a surrogate pair", "\"hostname\":\"\\udc00\\ud800\""),
                in("hostname: not valid JSON at line 1, column 37: unrecognized character escape 'x' (code 120)", "\"hostname\":\"a\\xb\""),
                in("hostname: not valid JSON at line 1, column 36: illegal unquoted character ((CTRL-CHAR, code 10)): "
                        + "has to be escaped using backslash to be included in string value", "\"hostname\":\"a\nb\""),
                in("linux.namespaces[0].type: expected one of pid, network, mount, ipc, uts, user, cgroup, time, "
                        + "found \"p\\u001b[31m\"", "\"linux\":{\"namespaces\":[{\"type\":\"p\\u001b[31m\"}]}"),
                in("root.path: expected a string, found true", "\"root\":{\"path\":true}"));
    }

    @ParameterizedTest
    @MethodSource({"documents", "values", "text"})
    void is_refused_in_one_line(String complaint, String json) {
        assertEquals(complaint, refused(json.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16", "UTF-16LE", "UTF-16BE", "UTF-32"})
    void another_encoding_is_refused(String charset) {
        assertEquals("expected JSON in UTF-8, found binary data or another encoding",
                refused("{\"ociVersion\":\"1.3.0\"}".getBytes(Charset.forName(charset))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostname", "unknown"})
    void latin_1_is_refused(String property) {
        assertEquals(property + ": not valid JSON at line 1, column " + (property.length() + 29) + ": invalid UTF-8 middle byte 0x22",
                refused(("{\"ociVersion\":\"1.3.0\",\"" + property + "\":\"\u00e9\"}").getBytes(StandardCharsets.ISO_8859_1)));
    }

    @Test
    void a_nul_in_overlong_utf_8_is_still_a_nul() {
        byte[] json = "{\"ociVersion\":\"1.3.0\",\"hostname\":\"ab\"}".getBytes(StandardCharsets.UTF_8);
        json[json.length - 4] = (byte) 0xc0;
        json[json.length - 3] = (byte) 0x80;
        assertEquals("hostname: expected text without a NUL character", refused(json));
    }

    @Test
    void more_than_a_hundred_levels_are_refused_even_in_an_unknown_property() {
        String deep = "{\"ociVersion\":\"1.3.0\",\"x\":" + "[".repeat(JsonReader.MAX_DEPTH - 1) + "]".repeat(JsonReader.MAX_DEPTH - 1) + "}";
        assertEquals("1.3.0", ConfigJson.read(deep.getBytes(StandardCharsets.UTF_8)).ociVersion().text());
        String tooDeep = deep.replace("[]", "[[]]");
        String complaint = refused(tooDeep.getBytes(StandardCharsets.UTF_8));
        assertEquals("expected at most 100 objects and arrays in one another, found more",
                complaint.substring(complaint.indexOf(": ") + 2));
    }

    @Test
    void more_than_sixteen_mebibytes_are_refused_unread() {
        byte[] json = new byte[JsonReader.MAX_LENGTH + 1];
        assertEquals("expected a document of at most 16777216 bytes, found 16777217", refused(json));
    }

    @Test
    void sixteen_mebibytes_of_one_string_are_read() {
        byte[] json = new byte[JsonReader.MAX_LENGTH];
        Arrays.fill(json, (byte) 'x');
        byte[] start = "{\"ociVersion\":\"1.3.0\",\"hostname\":\"".getBytes(StandardCharsets.UTF_8);
        System.arraycopy(start, 0, json, 0, start.length);
        json[json.length - 2] = '"';
        json[json.length - 1] = '}';
        assertEquals(json.length - start.length - 2, ConfigJson.read(json).hostname().orElseThrow().length());
    }

    /** Whatever happens to a file, the answer is a configuration or a complaint of one line. */
    @Test
    void a_mangled_document_never_ends_in_another_exception() {
        byte[] right = Schema.load().root("config").sample(true).getBytes(StandardCharsets.UTF_8);
        Random random = new Random(1);
        int refused = 0;
        for (int round = 0; round < 3_000; round++) {
            byte[] mangled = Arrays.copyOf(right, random.nextInt(4) == 0 ? random.nextInt(right.length) : right.length);
            for (int i = random.nextInt(3); i >= 0 && mangled.length > 0; i--) {
                mangled[random.nextInt(mangled.length)] = (byte) (random.nextBoolean() ? random.nextInt(256) : "{}[]\",:0".charAt(random.nextInt(8)));
            }
            try {
                ConfigJson.read(mangled);
            } catch (SpecException e) {
                refused++;
                assertFalse(e.getMessage().chars().anyMatch(c -> c < ' ' || c == 0x7f), e.getMessage());
            }
        }
        assertFalse(refused < 1_500, () -> "too few were broken at all");
    }

    private static String refused(byte[] json) {
        return assertThrows(SpecException.class, () -> ConfigJson.read(json)).getMessage();
    }
}
