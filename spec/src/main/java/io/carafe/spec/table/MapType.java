package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A JSON object whose names are data. An entry with the value null is ignored. */
final class MapType<V> implements ValueType<Map<String, V>> {

    private final ValueType<V> value;

    MapType(ValueType<V> value) {
        this.value = value;
    }

    @Override
    public Map<String, V> read(JsonReader in) {
        in.beginObject();
        Map<String, V> map = new LinkedHashMap<>();
        while (in.nextProperty()) {
            String name = in.nameAsText();
            if (map.containsKey(name)) {
                throw in.wrong(JsonReader.GIVEN_TWICE);
            }
            if (!in.atNull()) {
                map.put(name, value.read(in));
            }
        }
        return Collections.unmodifiableMap(map);
    }

    @Override
    public String form() {
        return "an object, of which each value is " + value.form();
    }

    @Override
    public List<Outline> inside(String path) {
        return value.inside(path + ".*");
    }

    @Override
    public void write(JsonWriter out, Map<String, V> map) {
        out.beginObject();
        for (Map.Entry<String, V> entry : map.entrySet()) {
            out.name(entry.getKey());
            value.write(out, entry.getValue());
        }
        out.endObject();
    }
}
