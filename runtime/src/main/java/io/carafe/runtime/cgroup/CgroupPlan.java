package io.carafe.runtime.cgroup;

import io.carafe.runtime.cgroup.Hierarchies.Hierarchy;
import io.carafe.runtime.cgroup.device.DeviceProgram;
import io.carafe.runtime.cgroup.device.DeviceRules;
import io.carafe.spec.features.CgroupFeatures;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.resources.BlockIO;
import io.carafe.spec.resources.Resources;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where a container's cgroups will be and what will be written into them. Pure data; {@link Cgroup} carries it out.
 *
 * @param places one in each hierarchy of the host, less those that an ordinary user's container goes without
 * @param views every hierarchy, with the cgroup in it that the container will be in
 * @param isOptional whether an ordinary user's container may go without: no place and no limit was asked for
 */
public record CgroupPlan(List<Place> places, List<View> views, boolean isOptional) {

    private static final String RESOURCES = "linux.resources.";
    /** What stands before the dot of the files that every cgroup has, without a controller. */
    private static final String CORE = "cgroup";

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

        /** The directory above; the mount point for a cgroup right below it. */
        String parent() {
            return directory.substring(0, directory.lastIndexOf('/'));
        }
    }

    /**
     * A hierarchy with the container's place in it, for who mounts it.
     *
     * @param controllers of v1, as mount(8) has them; empty for the unified tree
     */
    public record View(String controllers, String mountPoint, String directory) {
    }

    /** Where the directories will be: {@link Cgroup#paths} may have fewer, where an ordinary user may not make them. */
    public CgroupPaths paths() {
        Map<String, String> paths = new LinkedHashMap<>();
        for (Place place : places) {
            paths.put(place.hierarchy().label(), place.directory());
        }
        return new CgroupPaths(paths);
    }

    /** What the room can do, for `features`. */
    public static CgroupFeatures features() {
        return new CgroupFeatures(Optional.of(true), Optional.of(true), Optional.of(false), Optional.of(false),
                Optional.of(Limit.RDMA.v2.isPresent()));
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
        }
        return texts;
    }

    private static String text(Place place, Write write) {
        return "write \"" + String.join("\", \"", write.texts()) + "\" to " + place.directory() + "/" + write.file() + " ("
                + write.property() + ")";
    }

    /**
     * One control file, opened once, and what is written to it.
     *
     * @param property that asks for it, in full, for complaints
     * @param texts one write(2) each
     * @param isFirst whether before anything joins; else when the container's file tree stands
     * @param mayBeAbsent whether a kernel without the file already does what is asked
     */
    record Write(String property, String file, List<String> texts, boolean isFirst, boolean mayBeAbsent) {

        Write {
            texts = List.copyOf(texts);
        }
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
        refuseWhatIsMissing(limits);
        Map<String, List<Write>> writes = writes(limits, host);
        DeviceRules devices = DeviceRules.of(limits.devices());
        boolean devicesOnV1 = host.v1With("devices").isPresent();
        if (!devicesOnV1 && host.unified().isEmpty() && !limits.devices().isEmpty()) {
            throw missing(RESOURCES + "devices", "devices");
        }
        List<Place> places = new ArrayList<>(host.v1().size() + 1);
        for (Hierarchy hierarchy : host.v1()) {
            places.add(v1(hierarchy, path, writes, devices));
        }
        if (host.unified().isPresent()) {
            Optional<DeviceProgram> program = devicesOnV1 || devices.allowEverything()
                    ? Optional.empty() : Optional.of(DeviceProgram.of(devices));
            Hierarchy unified = host.unified().get();
            places.add(host.isV2() ? v2(unified, path, writes, program)
                    : new Place(unified, directory(unified, unified.own(), path), List.of(), program, Set.of(), Set.of()));
        }
        return of(places, asked.isEmpty() && writes.isEmpty());
    }

    /**
     * A container without a cgroup of its own: it stays in the caller's.
     *
     * @throws SpecException for a limit, which nothing could hold. Device rules are no limit here: every document has some
     */
    public static CgroupPlan disabled(Optional<Resources> resources, Hierarchies host) {
        Map<String, List<Write>> writes = writes(resources.orElse(Resources.EMPTY), host);
        if (!writes.isEmpty()) {
            throw new SpecException(writes.values().iterator().next().get(0).property(), "needs a cgroup: not with --cgroup-manager disabled");
        }
        List<View> views = new ArrayList<>();
        for (Hierarchy hierarchy : host.v1()) {
            views.add(new View(hierarchy.label(), hierarchy.mountPoint(), hierarchy.ownDirectory()));
        }
        host.unified().ifPresent(hierarchy -> views.add(new View("", hierarchy.mountPoint(), hierarchy.ownDirectory())));
        return new CgroupPlan(List.of(), views, true);
    }

    private static CgroupPlan of(List<Place> places, boolean isOptional) {
        List<Place> made = new ArrayList<>(places.size());
        List<View> views = new ArrayList<>(places.size());
        for (Place place : places) {
            Hierarchy hierarchy = place.hierarchy();
            boolean without = isOptional && !hierarchy.isDelegated();
            views.add(new View(hierarchy.isUnified() ? "" : hierarchy.label(), hierarchy.mountPoint(),
                    without ? hierarchy.ownDirectory() : place.directory()));
            if (!without) {
                made.add(place);
            }
        }
        return new CgroupPlan(made, views, isOptional);
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
        required.remove(CORE);
        String beside = unified.own().substring(0, unified.own().lastIndexOf('/'));
        return new Place(unified, directory(unified, beside, path), all, program, new LinkedHashSet<>(unified.controllers()), required);
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

    /** The writes of the rows that ask for something, by controller. */
    static Map<String, List<Write>> writes(Resources resources, Hierarchies host) {
        Map<String, List<Write>> writes = new LinkedHashMap<>();
        for (Limit limit : Limit.values()) {
            Optional<Limit.Control> control = host.isV2() ? limit.v2 : Optional.of(limit.v1);
            List<String> texts = control.orElse(limit.v1).texts().apply(resources);
            if (texts.isEmpty()) {
                continue;
            }
            if (control.isEmpty()) {
                throw new SpecException(limit.property, "cgroup v2 has no such limit");
            }
            String controller = control.get().controller();
            if (!has(host, controller)) {
                throw missing(limit.property, controller);
            }
            writes.computeIfAbsent(controller, none -> new ArrayList<>())
                    .add(new Write(limit.property, control.get().file(), texts, limit.isFirst(), limit.mayBeAbsent(texts.get(0))));
        }
        resources.unified().forEach((file, text) -> writes.computeIfAbsent(controllerOf(file, host), none -> new ArrayList<>())
                .add(new Write(RESOURCES + "unified." + file, file, List.of(text.split("\n")), false, false)));
        return writes;
    }

    private static boolean has(Hierarchies host, String controller) {
        return host.isV2() ? host.unified().orElseThrow().controllers().contains(controller) : host.v1With(controller).isPresent();
    }

    private static SpecException missing(String property, String controller) {
        return new SpecException(property, "this host has no " + controller + " controller");
    }

    /** The controller of a file as {@code memory.high}; {@code cgroup} is none, its files are everywhere. */
    private static String controllerOf(String file, Hierarchies host) {
        String property = RESOURCES + "unified";
        if (!host.isV2()) {
            throw new SpecException(property, "needs a host with cgroup v2 alone");
        }
        int dot = file.indexOf('.');
        if (dot <= 0 || file.indexOf('/') >= 0) {
            throw new SpecException(property, "expected names of files such as memory.high, found \"" + file + '"');
        }
        String controller = file.substring(0, dot);
        if (!controller.equals(CORE) && !has(host, controller)) {
            throw missing(property + "." + file, controller);
        }
        return controller;
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
        writes.add(new Write(property, allow ? "devices.allow" : "devices.deny", List.of("a"), true, false));
        List<String> texts = new ArrayList<>();
        for (DeviceRules.Rule exception : devices.exceptions()) {
            texts.add(exception.text());
        }
        if (!texts.isEmpty()) {
            writes.add(new Write(property, allow ? "devices.deny" : "devices.allow", texts, true, false));
        }
        return writes;
    }

    static void refuseWhatIsMissing(Resources resources) {
        if (!resources.hugepageLimits().isEmpty()) {
            throw unsupported("hugepageLimits");
        }
        if (resources.blockIO().isPresent()) {
            BlockIO io = resources.blockIO().get();
            if (io.weight().orElse(0) != 0) {
                throw unsupported("blockIO.weight");
            }
            if (io.leafWeight().orElse(0) != 0) {
                throw unsupported("blockIO.leafWeight");
            }
            if (!io.weightDevice().isEmpty()) {
                throw unsupported("blockIO.weightDevice");
            }
        }
        if (!resources.memory().flatMap(memory -> memory.useHierarchy()).orElse(true)) {
            throw new SpecException(RESOURCES + "memory.useHierarchy", "a cgroup counts what is below it, always since Linux 5.11");
        }
    }

    private static SpecException unsupported(String property) {
        return new SpecException(RESOURCES + property, "not supported yet");
    }
}
