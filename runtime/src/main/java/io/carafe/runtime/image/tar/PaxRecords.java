package io.carafe.runtime.image.tar;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarEntry.Region;
import io.carafe.runtime.image.tar.TarEntry.Time;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The records of PAX headers, {@code LENGTH KEY=VALUE\n}: a later one overrides an earlier, an empty value takes it back. */
final class PaxRecords {

    private static final String XATTR = "SCHILY.xattr.";
    private static final String SPARSE_OFFSET = "GNU.sparse.offset";
    private static final String SPARSE_LENGTH = "GNU.sparse.numbytes";

    private final Map<String, byte[]> values = new LinkedHashMap<>();
    /** Of version 0.0, whose two keys come again and again: offsets and lengths by turns. */
    private final List<Long> sparsePairs = new ArrayList<>();

    PaxRecords copy() {
        PaxRecords copy = new PaxRecords();
        copy.values.putAll(values);
        return copy;
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
        } else if (value.length == 0 && !key.startsWith(XATTR)) {
            values.remove(key);
        } else {
            values.put(key, value);
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
        return value == null ? Optional.empty() : Optional.of(Utf8.text(value, 0, value.length));
    }

    Optional<Long> number(String key) {
        return text(key).map(text -> decimal(text, key));
    }

    private static long decimal(String text, String key) {
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
                throw new ImageException("expected an integer for " + key + ", found \"" + text + "\"");
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

    Map<String, byte[]> xattrs() {
        Map<String, byte[]> xattrs = new LinkedHashMap<>();
        for (Map.Entry<String, byte[]> value : values.entrySet()) {
            if (value.getKey().startsWith(XATTR)) {
                xattrs.put(value.getKey().substring(XATTR.length()), value.getValue());
            }
        }
        return xattrs;
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
            regions.add(new Region(numbers.get(i), numbers.get(i + 1)));
        }
        return Optional.of(regions);
    }
}
