package io.carafe.runtime.cgroup;

import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import io.carafe.runtime.cgroup.device.DeviceProgram;
import io.carafe.runtime.cgroup.device.DeviceRules;
import io.carafe.runtime.cgroup.limit.Limits;
import io.carafe.runtime.cgroup.limit.Write;
import io.carafe.spec.Mount;
import io.carafe.spec.features.CgroupFeatures;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Where a container's cgroups will be and what will be written into them. Pure data; {@link Cgroup} carries it out.
 *
 * @param places one in each hierarchy of the host, less those that an ordinary user's container goes without
 * @param views every hierarchy, with the cgroup in it that the container will be in
 * @param isOptional whether an ordinary user's container may go without: no place and no limit was asked for
 * @param delegation to whom it is to belong
 * @param isJoinedAtOnce whether the mounts are in the memory cgroup, too: {@link Cgroup#joinLast}
 */
public record CgroupPlan(List<Place> places, List<View> views, boolean isOptional, Optional<DelegationPlan> delegation,
        boolean isJoinedAtOnce) {

    private static final String RESOURCES = "linux.resources.";

    public CgroupPlan {
        places = List.copyOf(places);
        views = List.copyOf(views);
    }

    /**
     * The container's cgroup in one hierarchy.
     *
     * @param directory absolute, on the host
     * @param writes in order
     * @param devices the program that decides on devices, in a unified tree; with v1 they are among the writes
     * @param enabled v2: the controllers that the directories above should hand down
     * @param required those of them that a limit needs
     */
    record Place(Hierarchy hierarchy, String directory, List<Write> writes, Optional<DeviceProgram> devices,
            Set<String> enabled, Set<String> required) {

        Place {
            writes = List.copyOf(writes);
        }

        /** Whether it has a memory limit of v1: {@link Cgroup#joinLast}. */
        boolean limitsMemoryOfV1() {
            for (Write write : writes) {
                if (write.file().equals("memory.limit_in_bytes")) {
                    return true;
                }
            }
            return false;
        }

        /** The directory above; the mount point for a cgroup right below it. */
        String parent() {
            return directory.substring(0, directory.lastIndexOf('/'));
        }
    }

    /**
     * A hierarchy with the container's place in it, for who mounts it.
     *
     * @param controllers of v1, as mount(8) has them; empty for the unified tree
     * @param callers the caller's cgroup, where a container stays that gets none
     */
    public record View(String controllers, String mountPoint, String directory, String callers) {

        static View of(Hierarchy hierarchy, String directory) {
            return new View(hierarchy.isUnified() ? "" : hierarchy.label(), hierarchy.mountPoint(), directory, hierarchy.ownDirectory());
        }
    }

    /**
     * The same, where the container's process is to own its cgroup if the specification says so.
     *
     * @param isNewNamespace whether the container gets a cgroup namespace of its own
     * @param hostUid whom process.user.uid is on the host; empty where that cannot be told
     */
    public CgroupPlan delegated(List<Mount> mounts, boolean isNewNamespace, OptionalLong hostUid, long callersUid, Hierarchies host) {
        return new CgroupPlan(places, views, isOptional, places.isEmpty() ? Optional.empty()
                : DelegationPlan.of(mounts, isNewNamespace, hostUid, callersUid, host), isJoinedAtOnce);
    }

    /** The same, where nothing may be gone without. */
    public CgroupPlan required() {
        return new CgroupPlan(places, views, false, delegation, isJoinedAtOnce);
    }

    /** The same, where mounts take memory of their own: what an image has for tmpcopyup must be within the limit. */
    public CgroupPlan joinedAtOnce() {
        return new CgroupPlan(places, views, isOptional, delegation, true);
    }

    /** Where the directories will be: {@link Cgroup#paths} may have fewer, where an ordinary user may not make them. */
    public CgroupPaths paths() {
        Map<String, String> paths = new LinkedHashMap<>();
        for (Place place : places) {
            paths.put(place.hierarchy().label(), place.directory());
        }
        return new CgroupPaths(paths);
    }

    /** What is going to be written, in full: a control file to its texts. For who has to know it beside the kernel, as systemd. */
    public Map<String, List<String>> controls() {
        Map<String, List<String>> controls = new LinkedHashMap<>();
        for (Place place : places) {
            for (Write write : place.writes()) {
                for (Optional<Write> each = Optional.of(write); each.isPresent(); each = each.get().otherwise()) {
                    controls.put(each.get().file(), each.get().texts());
                }
            }
        }
        return controls;
    }

    /** What the room can do, for `features`. */
    public static CgroupFeatures features() {
        return new CgroupFeatures(Optional.of(true), Optional.of(true), Optional.of(true), Optional.of(true),
                Optional.of(Limits.hasRdma()));
    }

    /** A line for everything that is made and written, in order, for who prints the plan. */
    public List<String> texts() {
        List<String> texts = new ArrayList<>();
        for (Place place : places) {
            texts.add("make the cgroup " + place.directory());
            place.writes().stream().filter(Write::isFirst).forEach(write -> texts.add(text(place, write)));
        }
        for (Place place : places) {
            place.writes().stream().filter(write -> !write.isFirst()).forEach(write -> texts.add(text(place, write)));
            if (place.devices().isPresent()) {
                texts.add("attach a program that decides on devices to " + place.directory());
            }
            delegation.ifPresent(to -> texts.add("give " + place.directory() + " to uid " + to.uid()));
        }
        return texts;
    }

    private static String text(Place place, Write write) {
        return "write \"" + String.join("\", \"", write.texts()) + "\" to " + place.directory() + "/" + write.file() + " ("
                + write.property() + ")";
    }

    /**
     * Decides where, and how much.
     *
     * @param cgroupsPath {@code linux.cgroupsPath}: absolute is from each hierarchy's root; relative is below the caller's own
     *     cgroup (beside it with cgroup v2, where a cgroup with processes may not hand down controllers); absent is as the id
     * @param resources {@code linux.resources}; absent: no limits, and the default devices
     * @param id the container's
     * @throws SpecException when the path leads outside, or a limit cannot be had on this host
     */
    public static CgroupPlan of(Optional<String> cgroupsPath, Optional<Resources> resources, String id, Hierarchies host) {
        Optional<String> asked = cgroupsPath.filter(path -> !path.isEmpty());
        String path = asked.isPresent() ? clean(asked.get()) : id;
        Resources limits = resources.orElse(Resources.EMPTY);
        Map<String, List<Write>> writes = Limits.writes(limits, host.controllers());
        DeviceRules devices = DeviceRules.of(limits.devices());
        boolean devicesOnV1 = host.v1With("devices").isPresent();
        if (!devicesOnV1 && host.unified().isEmpty() && !limits.devices().isEmpty()) {
            throw host.controllers().missing(RESOURCES + "devices", "devices");
        }
        List<Place> places = new ArrayList<>(host.v1().size() + 1);
        for (Hierarchy hierarchy : host.v1()) {
            places.add(v1(hierarchy, path, writes, devices));
        }
        if (host.unified().isPresent()) {
            Optional<DeviceProgram> program = devicesOnV1 || devices.allowEverything()
                    ? Optional.empty() : Optional.of(DeviceProgram.of(devices));
            Hierarchy unified = host.unified().get();
            places.add(host.isV2() ? v2(unified, path, writes, program) : besideV1(unified, path, writes, program));
        }
        return of(places, asked.isEmpty() && writes.isEmpty());
    }

    /**
     * A container without a cgroup of its own: it stays in the caller's.
     *
     * @throws SpecException for a limit, which nothing could hold. Device rules are no limit here: every document has some
     */
    public static CgroupPlan disabled(Optional<Resources> resources, Hierarchies host) {
        Map<String, List<Write>> writes = Limits.writes(resources.orElse(Resources.EMPTY), host.controllers());
        if (!writes.isEmpty()) {
            throw new SpecException(writes.values().iterator().next().get(0).property(), "needs a cgroup: not with --cgroup-manager disabled");
        }
        List<View> views = new ArrayList<>();
        for (Hierarchy hierarchy : host.v1()) {
            views.add(View.of(hierarchy, hierarchy.ownDirectory()));
        }
        host.unified().ifPresent(hierarchy -> views.add(View.of(hierarchy, hierarchy.ownDirectory())));
        return new CgroupPlan(List.of(), views, true, Optional.empty(), false);
    }

    private static CgroupPlan of(List<Place> places, boolean isOptional) {
        List<Place> made = new ArrayList<>(places.size());
        List<View> views = new ArrayList<>(places.size());
        for (Place place : places) {
            Hierarchy hierarchy = place.hierarchy();
            boolean without = isOptional && !hierarchy.isDelegated();
            views.add(View.of(hierarchy, without ? hierarchy.ownDirectory() : place.directory()));
            if (!without) {
                made.add(place);
            }
        }
        return new CgroupPlan(made, views, isOptional, Optional.empty(), false);
    }

    private static Place v1(Hierarchy hierarchy, String path, Map<String, List<Write>> writes, DeviceRules devices) {
        List<Write> all = new ArrayList<>();
        for (String controller : hierarchy.controllers()) {
            all.addAll(writes.getOrDefault(controller, List.of()));
            if (controller.equals("devices")) {
                all.addAll(deviceWrites(devices));
            }
        }
        return new Place(hierarchy, directory(hierarchy, hierarchy.own(), path), all, Optional.empty(), Set.of(), Set.of());
    }

    private static Place v2(Hierarchy unified, String path, Map<String, List<Write>> writes, Optional<DeviceProgram> program) {
        List<Write> all = new ArrayList<>();
        writes.values().forEach(all::addAll);
        Set<String> required = new LinkedHashSet<>(writes.keySet());
        required.remove(Limits.CORE);
        String beside = unified.own().substring(0, unified.own().lastIndexOf('/'));
        return new Place(unified, directory(unified, beside, path), all, program, new LinkedHashSet<>(unified.controllers()), required);
    }

    /** A hybrid's unified tree has limits of those controllers only that are in no v1 hierarchy: hugetlb here and there. */
    private static Place besideV1(Hierarchy unified, String path, Map<String, List<Write>> writes, Optional<DeviceProgram> program) {
        List<Write> all = new ArrayList<>(0);
        Set<String> used = new LinkedHashSet<>();
        for (String controller : unified.controllers()) {
            if (writes.containsKey(controller)) {
                all.addAll(writes.get(controller));
                used.add(controller);
            }
        }
        return new Place(unified, directory(unified, unified.own(), path), all, program, used, used);
    }

    private static String directory(Hierarchy hierarchy, String start, String path) {
        return hierarchy.mountPoint() + (path.startsWith("/") ? path : (start.equals("/") ? "" : start) + "/" + path);
    }

    /** @return a path without empty parts and dots, absolute if it was */
    private static String clean(String path) {
        StringBuilder clean = new StringBuilder(path.length());
        for (int start = 0; start <= path.length();) {
            int end = path.indexOf('/', start);
            end = end < 0 ? path.length() : end;
            String part = path.substring(start, end);
            if (part.equals("..")) {
                throw new SpecException("linux.cgroupsPath", "expected a path without .., found \"" + path + '"');
            }
            if (!part.isEmpty() && !part.equals(".")) {
                clean.append('/').append(part);
            }
            start = end + 1;
        }
        if (clean.length() == 0) {
            throw new SpecException("linux.cgroupsPath", "expected a cgroup below the root, found \"" + path + '"');
        }
        for (int i = 0; i < clean.length(); i++) {
            if (clean.charAt(i) == '\n' || clean.charAt(i) == 0) {
                throw new SpecException("linux.cgroupsPath", "expected a path without newline and NUL");
            }
        }
        return path.startsWith("/") ? clean.toString() : clean.substring(1);
    }

    /**
     * On v1 one write for the behaviour and one for each exception; a new cgroup starts as a copy of the one above it.
     *
     * <p>Before anything joins: between the first write and the last all is denied, and an init that makes its devices or opens its
     * terminal meanwhile would get EPERM.
     */
    private static List<Write> deviceWrites(DeviceRules devices) {
        String property = RESOURCES + "devices";
        boolean allow = devices.allowByDefault();
        List<Write> writes = new ArrayList<>(2);
        writes.add(new Write(property, allow ? "devices.allow" : "devices.deny", List.of("a"), true));
        List<String> texts = new ArrayList<>();
        for (DeviceRules.Rule exception : devices.exceptions()) {
            texts.add(exception.text());
        }
        if (!texts.isEmpty()) {
            writes.add(new Write(property, allow ? "devices.deny" : "devices.allow", texts, true));
        }
        return writes;
    }
}
