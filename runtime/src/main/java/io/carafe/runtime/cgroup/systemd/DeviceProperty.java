package io.carafe.runtime.cgroup.systemd;

import io.carafe.runtime.cgroup.systemd.bus.BusValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * DevicePolicy and DeviceAllow for the device rules of v1, whose files systemd would write anew at its next reload.
 *
 * <p>Of v2 it is told nothing: there a program of ours decides, which systemd leaves alone, and programs only ever forbid more.
 */
final class DeviceProperty {

    private DeviceProperty() {
    }

    /** @param controls as of {@link LimitProperty#of} */
    static List<UnitProperty> of(Map<String, List<String>> controls) {
        if (!controls.getOrDefault("devices.deny", List.of()).equals(List.of("a"))) {
            return List.of(); // all may be used, or all but some, which systemd cannot say
        }
        List<BusValue> allowed = new ArrayList<>();
        for (String rule : controls.getOrDefault("devices.allow", List.of())) {
            String[] words = rule.split("[ :]");
            allowed.add(BusValue.struct(BusValue.text(device(words[0].equals("b") ? "block" : "char", words[1], words[2])), BusValue.text(words[3])));
        }
        return List.of(new UnitProperty("DevicePolicy", BusValue.text("strict")), new UnitProperty("DeviceAllow", BusValue.array("(ss)", allowed)));
    }

    /** A node by its numbers, or all of a major number (systemd.resource-control(5), DeviceAllow). */
    private static String device(String kind, String major, String minor) {
        return minor.equals("*") ? kind + "-" + major : "/dev/" + kind + "/" + major + ":" + minor;
    }
}
