package io.carafe.runtime.image;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.spec.process.User;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImageUserTest {

    // A line whose name is a number is bait: whoever looks 1000 up as a name becomes root (CVE-2016-3697).
    private static final String PASSWD = "root:x:0:0:root:/root:/bin/sh\n1000:x:0:0::/:/bin/sh\nweb:x:33:34::/:/bin/sh\n"
            + "broken\nnonumber:x:abc:0::/:\n\n";
    private static final String GROUP = "root:x:0:root\nweb:x:34:web\nextra:x:77:a,web,b\nmore:x:78:web\n1001:x:0:web\nbad:x:q:web\n";

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "root         | 0    | 0    | []",
        "web          | 33   | 34   | [77, 78, 0]",
        "web:extra    | 33   | 77   | []",
        "web:5        | 33   | 5    | []",
        "1000         | 1000 | 0    | []",
        "33           | 33   | 34   | []",
        "33:extra     | 33   | 77   | []",
        "1000:1001    | 1000 | 1001 | []",
        "4294967294:1 | 4294967294 | 1 | []",
        "web:         | 33   | 34   | [77, 78, 0]",
        ":extra       | 0    | 77   | []",
    })
    void a_user_is_found(String text, long uid, long gid, String additional) {
        User user = ImageUser.of(text, files(PASSWD, GROUP));
        assertEquals(uid, user.uid());
        assertEquals(gid, user.gid());
        assertEquals(additional, user.additionalGids().toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody", "web:nobody", "nonumber", "4294967295", "99999999999999999999", "1:4294967295", "-1", "0x10", "broken"})
    void who_is_not_there_is_refused(String text) {
        assertThrows(ImageException.class, () -> ImageUser.of(text, files(PASSWD, GROUP)));
    }

    /** What cannot be read is told where a name is looked up in it, and else passed over. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"33 | 33:0", "33:5 | 33:5", ":5 | 0:5", "web | refused", "web:5 | refused", "33:web | refused", ":web | refused"})
    void a_number_never_needs_a_file(String text, String expected) {
        String found;
        try {
            User user = ImageUser.of(text, path -> {
                throw new ImageException(path + " is a directory");
            });
            found = user.uid() + ":" + user.gid();
        } catch (ImageException e) {
            found = "refused";
        }
        assertEquals(expected, found);
    }

    @Test
    void memberships_are_none_where_the_groups_cannot_be_read() {
        User user = ImageUser.of("web", path -> {
            if (path.equals("/etc/passwd")) {
                return PASSWD;
            }
            throw new ImageException(path);
        });
        assertEquals("33:34 []", user.uid() + ":" + user.gid() + " " + user.additionalGids());
    }

    private static UnaryOperator<String> files(String passwd, String group) {
        return path -> path.equals("/etc/passwd") ? passwd : group;
    }

    /** As large as such a file may be: what looks through all groups for each of them takes many minutes. */
    @Test
    @Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void half_a_million_groups_are_found() {
        StringBuilder group = new StringBuilder();
        for (int gid = 1; gid <= 500_000; gid++) {
            group.append("g:x:").append(gid).append(":web\n");
        }
        assertEquals(499_999, ImageUser.of("web", files(PASSWD, group.toString())).additionalGids().size());
    }
}
