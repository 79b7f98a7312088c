package io.carafe.shim.message;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TomlOptionsTest {

    @Test
    void every_key_has_its_place() {
        assertEquals(new Options(true, true, "/shims", 1, 2, "/bin/other", "/run/other", true, "/images", "/work"), TomlOptions.parse("""
                # of the handler
                BinaryName = "/bin/other" # a comment
                CriuImagePath = "/images"
                CriuPath = ""
                CriuWorkPath = "/work"
                IoGid = 2
                IoUid = 1
                NoNewKeyring = true

                NoPivotRoot = true
                Root = '/run/other'
                ShimCgroup = "/shims"
                SystemdCgroup = true # another
                """));
        assertEquals(Options.NONE, TomlOptions.parse(""));
    }

    /** fchown(2) would leave the streams to whom they belong. */
    @Test
    void an_id_that_is_none_is_refused_in_a_message_as_well() {
        byte[] message = {4 << 3, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};
        assertThrows(IllegalArgumentException.class, () -> Options.TABLE.read(message));
        message[5] = 7;
        assertEquals(Integer.MAX_VALUE, Options.TABLE.read(message).ioUid());
    }

    @Test
    void strings_are_read_as_TOML_has_them() {
        assertEquals("a\"b\\c#d", TomlOptions.parse("Root = \"a\\\"b\\\\c#d\"").root());
        assertEquals("a\\b\"c", TomlOptions.parse("Root = 'a\\b\"c'").root());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', value = {
            "Root = /run           | Root: expected a string in quotes, found /run",
            "Root = '/run          | Root: expected a string in quotes, found '/run",
            "Root = '/run' x       | Root: expected a string in quotes, found '/run' x",
            "Root =                | Root: expected a string in quotes, found ~~",
            "Root = \"\\n\"         | Root: expected no escape but \\\" and \\\\, found \"\\n\"",
            "SystemdCgroup = 1     | SystemdCgroup: expected true or false, found 1",
            "SystemdCgroup = 'true'| SystemdCgroup: expected true or false, found 'true'",
            "IoUid = -1            | IoUid: expected a number, found -1",
            "IoUid = 4294967295    | IoUid: expected an id from 0 to 4294967294, found 4294967295",
            "IoGid = 4294967295    | IoGid: expected an id from 0 to 4294967294, found 4294967295",
            "[table]               | expected KEY = VALUE, found [table]",
            "nonsense              | expected KEY = VALUE, found nonsense"})
    void what_is_wrong_is_said(String text, String complaint) {
        assertEquals("options: " + complaint.replace("~", "").strip(),
                assertThrows(IllegalArgumentException.class, () -> TomlOptions.parse(text)).getMessage().strip());
        assertThrows(IllegalArgumentException.class, () -> TomlOptions.parse("Root = ''\nRoot = ''"));
    }
}
