package io.carafe.runtime.cgroup.systemd;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Annotations {@code org.systemd.property.NAME}: a property of the unit, with its value as GVariant text. */
final class AnnotatedProperty {

    static final String PREFIX = "org.systemd.property.";
    private static final int SHORTEST = 3;
    private static final long SECOND_MICROS = 1_000_000;

    /**
     * What an image may say of its own end. All others could stop units of the host (Conflicts), power it off (SuccessAction), leave its slice
     * or take more than the configuration gives (MemoryMax, DevicePolicy): systemd.unit(5), systemd.resource-control(5).
     */
    private static final Set<String> HARMLESS = Set.of("Description", "CollectMode", "TimeoutStopUSec", "TimeoutStopSec", "RuntimeMaxUSec",
            "RuntimeMaxSec");

    private AnnotatedProperty() {
    }

    static boolean isHarmful(String key) {
        return key.startsWith(PREFIX) && !HARMLESS.contains(key.substring(PREFIX.length()));
    }

    static List<UnitProperty> all(Map<String, String> annotations) {
        List<UnitProperty> properties = new ArrayList<>(0);
        annotations.forEach((key, text) -> {
            if (key.startsWith(PREFIX)) {
                properties.add(of(key, text));
            }
        });
        return properties;
    }

    private static UnitProperty of(String key, String text) {
        String name = key.substring(PREFIX.length());
        boolean isName = name.length() >= SHORTEST;
        for (int i = 0; i < name.length(); i++) {
            isName &= name.charAt(i) >= 'a' && name.charAt(i) <= 'z' || name.charAt(i) >= 'A' && name.charAt(i) <= 'Z';
        }
        if (!isName) {
            throw wrong(key, "expected the name of a property in letters, found \"" + name + '"');
        }
        BusValue value;
        try {
            value = VariantText.parse(text);
        } catch (IllegalArgumentException e) {
            throw wrong(key, e.getMessage());
        }
        // Unit files count in seconds, D-Bus in microseconds, by a name of its own.
        return name.endsWith("Sec") && !name.endsWith("USec")
                ? new UnitProperty(name.substring(0, name.length() - "Sec".length()) + "USec", BusValue.uint64(micros(key, value)))
                : new UnitProperty(name, value);
    }

    private static long micros(String key, BusValue seconds) {
        if (seconds.value() instanceof Double number && number >= 0) {
            return (long) (number * SECOND_MICROS);
        }
        if (seconds.value() instanceof Long number && number >= 0) {
            return number * SECOND_MICROS;
        }
        throw wrong(key, "expected a number of seconds");
    }

    private static SpecException wrong(String key, String complaint) {
        return new SpecException("annotations." + key, complaint);
    }
}
