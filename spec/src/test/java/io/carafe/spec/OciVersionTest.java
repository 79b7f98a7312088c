package io.carafe.spec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OciVersionTest {

    @ParameterizedTest
    @CsvSource({
        "0.0.4, 0, 0, 4", "1.2.3, 1, 2, 3", "10.20.30, 10, 20, 30", "1.1.2-prerelease+meta, 1, 1, 2", "1.1.2+meta, 1, 1, 2",
        "1.0.0-alpha, 1, 0, 0", "1.0.0-alpha.beta.1, 1, 0, 0", "1.0.0-alpha0.valid, 1, 0, 0", "1.0.0-0A.is.legal, 1, 0, 0",
        "1.0.2-dev, 1, 0, 2", "1.0.0+0.build.1-rc.10000aaa-kk-0.1, 1, 0, 0", "2.0.0+build.1848, 2, 0, 0", "1.0.0-rc.1--1, 1, 0, 0",
        "1.1.0+dev, 1, 1, 0", "1.0.0-0, 1, 0, 0", "1.0.0--, 1, 0, 0", "999999999.0.0, 999999999, 0, 0", "1.0.0+01.00, 1, 0, 0"
    })
    void what_semver_allows_is_read(String text, int major, int minor, int patch) {
        assertEquals(new OciVersion(text, major, minor, patch), OciVersion.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "1", "1.2", "1.2.3.4", "v1.2.3", "01.1.1", "1.01.1", "1.1.01", "1.2.-1", "-1.2.3", "1.2.3-", "1.2.3+", "1.2.3-+a", "1.2.3-a..b",
        "1.2.3-01", "1.2.3-a.01", "1.2.3+a..b", "1.2.3+a+b", "1.2.3 ", " 1.2.3", "1.2.x", "1..3", ".1.2", "1.2.", "a.b.c", "1.2-a.b", "1.2+a.b",
        "1.2.3-é", "1.2.3-a_b", "9999999999.0.0", "1.0.0-\n"
    })
    void what_semver_forbids_is_refused(String text) {
        String complaint = assertThrows(IllegalArgumentException.class, () -> OciVersion.parse(text)).getMessage();
        assertTrue(complaint.startsWith("expected a version in SemVer 2.0.0 format such as 1.3.0, found \""), complaint);
    }

    @Test
    void every_version_1_is_understood() {
        assertTrue(OciVersion.parse("1.0.0-rc1").isUnderstood());
        assertTrue(OciVersion.parse("1.17.0").isUnderstood());
        assertFalse(OciVersion.parse("0.9.9").isUnderstood());
        assertFalse(OciVersion.parse("2.0.0").isUnderstood());
    }

    @Test
    void the_constants_are_what_their_texts_say() {
        assertEquals(OciVersion.MINIMUM, OciVersion.parse(OciVersion.MINIMUM.text()));
        assertEquals(OciVersion.CURRENT, OciVersion.parse(OciVersion.CURRENT.text()));
    }
}
