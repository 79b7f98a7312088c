package io.carafe.runtime.rootfs;

import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.runtime.rootfs.path.ContainerPath;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.rootfs.path.Mountpoints;
import io.carafe.spec.Mount;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The entries of {@code mounts}, decided one by one.
 *
 * @param readOnlyLater mounts that the configuration wants read-only, but that later entries or devices may still write to
 */
record MountsPlan(List<Step> steps, List<Step> readOnlyLater, List<String> warnings) {

    static final HostPath HOSTS_SYSFS = new HostPath("/sys");
    static final HostPath HOSTS_MQUEUE = new HostPath("/dev/mqueue");
    private static final ContainerPath DEV = ContainerPath.of("/dev");

    /** Files of /proc that may be bound over, as lxcfs does; anything else there could deceive a later start (CVE-2019-16884). */
    private static final Set<String> COVERABLE = Set.of("/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat",
            "/proc/swaps", "/proc/uptime", "/proc/loadavg", "/proc/slabinfo", "/proc/net/dev", "/proc/sys/kernel/ns_last_pid");

    private static final Set<String> IDS = Set.of("uid", "gid", "user_id", "group_id", "dfltuid", "dfltgid", "resuid", "resgid");
    private static final long LAST_ID = 0xffff_fffeL;

    /** @param linux whose maps a mount takes that has none of its own */
    static MountsPlan of(List<Mount> mounts, RootfsPlan.Host host, Set<NamespaceType> namespaces, Linux linux) {
        MountsPlan plan = new MountsPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        for (int i = 0; i < mounts.size(); i++) {
            plan.add("mounts[" + i + "]", mounts.get(i), host, namespaces, linux);
        }
        return plan;
    }

    /** One mount for a container that is there already. @throws SpecException also for a remount and for cgroups */
    static MountsPlan addition(String property, Mount mount, RootfsPlan.Host host, Set<NamespaceType> namespaces, Linux linux) {
        MountOptions options = MountOptions.parse(mount.options());
        if (options.remount()) {
            throw new SpecException(property + ".options", "a remount changes a mount, it adds none");
        }
        String type = mount.type().orElse("");
        if (!isBind(mount, options) && (type.equals("cgroup") || type.equals("cgroup2"))) {
            throw new SpecException(property + ".type", "a " + type + " can be mounted in a new container only");
        }
        MountsPlan plan = new MountsPlan(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        plan.add(property, mount, host, namespaces, linux);
        return plan;
    }

    /** Whether /dev is somebody else's: then nothing is made in it. */
    boolean devIsBound() {
        for (Step step : steps) {
            if (step instanceof Step.Bind && ((Step.Bind) step).at().equals(DEV)) {
                return true;
            }
        }
        return false;
    }

    /** Where a mount is seen in the end: none that a later one lies over. */
    Set<ContainerPath> seen() {
        Set<ContainerPath> seen = new HashSet<>();
        for (Step step : steps) {
            if (step instanceof Step.Bind || step instanceof Step.NewFileSystem) {
                ContainerPath at = ((Step.Placed) step).at();
                seen.removeIf(path -> path.isWithin(at));
                seen.add(at);
            }
        }
        return seen;
    }

    /** The specification asks for an option; a type of that name cannot mean anything else. */
    private static boolean isBind(Mount mount, MountOptions options) {
        return options.bind() || mount.type().orElse("").equals("bind");
    }

    /** Without the words that mean nothing here: as in runc and crun they are no error. */
    private MountOptions parse(String property, Mount mount, Linux linux) {
        MountOptions options = withMaps(property, MountOptions.parse(mount.options()), linux);
        boolean bind = isBind(mount, options);
        if (!bind && !options.links().isEmpty()) {
            warnings.add(property + ".options: " + options.links().iterator().next().text() + " is for a bind; passed over");
            options = options.withoutLinks();
        }
        if (options.copiesLink() && options.links().size() > 1) {
            throw new SpecException(property + ".options", "copy-symlink goes with neither src-nofollow nor dest-nofollow");
        }
        // mount(8): words of programs, as of systemd, that no kernel knows.
        List<String> ofKernel = options.data().stream().filter(word -> !word.regionMatches(true, 0, "x-", 0, 2)).toList();
        if (!bind && ofKernel.size() < options.data().size()) {
            warnings.add(property + ".options: words that begin with x- are for other programs; passed over");
            return options.withData(ofKernel);
        }
        if (bind && !options.data().isEmpty()) {
            warnings.add(property + ".options: a bind has no options of a file system; passed over: \"" + String.join("\", \"", options.data())
                    + '"');
            return options.withData(List.of());
        }
        return options;
    }

    private static MountOptions withMaps(String property, MountOptions options, Linux linux) {
        for (String word : options.data()) {
            if (word.startsWith("idmap=") || word.startsWith("ridmap=")) {
                MountIds ids = MountIds.parse(word, new MountIds(linux.uidMappings(), linux.gidMappings(), false)).orElseThrow(() ->
                        new SpecException(property + ".options", "expected idmap=uids=0-1000-1;gids=0-1000-1, found \"" + word + '"'));
                List<String> others = new ArrayList<>(options.data());
                others.remove(word);
                return options.withIds(Optional.of(ids)).withData(others);
            }
        }
        return options;
    }

    private void add(String property, Mount mount, RootfsPlan.Host host, Set<NamespaceType> namespaces, Linux linux) {
        ContainerPath at = destination(property + ".destination", mount.destination());
        MountOptions options = parse(property, mount, linux);
        boolean bind = isBind(mount, options);
        requireIds(property, options.data());
        if (options.ids().isEmpty() || options.ids().get().isOfJoinedNamespace()) {
            options = options.withIds(ids(property, mount, options.ids(), linux));
        }
        if (options.ids().isPresent()) {
            requireMappable(property, mount.type().orElse(""), bind, options.remount());
        }
        if (options.copyUp() && (bind || options.remount() || !mount.type().orElse("").equals("tmpfs"))) {
            throw new SpecException(property + ".options", "tmpcopyup is for a new tmpfs alone");
        }
        if (options.remount()) {
            steps.add(new Step.Remount(at, bind ? options.asBind() : options));
            return;
        }
        requireNotInProc(property, at, bind, mount.type().orElse(""));
        boolean later = options.attributes().isReadOnly() && (at.equals(DEV) || !bind && mount.type().orElse("").equals("tmpfs"));
        MountOptions now = later ? options.writable() : options;
        if (bind) {
            String source = mount.source().filter(text -> !text.isEmpty())
                    .orElseThrow(() -> new SpecException(property + ".source", "a bind needs a source"));
            steps.add(new Step.Bind(at, host.bundle().resolve(source), now.asBind(), at.equals(Mountpoints.PROC), later,
                    Optional.empty()));
        } else {
            newFileSystem(property, at, mount, now, later, host, namespaces, linux);
        }
        if (later) {
            readOnlyLater.add(new Step.ReadOnlyMount(at));
        }
    }

    /** config.md: maps of the mount, else of the container's user namespace; an error where neither is there. */
    private static Optional<MountIds> ids(String property, Mount mount, Optional<MountIds> asked, Linux linux) {
        boolean recursive = asked.isPresent() && asked.get().recursive();
        if (mount.uidMappings().isEmpty() != mount.gidMappings().isEmpty()) {
            throw new SpecException(property + (mount.uidMappings().isEmpty() ? ".gidMappings" : ".uidMappings"),
                    "needs " + (mount.uidMappings().isEmpty() ? "uidMappings" : "gidMappings") + " beside it");
        }
        if (!mount.uidMappings().isEmpty()) {
            return Optional.of(new MountIds(mount.uidMappings(), mount.gidMappings(), recursive));
        }
        boolean userNamespace = false;
        for (Namespace namespace : linux.namespaces()) {
            // One that is joined has maps, whether the document names them or not.
            userNamespace |= namespace.type() == NamespaceType.USER && (namespace.path().isPresent() || !linux.uidMappings().isEmpty());
        }
        if (asked.isPresent() && !userNamespace) {
            throw new SpecException(property + ".options", (recursive ? "ridmap" : "idmap")
                    + " needs uidMappings and gidMappings, as the container has no user namespace whose maps it could take");
        }
        return asked.map(ids -> new MountIds(linux.uidMappings(), linux.gidMappings(), recursive));
    }

    /** A file system's words for the owner of what it has. -1 is no id, in none of the ways in which the kernel reads numbers. */
    private static void requireIds(String property, List<String> words) {
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals > 0 && IDS.contains(word.substring(0, equals)) && !isIdOrWord(word.substring(equals + 1))) {
                throw new SpecException(property + ".options", "expected an id from 0 to " + LAST_ID + ", found \"" + word + '"');
            }
        }
    }

    private static boolean isIdOrWord(String text) {
        try {
            long id = Long.decode(text);
            return id >= 0 && id <= LAST_ID;
        } catch (NumberFormatException e) {
            return true; // the file system's own, as "forget" of udf
        }
    }

    private static void requireMappable(String property, String type, boolean bind, boolean remount) {
        if (remount) {
            throw new SpecException(property + ".options", "a remount changes no id maps");
        }
        if (!bind && (type.equals("cgroup") || type.equals("cgroup2"))) {
            throw new SpecException(property + ".type", "the ids of a " + type + " cannot be mapped");
        }
    }

    private ContainerPath destination(String property, String text) {
        if (text.isEmpty()) {
            throw new SpecException(property, "expected a path, found \"\"");
        }
        ContainerPath at = ContainerPath.of(text);
        if (at.isRoot()) {
            throw new SpecException(property, "the root is what root.path says; nothing can be mounted over it");
        }
        if (!text.startsWith("/")) {
            warnings.add(property + ": \"" + text + "\" is relative, which is deprecated; it means " + at);
        }
        return at;
    }

    private static void requireNotInProc(String property, ContainerPath at, boolean bind, String type) {
        if (!at.isWithin(Mountpoints.PROC) || COVERABLE.contains(at.text())) {
            return;
        }
        if (!at.equals(Mountpoints.PROC)) {
            throw new SpecException(property + ".destination", at + " is inside /proc, where only a few files may be covered");
        }
        if (!bind && !type.equals("proc")) {
            throw new SpecException(property + ".type", "only a proc may be mounted on /proc, found \"" + type + '"');
        }
    }

    private void newFileSystem(String property, ContainerPath at, Mount mount, MountOptions options, boolean later,
            RootfsPlan.Host host, Set<NamespaceType> namespaces, Linux linux) {
        String type = mount.type().filter(text -> !text.isEmpty())
                .orElseThrow(() -> new SpecException(property + ".type", "a mount that is no bind needs a type"));
        if (type.equals("cgroup") || type.equals("cgroup2")) {
            steps.addAll(new CgroupMounts(property, at, options, host.cgroups(), namespaces.contains(NamespaceType.CGROUP),
                    namespaces.contains(NamespaceType.USER)).plan(type));
            return;
        }
        boolean ordinary = type.equals("proc") || type.equals("sysfs");
        boolean modeOfPlace = type.equals("tmpfs") && !options.says("mode");
        steps.add(new Step.NewFileSystem(at, type, mount.source().orElse(""), options, ordinary, modeOfPlace, later,
                hosts(type, at, options, linux)));
    }

    /** As runc and crun: a user namespace that owns no network or ipc namespace cannot mount theirs anew, but may see the host's. */
    private static Optional<Step.Bind> hosts(String type, ContainerPath at, MountOptions options, Linux linux) {
        MountOptions bound = options.withData(List.of()).withIds(Optional.empty());
        switch (type) {
            case "sysfs":
                // With the host's mounts below it, which a user namespace may not leave away; read-only then means them as well:
                // the host's cgroups are among them (CVE-2023-25809).
                return Optional.of(new Step.Bind(at, HOSTS_SYSFS, bound.asRecursiveBind(), false, false, Optional.empty()));
            case "mqueue":
                // Of an ipc namespace that is neither the host's nor its own it would show the wrong queues.
                return joinsIpc(linux) ? Optional.empty() : Optional.of(new Step.Bind(at, HOSTS_MQUEUE, bound.asBind(), false, false, Optional.empty()));
            default:
                return Optional.empty();
        }
    }

    private static boolean joinsIpc(Linux linux) {
        for (Namespace namespace : linux.namespaces()) {
            if (namespace.type() == NamespaceType.IPC && namespace.path().isPresent()) {
                return true;
            }
        }
        return false;
    }
}
