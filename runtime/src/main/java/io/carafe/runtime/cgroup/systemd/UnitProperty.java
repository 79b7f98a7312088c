package io.carafe.runtime.cgroup.systemd;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import java.util.ArrayList;
import java.util.List;

/** A property of a unit, as StartTransientUnit and SetUnitProperties take it. */
public record UnitProperty(String name, BusValue value) {

    private static final String TYPE = "(sv)";

    /** For the call: an array of name and variant. */
    static BusValue array(List<UnitProperty> properties) {
        List<BusValue> pairs = new ArrayList<>(properties.size());
        for (UnitProperty property : properties) {
            pairs.add(BusValue.struct(BusValue.text(property.name), BusValue.variant(property.value)));
        }
        return BusValue.array(TYPE, pairs);
    }
}
