package io.carafe.runtime.criu;

import io.carafe.runtime.protobuf.ProtoWriter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a request asks for: values by their rows, in the order in which they came. Immutable. */
public record CriuOptions(Map<CriuOption<?>, Object> values) {

    public static final CriuOptions NONE = new CriuOptions(Map.of());

    public CriuOptions {
        values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    }

    /** The same with one more, which takes the place of an earlier one. */
    public <V> CriuOptions with(CriuOption<V> option, V value) {
        Map<CriuOption<?>, Object> more = new LinkedHashMap<>(values);
        more.put(option, value);
        return new CriuOptions(more);
    }

    public <V> CriuOptions withIfPresent(CriuOption<V> option, Optional<V> value) {
        return value.isPresent() ? with(option, value.get()) : this;
    }

    /** Those of both; where both have one, the other's. */
    public CriuOptions with(CriuOptions other) {
        Map<CriuOption<?>, Object> more = new LinkedHashMap<>(values);
        more.putAll(other.values);
        return new CriuOptions(more);
    }

    @SuppressWarnings("unchecked")
    public <V> Optional<V> value(CriuOption<V> option) {
        return Optional.ofNullable((V) values.get(option));
    }

    public boolean has(CriuOption<Boolean> option) {
        return value(option).orElse(false);
    }

    void write(ProtoWriter out) {
        values.keySet().forEach(option -> write(out, option));
    }

    private <V> void write(ProtoWriter out, CriuOption<V> option) {
        out.field(option.number(), option.type(), value(option).orElseThrow());
    }

    /** A line each, {@code name=value}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        values.forEach((option, value) -> text.append(option.name()).append('=').append(value).append('\n'));
        return text.toString();
    }
}
