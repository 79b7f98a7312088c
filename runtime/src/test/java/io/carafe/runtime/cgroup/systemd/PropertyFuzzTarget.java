package io.carafe.runtime.cgroup.systemd;

import io.carafe.linux.fuzz.Told;
import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import io.carafe.spec.json.SpecException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What becomes a unit: a cgroups path in the first line, then lines KEY=VALUE, control files where the key has a point, else annotations. */
public final class PropertyFuzzTarget {

    private static final SystemdHost HOST = new SystemdHost(false, "", 252);

    private PropertyFuzzTarget() {
    }

    public static void fuzzerTestOneInput(byte[] input) {
        String[] lines = new String(input, StandardCharsets.UTF_8).split("\n");
        Map<String, List<String>> controls = new LinkedHashMap<>();
        Map<String, String> annotations = new LinkedHashMap<>();
        for (int i = 1; i < lines.length; i++) {
            int equals = Math.max(0, lines[i].indexOf('='));
            String key = lines[i].substring(0, equals);
            String value = lines[i].substring(Math.min(equals + 1, lines[i].length()));
            if (key.indexOf('.') >= 0) {
                controls.put(key, List.of(value));
            } else {
                annotations.put("org.systemd.property." + key, value);
            }
            Told.orNull(() -> VariantText.parse(value), IllegalArgumentException.class);
        }
        ScopePlan scope = Told.orNull(() -> ScopePlan.of(Optional.of(lines.length == 0 ? "" : lines[0]), "id", HOST), SpecException.class);
        ScopePlan full = scope == null ? null : Told.orNull(() -> scope.with(controls, annotations, "id", HOST), SpecException.class);
        if (full != null) {
            full.text();
            full.properties().forEach(property -> written(property.value()));
        }
        ScopePlan.update(controls, HOST);
    }

    private static void written(BusValue value) {
        new io.carafe.runtime.cgroup.systemd.bus.WrittenValue(value);
    }
}
