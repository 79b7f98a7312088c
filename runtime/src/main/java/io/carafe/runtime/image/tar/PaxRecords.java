package io.carafe.runtime.image.tar;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarEntry.Region;
import io.carafe.runtime.image.tar.TarEntry.Time;
import io.carafe.spec.json.Excerpt;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of PAX headers, {@code LENGTH KEY=VALUE\n}: a later one overrides an earlier, an empty value takes it back; those
 * before one entry override the global ones, which hold for all that follow.
 */
final class PaxRecords {

    /** Of the global ones, keys and values together, in bytes: they are kept from the first to the last entry. */
    private static final int MOST_GLOBAL = 1 << 20;
    /** XATTR_LIST_MAX of limits.h: the names of all attributes that a file can have, each with its NUL. */
    private static final int MOST_XATTR_NAMES = 64 * 1024;
    /** XATTR_SIZE_MAX. */
    private static final int LONGEST_XATTR = 64 * 1024;
    private static final byte[] TAKEN_BACK = new byte[0];

    private static final String XATTR = "SCHILY.xattr.";
    private static final String SPARSE_OFFSET = "GNU.sparse.offset";
    private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";

    private final Optional<PaxRecords> global;
    private final Map<String, byte[]> values = new LinkedHashMap<>();
    /** Of those in {@link #values}, by their own names. */
    private final Map<String, byte[]> xattrs = new LinkedHashMap<>();
    private int kept;
    /** Of version 0.0, whose two keys come again and again: offsets and lengths by turns. */
    private final List<Long> sparsePairs = new ArrayList<>();

    private PaxRecords(Optional<PaxRecords> global) {
        this.global = global;
    }

    static PaxRecords global() {
        return new PaxRecords(Optional.empty());
    }

    /** Those before one entry: none yet. */
    static PaxRecords over(PaxRecords global) {
        return new PaxRecords(Optional.of(global));
    }

    void add(byte[] records) {
        int at = 0;
        while (at < records.length) {
            int blank = indexOf(records, ' ', at, records.length);
            long length = blank < 0 ? -1 : decimal(new String(records, at, blank - at, StandardCharsets.ISO_8859_1), "length");
            if (length <= blank - at || length > records.length - at || records[at + (int) length - 1] != '\n') {
                throw new ImageException("expected PAX records as \"LENGTH KEY=VALUE\", found something else at byte " + at);
            }
            int end = at + (int) length - 1;
            int equals = indexOf(records, '=', blank + 1, end);
            if (equals < 0) {
                throw new ImageException("expected PAX records as \"LENGTH KEY=VALUE\", found one without = at byte " + at);
            }
            put(Utf8.text(records, blank + 1, equals - blank - 1), Arrays.copyOfRange(records, equals + 1, end));
            at = end + 1;
        }
    }

    private void put(String key, byte[] value) {
        if (key.equals(SPARSE_OFFSET) || key.equals(SPARSE_LENGTH)) {
            if (key.equals(SPARSE_OFFSET) != (sparsePairs.size() % 2 == 0)) {
                throw new ImageException("expected " + SPARSE_OFFSET + " and " + SPARSE_LENGTH + " by turns");
            }
            sparsePairs.add(decimal(new String(value, StandardCharsets.ISO_8859_1), key));
        } else if (key.startsWith(XATTR)) {
            keep(xattrs, key.substring(XATTR.length()), value);
        } else {
            keep(values, key, value.length == 0 ? TAKEN_BACK : value);
        }
    }

    private void keep(Map<String, byte[]> where, String key, byte[] value) {
        byte[] before = where.put(key, value);
        kept += value.length + (before == null ? key.length() : -before.length);
        if (global.isEmpty() && kept > MOST_GLOBAL) {
            throw new ImageException("expected global extended headers with at most " + MOST_GLOBAL + " bytes to keep, found more");
        }
    }

    private static int indexOf(byte[] bytes, char wanted, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] == wanted) {
                return i;
            }
        }
        return -1;
    }

    Optional<String> text(String key) {
        byte[] value = values.get(key);
        if (value == null) {
            return global.flatMap(records -> records.text(key));
        }
        return value == TAKEN_BACK ? Optional.empty() : Optional.of(Utf8.text(value, 0, value.length));
    }

    Optional<Long> number(String key) {
        return text(key).map(text -> decimal(text, key));
    }

    private static long decimal(String text, String key) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                throw new ImageException("expected an integer for " + key + ", found " + Excerpt.quoted(text));
            }
            value = value * 10 + digit;
        }
        if (text.isEmpty()) {
            throw new ImageException("expected an integer for " + key + ", found nothing");
        }
        return value;
    }

    /** Seconds with a fraction, perhaps negative; digits beyond nanoseconds are cut off. */
    Optional<Time> time(String key) {
        return text(key).map(text -> {
            boolean negative = text.startsWith("-");
            int point = text.indexOf('.');
            long seconds = decimal(text.substring(negative ? 1 : 0, point < 0 ? text.length() : point), key);
            String fraction = point < 0 ? "" : text.substring(point + 1);
            int nanos = fraction.isEmpty() ? 0 : (int) decimal((fraction + "000000000").substring(0, 9), key);
            if (!negative) {
                return new Time(seconds, nanos);
            }
            return nanos == 0 ? new Time(-seconds, 0) : new Time(-seconds - 1, 1_000_000_000 - nanos);
        });
    }

    /** @throws ImageException when no file can have them all (xattr(7)) */
    Map<String, byte[]> xattrs() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        global.ifPresent(records -> all.putAll(records.xattrs));
        all.putAll(xattrs);
        int names = 0;
        for (Map.Entry<String, byte[]> xattr : all.entrySet()) {
            names += xattr.getKey().length() + 1;
            if (xattr.getValue().length > LONGEST_XATTR || names > MOST_XATTR_NAMES) {
                throw new ImageException("expected attributes with names of " + MOST_XATTR_NAMES + " bytes together and values of "
                        + LONGEST_XATTR + " each at most, found more with " + Excerpt.quoted(xattr.getKey()));
            }
        }
        return all;
    }

    /** The map of a sparse file of version 0.0 or 0.1. */
    Optional<List<Region>> sparseMap() {
        List<Long> numbers = sparsePairs;
        Optional<String> map = text("GNU.sparse.map");
        if (map.isPresent()) {
            numbers = new ArrayList<>();
            for (String number : map.get().split(",")) {
                numbers.add(decimal(number, "GNU.sparse.map"));
            }
        } else if (sparsePairs.isEmpty()) {
            return Optional.empty();
        }
        if (numbers.size() % 2 != 0) {
            throw new ImageException("expected offsets and lengths in pairs in GNU.sparse.map");
        }
        List<Region> regions = new ArrayList<>();
        for (int i = 0; i < numbers.size(); i += 2) {
            TarReader.add(regions, new Region(numbers.get(i), numbers.get(i + 1)));
        }
        return Optional.of(regions);
    }
}
