package io.carafe.conmon.log;

import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/**
 * A rule for all years: {@code CET-1CEST,M3.5.0,M10.5.0/3}.
 *
 * @param standard seconds east of UTC. @param summer the same; as standard where there is none
 * @see "POSIX.1, Base Definitions, 8.3 Other Environment Variables, TZ"
 */
record PosixZone(int standard, int summer, Day begin, Day end) {

    private static final int HOUR = 3600;
    private static final int MINUTE = 60;
    private static final long DAY = 86_400;
    private static final int DAYS_OF_A_WEEK = 7;
    private static final int LAST_WEEK = 5;

    /** A day of each year and a second of it. @param kind M, J, or 0 for a number that counts 29 February */
    record Day(char kind, int month, int week, int day, int second) {

        /** The first second of it, as its clock says, counted as if that were UTC. */
        long in(int year) {
            LocalDate date = switch (kind) {
                case 'M' -> {
                    LocalDate first = LocalDate.of(year, month, 1);
                    int weekday = first.getDayOfWeek().getValue() % DAYS_OF_A_WEEK;
                    LocalDate found = first.plusDays((day - weekday + DAYS_OF_A_WEEK) % DAYS_OF_A_WEEK + (week - 1L) * DAYS_OF_A_WEEK);
                    yield week == LAST_WEEK && found.getMonthValue() != month ? found.minusDays(DAYS_OF_A_WEEK) : found;
                }
                case 'J' -> LocalDate.of(year, 1, 1).plusDays(day - 1L + (isLeap(year) && day >= 60 ? 1 : 0));
                default -> LocalDate.of(year, 1, 1).plusDays(day);
            };
            return date.toEpochDay() * DAY + second;
        }

        private static boolean isLeap(int year) {
            return LocalDate.of(year, 1, 1).isLeapYear();
        }
    }

    private static final Day FROM = new Day('M', 3, 2, 0, 2 * HOUR);
    private static final Day TO = new Day('M', 11, 1, 0, 2 * HOUR);

    /** @return empty where it is none */
    static Optional<PosixZone> parse(String text) {
        try {
            return Optional.of(new Parser(text).zone());
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    ZoneFile.Offset offsetAt(long second) {
        if (standard == summer) {
            return new ZoneFile.Offset(standard, Long.MAX_VALUE);
        }
        int year = LocalDateTime.ofEpochSecond(second + standard, 0, ZoneOffset.UTC).getYear();
        // From the last change that is not after the second to the first that is.
        long until = Long.MAX_VALUE;
        long last = Long.MIN_VALUE;
        int offset = standard;
        for (int each = year - 1; each <= year + 1; each++) {
            long toSummer = begin.in(each) - standard;
            long toStandard = end.in(each) - summer;
            if (toSummer <= second && toSummer > last) {
                last = toSummer;
                offset = summer;
            }
            if (toStandard <= second && toStandard > last) {
                last = toStandard;
                offset = standard;
            }
            until = Math.min(until, Math.min(toSummer > second ? toSummer : Long.MAX_VALUE, toStandard > second ? toStandard : Long.MAX_VALUE));
        }
        return new ZoneFile.Offset(offset, until);
    }

    private static final class Parser {

        private final String text;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        PosixZone zone() {
            name();
            int standard = -seconds();
            if (at == text.length()) {
                return new PosixZone(standard, standard, FROM, TO);
            }
            name();
            int summer = at == text.length() || text.charAt(at) == ',' ? standard + HOUR : -seconds();
            if (at == text.length()) {
                return new PosixZone(standard, summer, FROM, TO);
            }
            return new PosixZone(standard, summer, day(), day());
        }

        private void name() {
            int start = at;
            if (text.charAt(at) == '<') {
                at = text.indexOf('>', at) + 1;
            } else {
                while (at < text.length() && Character.isLetter(text.charAt(at))) {
                    at++;
                }
            }
            if (at <= start) {
                throw new IllegalArgumentException(text);
            }
        }

        /** {@code [+-]h[h][:mm[:ss]]}. */
        private int seconds() {
            int sign = text.charAt(at) == '-' ? -1 : 1;
            at += text.charAt(at) == '-' || text.charAt(at) == '+' ? 1 : 0;
            int seconds = number() * HOUR;
            for (int unit = MINUTE; unit > 0 && at < text.length() && text.charAt(at) == ':'; unit /= MINUTE) {
                at++;
                seconds += number() * unit;
            }
            return sign * seconds;
        }

        private int number() {
            int start = at;
            while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
                at++;
            }
            return Integer.parseInt(text.substring(start, at));
        }

        private int within(int least, int most) {
            int number = number();
            if (number < least || number > most) {
                throw new IllegalArgumentException(text);
            }
            return number;
        }

        private Day day() {
            expect(',');
            char kind = text.charAt(at);
            int month = 0;
            int week = 0;
            int day;
            if (kind == 'M') {
                at++;
                month = within(1, 12);
                expect('.');
                week = within(1, LAST_WEEK);
                expect('.');
                day = within(0, DAYS_OF_A_WEEK - 1);
            } else {
                at += kind == 'J' ? 1 : 0;
                day = within(kind == 'J' ? 1 : 0, 365);
            }
            int second = 2 * HOUR;
            if (at < text.length() && text.charAt(at) == '/') {
                at++;
                second = seconds();
            }
            return new Day(kind == 'M' || kind == 'J' ? kind : '0', month, week, day, second);
        }

        private void expect(char c) {
            if (text.charAt(at) != c) {
                throw new IllegalArgumentException(text);
            }
            at++;
        }
    }
}
