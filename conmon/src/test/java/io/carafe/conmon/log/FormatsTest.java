package io.carafe.conmon.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.carafe.conmon.plan.JournalPlan;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Times and entries, byte by byte. */
class FormatsTest {

    /** Java's own tables say the same, hour by hour, of years and zones that no release of tzdata changes any more. */
    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC", "Europe/Dublin"})
    void a_zone_has_javas_offsets(String zone) throws Exception {
        Path file = Path.of("/usr/share/zoneinfo", zone);
        assumeTrue(Files.exists(file), "no tzdata");
        byte[] bytes = Files.readAllBytes(file);
        Instant end = Instant.parse("2024-01-01T00:00:00Z");
        for (Instant at = Instant.parse("1990-01-01T00:30:00Z"); at.isBefore(end); at = at.plusSeconds(37 * 3600L)) {
            ZoneFile.Offset offset = ZoneFile.offsetAt(bytes, at.getEpochSecond());
            assertEquals(ZoneId.of(zone).getRules().getOffset(at).getTotalSeconds(), offset.seconds(), zone + " " + at);
            if (offset.until() < end.getEpochSecond()) {
                assertEquals(offset.seconds(), ZoneFile.offsetAt(bytes, offset.until() - 1).seconds(), zone + " before " + offset.until());
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {
        "CET-1CEST,M3.5.0,M10.5.0/3; Europe/Berlin",
        "EST5EDT,M3.2.0,M11.1.0; America/New_York",
        "<+0530>-5:30; Asia/Kolkata",
        "AEST-10AEDT,M10.1.0,M4.1.0/3; Australia/Sydney"
    })
    void a_rule_has_javas_offsets(String rule, String zone) {
        PosixZone parsed = PosixZone.parse(rule).orElseThrow();
        for (Instant at = Instant.parse("2012-01-01T00:30:00Z"); at.isBefore(Instant.parse("2030-01-01T00:00:00Z")); at = at.plusSeconds(3600)) {
            assertEquals(ZoneId.of(zone).getRules().getOffset(at).getTotalSeconds(), parsed.offsetAt(at.getEpochSecond()).seconds(), zone + " " + at);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "CET", "CET-", "CET-1CEST,", "CET-1CEST,M3.5", "CET-1CEST,M13.5.0,M10.5.0", "1", "<", "TZif", "EST5EDT,J0,J400", "EST5EDT,M3.2.0,M11.6.0"})
    void nonsense_is_utc(String text) {
        assertEquals(Optional.empty(), PosixZone.parse(text));
        assertEquals(0, ZoneFile.offsetAt(text.getBytes(StandardCharsets.US_ASCII), 0).seconds());
    }

    @Test
    void a_time_has_nine_digits_and_an_offset() {
        Instant at = Instant.parse("2026-11-29T10:00:00.000000120Z");
        String expected = ZonedDateTime.ofInstant(at, ZoneId.systemDefault()).format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSSSSxxx"));
        assertEquals(expected, LocalClock.of(Linux.over(Door.open())).text(at));
        assertEquals(LocalDateTime.parse(expected.substring(0, 29)).getNano(), 120);
    }

    /** A value with an end of line has its length before it. */
    @Test
    void an_entry_of_the_journal_is_in_its_native_form() {
        JournalPlan plan = new JournalPlan(List.of("CONTAINER_ID=x"), true);
        assertEquals("MESSAGE\n\3\0\0\0\0\0\0\0ab\n\nPRIORITY=6\nCONTAINER_ID=x\n", entry(plan, Origin.STDOUT, "ab\n", false));
        assertEquals("MESSAGE=ab\nPRIORITY=3\nCONTAINER_ID=x\nCONTAINER_PARTIAL_MESSAGE=true\n", entry(plan, Origin.STDERR, "ab", true));
        assertEquals("MESSAGE=ab\nPRIORITY=4\nCONTAINER_ID=x\n", entry(new JournalPlan(List.of("CONTAINER_ID=x"), false), Origin.STDERR, "<4>ab", true));
    }

    private static String entry(JournalPlan plan, Origin origin, String content, boolean partial) {
        return new String(JournalLog.entry(plan, origin, content.getBytes(StandardCharsets.US_ASCII), partial), StandardCharsets.ISO_8859_1);
    }
}
