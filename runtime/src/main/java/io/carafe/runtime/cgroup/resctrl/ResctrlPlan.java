package io.carafe.runtime.cgroup.resctrl;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.IntelRdt;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What has to be done in the resctrl file system, decided before it is.
 *
 * @param group the control group's directory, absolute
 * @param purpose what to do with that directory
 * @param schemata the lines for its file of that name, in the order of writing; empty: that file is left alone
 * @param monitoring the directory of the container's own monitoring group
 */
public record ResctrlPlan(String group, Purpose purpose, List<String> schemata, Optional<String> monitoring) {

    /** config-linux.md, IntelRdt: the rules about closID. */
    public enum Purpose {
        /** No closID: made for the container, and removed with it. */
        OWN,
        /** closID with schemata: made where it is not there, else it must have these; it stays. */
        SHARED,
        /** closID alone: must be there. */
        PRECONFIGURED
    }

    private static final String PROPERTY = "linux.intelRdt";

    /** Directories of the kernel's in each group. */
    private static final List<String> RESERVED = List.of(".", "..", "info", "mon_groups", "mon_data");

    /**
     * Decides.
     *
     * @param id of the container: names of groups
     * @param mountPoint of the resctrl file system
     * @throws SpecException without a resctrl file system, and for what cannot be a closID or a schema
     */
    public static ResctrlPlan of(IntelRdt asked, String id, Optional<String> mountPoint) {
        String root = mountPoint.orElseThrow(() -> new SpecException(PROPERTY,
                "no resctrl file system is mounted: mount -t resctrl resctrl /sys/fs/resctrl, where the processor and the kernel have it"));
        asked.closID().ifPresent(clos -> {
            if (RESERVED.contains(clos) || clos.indexOf('/') >= 0 && !clos.equals("/") || clos.indexOf('\n') >= 0) {
                throw new SpecException(PROPERTY + ".closID", "expected a name of a directory, or \"/\", found \"" + clos + '"');
            }
        });
        List<String> schemata = schemata(asked);
        String group = asked.closID().isEmpty() ? root + "/" + id : asked.closID().get().equals("/") ? root : root + "/" + asked.closID().get();
        Purpose purpose = asked.closID().isEmpty() ? Purpose.OWN : schemata.isEmpty() ? Purpose.PRECONFIGURED : Purpose.SHARED;
        return new ResctrlPlan(group, purpose, schemata, asked.enableMonitoring() ? Optional.of(group + "/mon_groups/" + id) : Optional.empty());
    }

    private static List<String> schemata(IntelRdt asked) {
        List<String> lines = new ArrayList<>();
        asked.l3CacheSchema().ifPresent(schema -> lines.add(line(schema, "L3:", ".l3CacheSchema")));
        asked.memBwSchema().ifPresent(schema -> lines.add(line(schema, "MB:", ".memBwSchema")));
        for (int i = 0; i < asked.schemata().size(); i++) {
            lines.add(line(asked.schemata().get(i), "", ".schemata[" + i + "]"));
        }
        return lines;
    }

    private static String line(String schema, String prefix, String property) {
        if (!schema.startsWith(prefix) || schema.indexOf(':') < 1 || schema.indexOf('\n') >= 0) {
            throw new SpecException(PROPERTY + property, "expected one line as " + (prefix.isEmpty() ? "L3:" : prefix) + "0=ff;1=f, found \""
                    + schema + '"');
        }
        return schema;
    }

    /** The directories that are to be removed with the container, the deepest first. */
    public List<String> removedWithContainer() {
        List<String> removed = new ArrayList<>(2);
        monitoring.ifPresent(removed::add);
        if (purpose == Purpose.OWN) {
            removed.add(group);
        }
        return removed;
    }

    /** The directories whose tasks the container's processes are: of the control group first. */
    public List<String> joined() {
        List<String> joined = new ArrayList<>(2);
        joined.add(group);
        monitoring.ifPresent(joined::add);
        return joined;
    }

    /**
     * Whether a group has what a line asks for: the same values in each domain that the line names.
     *
     * @param line as {@code L3:0=7f0;1=1f}
     * @param current the group's schemata file: the kernel's own spelling, with blanks in front and zeros before numbers
     */
    static boolean has(String line, String current) {
        String resource = line.substring(0, line.indexOf(':')).strip();
        for (String other : current.split("\n")) {
            int colon = other.indexOf(':');
            if (colon > 0 && other.substring(0, colon).strip().equals(resource)) {
                List<String> there = domains(other.substring(colon + 1));
                return there.containsAll(domains(line.substring(line.indexOf(':') + 1)));
            }
        }
        return false;
    }

    /** {@code 0=07F0;1=1f} as 0=7f0 and 1=1f. */
    private static List<String> domains(String text) {
        List<String> domains = new ArrayList<>();
        for (String domain : text.strip().split(";")) {
            int equals = domain.indexOf('=');
            if (equals >= 0) {
                domains.add(plain(domain.substring(0, equals)) + "=" + plain(domain.substring(equals + 1)));
            }
        }
        return domains;
    }

    private static String plain(String number) {
        String text = number.strip().toLowerCase(java.util.Locale.ROOT);
        int start = text.startsWith("0x") ? 2 : 0;
        while (start < text.length() - 1 && text.charAt(start) == '0') {
            start++;
        }
        return text.substring(start);
    }
}
