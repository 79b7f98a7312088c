package io.carafe.runtime.cgroup.limit;

import io.carafe.spec.json.SpecException;
import java.util.List;

/**
 * Which controllers a host has, and where.
 *
 * @param v1 in hierarchies of v1
 * @param unified in the cgroup2 tree
 * @param isV2 whether that tree is all there is
 * @param hugePages the sizes of the kernel's huge pages, as its files are named: 2MB; known where a limit is about them
 */
public record Controllers(List<String> v1, List<String> unified, boolean isV2, List<String> hugePages) {

    public Controllers {
        v1 = List.copyOf(v1);
        unified = List.copyOf(unified);
        hugePages = List.copyOf(hugePages);
    }

    /** @return the complaint about a property that needs one that is not there */
    public SpecException missing(String property, String controller) {
        return new SpecException(property, v1.isEmpty() && !isV2
                ? "no cgroup file system is mounted on /sys/fs/cgroup: mount one, or go without limits by --cgroup-manager disabled"
                : "this host has no " + controller + " controller");
    }

    boolean has(String controller) {
        return v1.contains(controller) || unified.contains(controller);
    }
}
