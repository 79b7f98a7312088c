package io.carafe.spec.table;

import io.carafe.spec.json.JsonReader;
import io.carafe.spec.json.JsonWriter;
import java.util.List;

/** A JSON array. */
final class ListType<V> implements ValueType<List<V>> {

    private final ValueType<V> element;
    private final boolean mayBeEmpty;

    ListType(ValueType<V> element, boolean mayBeEmpty) {
        this.element = element;
        this.mayBeEmpty = mayBeEmpty;
    }

    @Override
    public List<V> read(JsonReader in) {
        in.beginArray();
        int mark = in.mark();
        while (in.nextElement()) {
            in.keep(element.read(in));
        }
        List<V> list = in.since(mark);
        if (list.isEmpty() && !mayBeEmpty) {
            throw in.wrong("expected at least one entry, found none");
        }
        return list;
    }

    @Override
    public String form() {
        return "an array, of which each entry is " + element.form();
    }

    @Override
    public List<Outline> inside(String path) {
        return element.inside(path + "[]");
    }

    @Override
    public void write(JsonWriter out, List<V> list) {
        out.beginArray();
        for (int i = 0; i < list.size(); i++) {
            element.write(out, list.get(i));
        }
        out.endArray();
    }
}
