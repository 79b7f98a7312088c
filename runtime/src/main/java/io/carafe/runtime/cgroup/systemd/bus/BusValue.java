package io.carafe.runtime.cgroup.systemd.bus;

import java.util.ArrayList;
import java.util.List;

/**
 * A value with its type.
 *
 * @param signature one complete type (D-Bus Specification, Type System)
 * @param value of {@code b} a Boolean, of the integers a Long, of {@code d} a Double, of {@code s}, {@code o} and {@code g} a String;
 *     of arrays, structs and variants a List of BusValue
 */
public record BusValue(String signature, Object value) {

    public static BusValue text(String text) {
        return new BusValue("s", text);
    }

    public static BusValue bool(boolean value) {
        return new BusValue("b", value);
    }

    public static BusValue uint32(long value) {
        return new BusValue("u", value);
    }

    /** @param value unsigned */
    public static BusValue uint64(long value) {
        return new BusValue("t", value);
    }

    public static BusValue bytes(byte[] bytes) {
        List<BusValue> elements = new ArrayList<>(bytes.length);
        for (byte each : bytes) {
            elements.add(new BusValue("y", (long) (each & 0xff)));
        }
        return array("y", elements);
    }

    /** @param element the type of each, also of those that are not there */
    public static BusValue array(String element, List<BusValue> elements) {
        return new BusValue("a" + element, List.copyOf(elements));
    }

    public static BusValue struct(BusValue... fields) {
        return struct(List.of(fields));
    }

    public static BusValue struct(List<BusValue> fields) {
        StringBuilder signature = new StringBuilder("(");
        fields.forEach(field -> signature.append(field.signature));
        return new BusValue(signature.append(')').toString(), List.copyOf(fields));
    }

    public static BusValue variant(BusValue content) {
        return new BusValue("v", List.of(content));
    }

    /** The fields of a struct, the elements of an array. */
    @SuppressWarnings("unchecked")
    public List<BusValue> parts() {
        return (List<BusValue>) value;
    }
}
