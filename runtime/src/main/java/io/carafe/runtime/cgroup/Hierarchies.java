package io.carafe.runtime.cgroup;

import static io.carafe.linux.abi.FileFlags.CGROUP2_SUPER_MAGIC;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.MountInfo;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.cgroup.limit.Controllers;
import io.carafe.runtime.cgroup.limit.HugePages;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The cgroup hierarchies of a host, read once.
 *
 * <p>v2: only {@code unified}. Hybrid: v1 hierarchies and a unified tree beside them. v1: no unified tree. A host may have none.
 *
 * @param hugePages the sizes of its huge pages: {@link #withHugePages}
 */
public record Hierarchies(List<Hierarchy> v1, Optional<Hierarchy> unified, List<String> hugePages) {

    private static final String ROOT = "/sys/fs/cgroup";
    private static final String HYBRID_UNIFIED = ROOT + "/unified";
    private static final String NAMED = "name=";
    private static final String HUGE_PAGES = "/sys/kernel/mm/hugepages";
    private static final String HUGETLB = "hugetlb";

    public Hierarchies {
        v1 = List.copyOf(v1);
        hugePages = List.copyOf(hugePages);
    }

    Hierarchies(List<Hierarchy> v1, Optional<Hierarchy> unified) {
        this(v1, unified, List.of());
    }

    /**
     * One mounted tree of cgroups (cgroups(7)).
     *
     * @param version 1, or 2 for the unified tree
     * @param controllers of v1 those that are mounted together, or one {@code name=…}; of v2 those that its root offers, and none
     *     in a hybrid, where limits go to v1, but hugetlb where {@link #withHugePages} finds it there
     * @param mountPoint where it is mounted on the host
     * @param own the caller's cgroup in it, from the mount point, as {@code /} or {@code /user/1000}
     * @param isDelegated whether the caller may make a container's cgroup where it would be
     */
    record Hierarchy(int version, List<String> controllers, String mountPoint, String own, boolean isDelegated) {

        Hierarchy {
            controllers = List.copyOf(controllers);
        }

        /** Its name in a state file: the controllers as /proc/self/cgroup prints them, or {@code unified}. */
        String label() {
            return isUnified() ? CgroupPaths.UNIFIED : String.join(",", controllers);
        }

        /** One in which the caller may do as it likes. */
        Hierarchy(int version, List<String> controllers, String mountPoint, String own) {
            this(version, controllers, mountPoint, own, true);
        }

        boolean isUnified() {
            return version == 2;
        }

        /** The caller's cgroup, on the host. */
        String ownDirectory() {
            return directory(own);
        }

        /** A cgroup in it, on the host. */
        private String directory(String cgroup) {
            return cgroup.equals("/") ? mountPoint : mountPoint + cgroup;
        }

        private Hierarchy asRoot() {
            return new Hierarchy(version, controllers, mountPoint, own, true);
        }

        private Hierarchy withDelegation(Linux linux, String directory) {
            return new Hierarchy(version, controllers, mountPoint, own, linux.paths.isWritable(Fd.CWD, directory));
        }
    }

    /** The same hierarchies for whoever may make a cgroup anywhere. */
    public Hierarchies asRoot() {
        List<Hierarchy> all = new ArrayList<>(v1.size());
        v1.forEach(hierarchy -> all.add(hierarchy.asRoot()));
        return new Hierarchies(all, unified.map(Hierarchy::asRoot), hugePages);
    }

    /** The same with what only limits of huge pages ask for: their sizes, and of a hybrid whether the unified tree counts them. */
    public Hierarchies withHugePages(Linux linux) {
        List<String> sizes = HugePages.sizes(linux.paths.statxIfPresent(Fd.CWD, HUGE_PAGES, 0).isEmpty() ? List.of()
                : linux.files.list(Fd.CWD, HUGE_PAGES));
        if (isV2() || unified.isEmpty() || v1With(HUGETLB).isPresent()
                || !words(linux.files.readText(Fd.CWD, unified.get().mountPoint() + "/cgroup.controllers")).contains(HUGETLB)) {
            return new Hierarchies(v1, unified, sizes);
        }
        Hierarchy tree = unified.get();
        return new Hierarchies(v1, Optional.of(new Hierarchy(2, List.of(HUGETLB), tree.mountPoint(), tree.own(), tree.isDelegated())), sizes);
    }

    /** The controllers, for {@link io.carafe.runtime.cgroup.limit.Limits}. */
    Controllers controllers() {
        List<String> ofV1 = new ArrayList<>();
        v1.forEach(hierarchy -> ofV1.addAll(hierarchy.controllers()));
        return new Controllers(ofV1, unified.map(Hierarchy::controllers).orElse(List.of()), isV2(), hugePages);
    }

    /** Where another process of this host is. @param cgroups its /proc/PID/cgroup */
    public CgroupPaths pathsOf(List<ProcessCgroup> cgroups) {
        Map<String, String> paths = new LinkedHashMap<>();
        for (ProcessCgroup cgroup : cgroups) {
            for (Hierarchy hierarchy : v1) {
                if (!cgroup.controllers().isEmpty() && hierarchy.controllers().containsAll(cgroup.controllers())) {
                    paths.put(hierarchy.label(), hierarchy.directory(cgroup.path()));
                }
            }
            if (cgroup.controllers().isEmpty() && unified.isPresent()) {
                paths.put(unified.get().label(), unified.get().directory(cgroup.path()));
            }
        }
        return new CgroupPaths(paths);
    }

    /** Whether the unified tree is all there is, so that limits go there. */
    public boolean isV2() {
        return v1.isEmpty() && unified.isPresent();
    }

    /** The v1 hierarchy with a controller. */
    Optional<Hierarchy> v1With(String controller) {
        for (Hierarchy hierarchy : v1) {
            if (hierarchy.controllers().contains(controller)) {
                return Optional.of(hierarchy);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads the layout of the calling process's host.
     *
     * <p>/proc/self/mountinfo is as long as the host has mounts, so it is read only where v1 hierarchies do not stand at their
     * customary places; statfs(2) and one statx(2) for each hierarchy tell the rest.
     *
     * @param rootless whether to look in which of them the caller may make cgroups; else it is taken to be all
     */
    public static Hierarchies probe(Linux linux, boolean rootless) {
        Hierarchies found = find(linux);
        if (!rootless) {
            return found;
        }
        List<Hierarchy> v1 = new ArrayList<>(found.v1.size());
        found.v1.forEach(hierarchy -> v1.add(hierarchy.withDelegation(linux, hierarchy.ownDirectory())));
        // On v2 a container's cgroup stands beside the caller's (CgroupPlan.of), so the directory above must be the caller's.
        return new Hierarchies(v1, found.unified.map(hierarchy -> {
            String own = hierarchy.ownDirectory();
            boolean beside = found.isV2() && !hierarchy.own().equals("/");
            return hierarchy.withDelegation(linux, beside ? own.substring(0, own.lastIndexOf('/')) : own);
        }));
    }

    private static Hierarchies find(Linux linux) {
        long type = fileSystemType(linux, ROOT);
        List<ProcessCgroup> own = ownCgroups(linux);
        if (type == CGROUP2_SUPER_MAGIC) {
            List<String> controllers = words(linux.files.readText(Fd.CWD, ROOT + "/cgroup.controllers"));
            return new Hierarchies(List.of(), unified(own, ROOT, controllers));
        }
        Optional<Hierarchy> unified = fileSystemType(linux, HYBRID_UNIFIED) == CGROUP2_SUPER_MAGIC
                ? unified(own, HYBRID_UNIFIED, List.of()) : Optional.empty();
        List<Hierarchy> v1 = new ArrayList<>(own.size());
        for (ProcessCgroup cgroup : own) {
            if (cgroup.controllers().isEmpty()) {
                continue;
            }
            String mountPoint = customaryMountPoint(cgroup);
            // Only the root of a v1 hierarchy has this file: what is mounted here is v1, and whole.
            if (linux.paths.statxIfPresent(Fd.CWD, mountPoint + "/cgroup.sane_behavior", 0).isEmpty()) {
                return new Hierarchies(mounted(own, MountInfo.parse(linux.files.readText(Fd.CWD, "/proc/self/mountinfo"))), unified);
            }
            v1.add(new Hierarchy(1, cgroup.controllers(), mountPoint, inside(cgroup.path())));
        }
        return new Hierarchies(v1, unified);
    }

    private static long fileSystemType(Linux linux, String path) {
        try {
            return linux.paths.statfs(path).type();
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            return 0;
        }
    }

    /** Empty where the kernel has no cgroups at all. */
    private static List<ProcessCgroup> ownCgroups(Linux linux) {
        try {
            return ProcessCgroup.parse(linux.files.readText(Fd.CWD, "/proc/self/cgroup"));
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e.hint(Errno.ENAMETOOLONG, "the path of a cgroup that carafe itself is in is longer than a page: call it from another");
            }
            return List.of();
        }
    }

    private static Optional<Hierarchy> unified(List<ProcessCgroup> own, String mountPoint, List<String> controllers) {
        for (ProcessCgroup cgroup : own) {
            if (cgroup.controllers().isEmpty()) {
                return Optional.of(new Hierarchy(2, controllers, mountPoint, inside(cgroup.path())));
            }
        }
        return Optional.empty();
    }

    private static String customaryMountPoint(ProcessCgroup cgroup) {
        String name = String.join(",", cgroup.controllers());
        return ROOT + "/" + (name.startsWith(NAMED) ? name.substring(NAMED.length()) : name);
    }

    /** The v1 hierarchies of a process, where a list of mounts has them. One that is not mounted cannot be used, and is left out. */
    static List<Hierarchy> mounted(List<ProcessCgroup> own, List<MountInfo> mounts) {
        List<Hierarchy> hierarchies = new ArrayList<>(own.size());
        for (ProcessCgroup cgroup : own) {
            if (!cgroup.controllers().isEmpty()) {
                mount(cgroup, mounts).ifPresent(mount -> hierarchies.add(
                        new Hierarchy(1, cgroup.controllers(), mount.mountPoint(), below(mount.root(), cgroup.path()))));
            }
        }
        return hierarchies;
    }

    /** A mount of the whole hierarchy, else the first of a part of it. */
    private static Optional<MountInfo> mount(ProcessCgroup cgroup, List<MountInfo> mounts) {
        Optional<MountInfo> found = Optional.empty();
        for (int i = 0; i < mounts.size(); i++) {
            MountInfo mount = mounts.get(i);
            // A root such as /.. lies outside our cgroup namespace: nobody can tell where in it we are.
            boolean fits = mount.type().equals("cgroup") && !mount.root().startsWith("/..")
                    && List.of(mount.superOptions().split(",")).containsAll(cgroup.controllers())
                    && !isCovered(mount, mounts.subList(i + 1, mounts.size()));
            if (fits && mount.root().equals("/")) {
                return Optional.of(mount);
            }
            if (fits && found.isEmpty()) {
                found = Optional.of(mount);
            }
        }
        return found;
    }

    /** Whether one of the later mounts hides it: an ordinary user's container has a bind of the host's /sys below its own /sys/fs/cgroup. */
    private static boolean isCovered(MountInfo mount, List<MountInfo> later) {
        String path = mount.mountPoint() + '/';
        return later.stream().anyMatch(other -> path.startsWith(other.mountPoint().equals("/") ? "/" : other.mountPoint() + '/'));
    }

    /** A path of /proc/self/cgroup as seen from a mount of a part of the hierarchy, as a container without a cgroup namespace has. */
    private static String below(String root, String path) {
        if (root.equals("/")) {
            return inside(path);
        }
        return path.startsWith(root + "/") ? path.substring(root.length()) : "/";
    }

    /** cgroup_namespaces(7): a cgroup outside the namespace's root shows as {@code /../…}. */
    private static String inside(String path) {
        return path.startsWith("/..") ? "/" : path;
    }

    static List<String> words(String line) {
        List<String> words = new ArrayList<>();
        int start = 0;
        for (int i = 0; i <= line.length(); i++) {
            if (i == line.length() || line.charAt(i) <= ' ') {
                if (i > start) {
                    words.add(line.substring(start, i));
                }
                start = i + 1;
            }
        }
        return words;
    }
}
