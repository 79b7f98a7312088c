package io.carafe.runtime.cgroup.device;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One write that turns the device rules of a v1 cgroup that is in use into others.
 *
 * @param file devices.allow or devices.deny
 */
public record DeviceChange(String file, String text) {

    private static final String ALLOW = "devices.allow";
    private static final String DENY = "devices.deny";
    private static final String ALL = "a";
    /** How devices.list tells that all is allowed; it does not tell the exceptions from that. */
    private static final String ALLOWED_BY_DEFAULT = "a *:* rwm";

    /**
     * The writes in order. Where both refuse by default, what is new is allowed before what is gone is denied, so that nothing that stays
     * is refused meanwhile.
     *
     * @param devicesList the file of that name
     */
    public static List<DeviceChange> between(String devicesList, DeviceRules wanted) {
        List<DeviceChange> changes = new ArrayList<>();
        if (wanted.allowByDefault() || devicesList.strip().equals(ALLOWED_BY_DEFAULT)) {
            changes.add(new DeviceChange(wanted.allowByDefault() ? ALLOW : DENY, ALL));
            for (DeviceRules.Rule exception : wanted.exceptions()) {
                changes.add(new DeviceChange(wanted.allowByDefault() ? DENY : ALLOW, exception.text()));
            }
            return changes;
        }
        Map<DeviceRules.Rule, Integer> current = accesses(DeviceRules.parse(devicesList));
        Map<DeviceRules.Rule, Integer> next = accesses(wanted.exceptions());
        addMissing(changes, ALLOW, next, current);
        addMissing(changes, DENY, current, next);
        return changes;
    }

    private static Map<DeviceRules.Rule, Integer> accesses(List<DeviceRules.Rule> rules) {
        Map<DeviceRules.Rule, Integer> accesses = new LinkedHashMap<>();
        for (DeviceRules.Rule rule : rules) {
            accesses.merge(rule.with(0), rule.access(), (one, other) -> one | other);
        }
        return accesses;
    }

    private static void addMissing(List<DeviceChange> changes, String file, Map<DeviceRules.Rule, Integer> of, Map<DeviceRules.Rule, Integer> in) {
        of.forEach((rule, access) -> {
            int missing = access & ~in.getOrDefault(rule, 0);
            if (missing != 0) {
                changes.add(new DeviceChange(file, rule.with(missing).text()));
            }
        });
    }
}
