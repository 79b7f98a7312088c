package io.carafe.conmon.log;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** The time of day as people of the machine have it: {@code 2026-11-29T10:00:00.123456789+01:00}. */
final class LocalClock {

    private static final String LOCAL = "/etc/localtime";
    private static final String ZONES = "/usr/share/zoneinfo/";
    private static final int MINUTE = 60;
    private static final int HOUR = 3600;

    private final Linux linux;
    private final String zone;
    /** Good until its end, and then looked up again. */
    private ZoneFile.Offset offset = new ZoneFile.Offset(0, Long.MIN_VALUE);

    private LocalClock(Linux linux, String zone) {
        this.linux = linux;
        this.zone = zone;
    }

    /** By TZ, tzset(3), and else by /etc/localtime. */
    static LocalClock of(Linux linux) {
        String zone = System.getenv("TZ");
        return new LocalClock(linux, zone == null ? ":" + LOCAL : zone);
    }

    String text() {
        return text(Instant.now());
    }

    String text(Instant at) {
        if (at.getEpochSecond() >= offset.until()) {
            offset = offsetAt(at.getEpochSecond());
        }
        LocalDateTime local = LocalDateTime.ofEpochSecond(at.getEpochSecond() + offset.seconds(), 0, ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(35);
        digits(text, local.getYear(), 4);
        digits(text.append('-'), local.getMonthValue(), 2);
        digits(text.append('-'), local.getDayOfMonth(), 2);
        digits(text.append('T'), local.getHour(), 2);
        digits(text.append(':'), local.getMinute(), 2);
        digits(text.append(':'), local.getSecond(), 2);
        digits(text.append('.'), at.getNano(), 9);
        int distance = Math.abs(offset.seconds());
        digits(text.append(offset.seconds() < 0 ? '-' : '+'), distance / HOUR, 2);
        digits(text.append(':'), distance % HOUR / MINUTE, 2);
        return text.toString();
    }

    private static void digits(StringBuilder text, int number, int count) {
        for (int power = (int) Math.pow(10, count - 1.0); power > 0; power /= 10) {
            text.append((char) ('0' + number / power % 10));
        }
    }

    private ZoneFile.Offset offsetAt(long second) {
        String name = zone.startsWith(":") ? zone.substring(1) : zone;
        Optional<Fd> file = name.isEmpty() ? Optional.empty() : linux.files.openIfPresent(Fd.CWD, name.startsWith("/") ? name : ZONES + name, 0);
        if (file.isPresent()) {
            try (Fd opened = file.get()) {
                return ZoneFile.offsetAt(linux.files.readAll(opened, ZoneFile.MOST), second);
            }
        }
        return PosixZone.parse(name).map(rules -> rules.offsetAt(second)).orElse(new ZoneFile.Offset(0, Long.MAX_VALUE));
    }
}
