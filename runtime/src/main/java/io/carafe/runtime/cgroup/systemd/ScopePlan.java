package io.carafe.runtime.cgroup.systemd;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The scope unit of a container: its name, its slice, and so the directory of its cgroup; and its properties. Pure data;
 * {@link Systemd} carries it out.
 *
 * @param path of the cgroup, from the root of each hierarchy
 * @param properties but for the process that it begins with
 */
public record ScopePlan(String unit, String slice, String path, List<UnitProperty> properties) {

    /** What the annotations begin with that are properties of the unit. */
    public static final String ANNOTATIONS = AnnotatedProperty.PREFIX;

    private static final String PROPERTY = "linux.cgroupsPath";
    private static final String SCOPE = ".scope";
    private static final String SLICE = ".slice";
    /** Names of units longer than this are refused by systemd. */
    private static final int LONGEST = 255;
    private static final int COLLECT_MODE_SINCE = 236;

    public ScopePlan {
        properties = List.copyOf(properties);
    }

    /**
     * Decides where.
     *
     * @param cgroupsPath {@code slice:prefix:name}; without a slice it is system.slice, or a user's user.slice. Absent: carafe-ID.scope there
     * @throws SpecException for a path of another form, or names that systemd would refuse
     */
    public static ScopePlan of(Optional<String> cgroupsPath, String id, SystemdHost host) {
        String asked = cgroupsPath.filter(path -> !path.isEmpty()).orElse(":carafe:" + id.replace("+", "\\x2b"));
        String[] parts = asked.split(":", -1);
        if (parts.length != 3) {
            throw new SpecException(PROPERTY, "expected slice:prefix:name, as systemd makes the cgroup, found \"" + asked + '"');
        }
        String slice = parts[0].isEmpty() ? host.isUsers() ? "user.slice" : "system.slice" : parts[0];
        String unit = (parts[1].isEmpty() ? "" : parts[1] + "-") + parts[2] + (parts[2].endsWith(SCOPE) ? "" : SCOPE);
        if (parts[2].isEmpty() || parts[2].endsWith(SLICE) || !isName(unit)) {
            throw new SpecException(PROPERTY, "expected slice:prefix:name that make the name of a unit, found \"" + asked + '"');
        }
        return new ScopePlan(unit, slice, host.controlGroup() + expanded(slice) + "/" + unit, List.of());
    }

    /**
     * Decides on the rest.
     *
     * @param controls what is going to be written to the cgroup's files: {@code CgroupPlan.controls}
     * @throws SpecException for an annotation that is no property
     */
    public ScopePlan with(Map<String, List<String>> controls, Map<String, String> annotations, String id, SystemdHost host) {
        List<UnitProperty> all = new ArrayList<>();
        all.add(new UnitProperty("Description", BusValue.text("container " + id + " of carafe")));
        all.add(new UnitProperty("Slice", BusValue.text(slice)));
        // All controllers, and systemd leaves what is below to the container's own.
        all.add(new UnitProperty("Delegate", BusValue.bool(true)));
        all.add(new UnitProperty("DefaultDependencies", BusValue.bool(false)));
        if (host.version() >= COLLECT_MODE_SINCE) {
            // One that the kernel killed for its memory would stay, as failed, and keep its name.
            all.add(new UnitProperty("CollectMode", BusValue.text("inactive-or-failed")));
        }
        all.addAll(LimitProperty.of(controls, host.version()));
        all.addAll(DeviceProperty.of(controls));
        List<UnitProperty> own = AnnotatedProperty.all(annotations);
        Set<String> names = new HashSet<>();
        own.forEach(property -> names.add(property.name()));
        all.removeIf(property -> names.contains(property.name()));
        all.addAll(own);
        return new ScopePlan(unit, slice, path, all);
    }

    /** Whether an annotation is a property by which an image could reach beyond its own container. */
    public static boolean isHarmful(String annotation) {
        return AnnotatedProperty.isHarmful(annotation);
    }

    /** For new limits of a unit that there is. */
    public static List<UnitProperty> update(Map<String, List<String>> controls, SystemdHost host) {
        return LimitProperty.of(controls, host.version());
    }

    /** A line for who prints the plan. */
    public String text() {
        StringBuilder names = new StringBuilder();
        for (UnitProperty property : properties) {
            names.append(names.length() == 0 ? "" : ", ").append(property.name());
        }
        return "have systemd start " + unit + " in " + slice + " with " + names;
    }

    /** systemd.slice(5): {@code a-b.slice} lies in {@code a.slice}; {@code -.slice} is the root. @return a path, empty for the root */
    public static String expanded(String slice) {
        if (slice.equals("-" + SLICE)) {
            return "";
        }
        String name = slice.endsWith(SLICE) ? slice.substring(0, slice.length() - SLICE.length()) : "";
        if (name.isEmpty() || !isName(slice) || name.startsWith("-") || name.endsWith("-") || name.contains("--")) {
            throw new SpecException(PROPERTY, "expected the name of a slice such as machine-web.slice, found \"" + slice + '"');
        }
        StringBuilder path = new StringBuilder();
        for (int dash = name.indexOf('-'); dash >= 0; dash = name.indexOf('-', dash + 1)) {
            path.append('/').append(name, 0, dash).append(SLICE);
        }
        return path.append('/').append(slice).toString();
    }

    /** systemd.unit(5): letters, digits and a few signs. */
    private static boolean isName(String unit) {
        boolean good = unit.length() <= LONGEST && !unit.startsWith(".");
        for (int i = 0; i < unit.length(); i++) {
            char c = unit.charAt(i);
            good &= c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || ":-_.\\@".indexOf(c) >= 0;
        }
        return good;
    }
}
