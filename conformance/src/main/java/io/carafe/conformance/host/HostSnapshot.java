package io.carafe.conformance.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of a run is on the host outside of its sandboxes: mounts that name it, and its host name. Others may mount and make what they like
 * meanwhile: it is not looked at. Cgroups and processes are counted by their sandbox ({@link Sandbox#destroy}).
 */
public final class HostSnapshot {

    private final Set<String> things = new TreeSet<>();

    private HostSnapshot() {
    }

    /** @param run the name that is in all paths of the run */
    static HostSnapshot take(String run) {
        return of(run, Host.text("/proc/self/mountinfo"), Host.text("/proc/sys/kernel/hostname"));
    }

    static HostSnapshot of(String run, String mounts, String hostname) {
        HostSnapshot snapshot = new HostSnapshot();
        mounts.lines().filter(line -> line.contains(run + "-") || line.contains(run + "/")).forEach(line -> snapshot.things.add("mount " + line));
        if (hostname.startsWith("conformance")) {
            snapshot.things.add("host name " + hostname.strip());
        }
        return snapshot;
    }

    /** What is there later and not here, one line each. */
    public List<String> changesTo(HostSnapshot later) {
        List<String> changes = new ArrayList<>();
        for (String thing : later.things) {
            if (!things.contains(thing)) {
                changes.add("new: " + thing);
            }
        }
        return changes;
    }
}
