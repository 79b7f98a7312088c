package io.carafe.shim.sandbox.message;

import static io.carafe.runtime.protobuf.FieldType.TEXT;
import static io.carafe.runtime.protobuf.MessageTable.field;

import io.carafe.runtime.protobuf.MessageTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An entry of a {@code map<string, string>}, which is a message of its own. */
public record Pair(String key, String value) {

    static final MessageTable<Pair> TABLE = MessageTable.of(row -> new Pair(row.next(), row.next()),
            field(1, TEXT, Pair::key),
            field(2, TEXT, Pair::value));

    /** In their order; of two with the same key the last one. */
    public static Map<String, String> map(List<Pair> pairs) {
        Map<String, String> map = new LinkedHashMap<>();
        pairs.forEach(pair -> map.put(pair.key, pair.value));
        return map;
    }
}
