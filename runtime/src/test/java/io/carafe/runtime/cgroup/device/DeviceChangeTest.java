package io.carafe.runtime.cgroup.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From the rules that a v1 cgroup has to those that it is to have. */
class DeviceChangeTest {

    private static final String DEFAULT = "c *:* m\nb *:* m\nc 1:3 rwm\nc 1:5 rwm\nc 1:7 rwm\nc 1:8 rwm\nc 1:9 rwm\nc 5:0 rwm\nc 5:1 rwm\n"
            + "c 5:2 rwm\nc 136:* rwm\nc 10:200 rwm\n";

    private static String changes(String list, String rules) {
        List<String> lines = DeviceChange.between(list, DeviceRules.of(rules.isEmpty() ? List.of() : DeviceRulesTest.configured(rules))).stream()
                .map(change -> change.file().substring("devices.".length()) + " " + change.text()).toList();
        return String.join("|", lines);
    }

    @ParameterizedTest(name = "{0} and {1}")
    @CsvSource({
        "'',             '',                            ''",
        "'',             +c 10:229 rw,                  allow c 10:229 rw",
        "c 10:229 rw,    '',                            deny c 10:229 rw",
        "c 10:229 rw,    +c 10:229 r,                   deny c 10:229 w",
        "c 10:229 r,     +c 10:229 rw; +b 8:0 m,        allow c 10:229 w|allow b 8:0 m",
        "b 8:* rwm,      +b 8:0 rwm,                    allow b 8:0 rwm|deny b 8:* rwm",
        "'',             +a *:* rwm; -c 10:229 w,       allow a|deny c 10:229 w",
    })
    void what_is_new_is_allowed_before_what_is_gone_is_denied(String more, String rules, String expected) {
        assertEquals(expected, changes(DEFAULT + more + "\n", rules));
    }

    @ParameterizedTest
    @CsvSource("a *:* rwm")
    void one_that_allows_all_starts_anew(String list) {
        String changes = changes(list + "\n", "");
        assertTrue(changes.startsWith("deny a|allow c *:* m|allow b *:* m|allow c 1:3 rwm|"), changes);
    }
}
