package io.carafe.runtime.cgroup;

import static io.carafe.linux.abi.FileFlags.CGROUP2_SUPER_MAGIC;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessCgroup;
import io.carafe.runtime.cgroup.device.DeviceFilter;
import io.carafe.runtime.cgroup.device.DeviceProgram;
import io.carafe.runtime.cgroup.limit.Write;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A container's cgroup: one directory in each hierarchy.
 *
 * <pre>{@code
 * Cgroup cgroup = undo.onFailure(Cgroup.make(linux, plan), Cgroup::remove);
 * child = processes.clone3(flags, cgroup.unified());   // in the child: cgroup.join()
 * cgroup.limit();                                      // when the child has mounted
 * state.save(cgroup.paths());
 * cgroup.close();                                      // the descriptors; the cgroup stays
 * }</pre>
 */
public final class Cgroup implements AutoCloseable {

    private static final byte[] MYSELF = {'0'};

    private final Linux linux;
    private final CgroupPaths paths;
    /** What {@link #limit} carries out; none of a cgroup that is reopened. */
    private final List<CgroupPlan.Place> places;
    private final CgroupDirectories directories;
    /** The {@code tasks} files of v1 by their paths, open from {@link #open} to {@link #close}. */
    private final Map<String, Fd> tasks = new LinkedHashMap<>();
    /** Of them the one for {@link #joinLast}. */
    private Optional<String> last = Optional.empty();
    private Optional<Fd> unified = Optional.empty();

    private Cgroup(Linux linux, CgroupPaths paths, List<CgroupPlan.Place> places, CgroupDirectories directories) {
        this.linux = linux;
        this.paths = paths;
        this.places = places;
        this.directories = directories;
    }

    /**
     * Makes the directories, sets what must hold from the first page on (cpuset, device rules of v1), and opens what joining needs.
     *
     * <p>An ordinary user who may not make a cgroup goes on without it where neither a place nor a limit was asked for.
     *
     * @throws KernelException EBUSY when the cgroup exists and has processes or is frozen; EACCES, EPERM, EROFS when it may not be
     *     made. Nothing is left behind then
     */
    public static Cgroup make(Linux linux, CgroupPlan plan) {
        try (Undo undo = new Undo()) {
            CgroupDirectories directories = undo.onFailure(new CgroupDirectories(linux), CgroupDirectories::unmake);
            List<CgroupPlan.Place> places = new ArrayList<>(plan.places().size());
            Map<String, String> paths = new LinkedHashMap<>();
            for (CgroupPlan.Place place : plan.places()) {
                try {
                    directories.make(place);
                    plan.delegation().ifPresent(delegation -> new Delegation(linux).give(place.directory(), delegation));
                    places.add(place);
                    paths.put(place.hierarchy().label(), place.directory());
                } catch (KernelException e) {
                    if (!goesOnWithout(linux, plan, e)) {
                        throw e.hint(Errno.EROFS, "the cgroups are mounted read-only: --cgroup-manager disabled goes without limits");
                    }
                }
            }
            Cgroup cgroup = new Cgroup(linux, new CgroupPaths(paths), places, directories);
            undo.onFailure(cgroup::close);
            cgroup.open();
            for (CgroupPlan.Place place : places) {
                if (place.limitsMemoryOfV1() && !plan.isJoinedAtOnce()) {
                    cgroup.last = Optional.of(place.directory() + "/tasks");
                }
            }
            undo.keep();
            return cgroup;
        }
    }

    /** A cgroup that is not made yet: a scope unit, whose first process systemd moves there. Then {@link #makeRest}. */
    public static Cgroup inScope(Linux linux, CgroupPlan plan) {
        return new Cgroup(linux, plan.paths(), plan.places(), new CgroupDirectories(linux));
    }

    /** What is left to do of {@link #make} when systemd has made its directories: those that it does not know of, and to open all. */
    public void makeRest(CgroupPlan plan) {
        for (CgroupPlan.Place place : places) {
            directories.make(place, true);
            plan.delegation().ifPresent(delegation -> new Delegation(linux).give(place.directory(), delegation));
        }
        open();
    }

    /** Whether it failed for want of rights, and the caller is one who need not have them: its containers stay in its own cgroups then. */
    public static boolean isDeniedToOrdinaryUser(Linux linux, KernelException e) {
        return CgroupDirectories.isDeniedToOrdinaryUser(linux, e);
    }

    private static boolean goesOnWithout(Linux linux, CgroupPlan plan, KernelException e) {
        if (!CgroupDirectories.isDeniedToOrdinaryUser(linux, e)) {
            return false;
        }
        if (!plan.isOptional()) {
            throw e.hint(e.errno(), "for an ordinary user, linux.cgroupsPath and linux.resources need a delegated cgroup");
        }
        return true;
    }

    /** The cgroup of a container that runs, from its state file. Nothing is opened. */
    public static Cgroup of(Linux linux, CgroupPaths paths) {
        return new Cgroup(linux, paths, List.of(), new CgroupDirectories(linux));
    }

    /** Opens what {@link #unified} and {@link #join} need, as {@link #make} has done already; for exec. @throws KernelException ENOENT */
    public Cgroup open() {
        for (Map.Entry<String, String> path : paths.byLabel().entrySet()) {
            if (path.getKey().equals(CgroupPaths.UNIFIED)) {
                unified = unified.or(() -> Optional.of(openUnified(path.getValue())));
            } else {
                String file = path.getValue() + "/tasks";
                tasks.put(file, linux.files.open(file, O_WRONLY));
            }
        }
        return this;
    }

    private Fd openUnified(String path) {
        try (Undo undo = new Undo()) {
            Fd directory = undo.onFailure(linux.files.open(path, O_RDONLY | O_DIRECTORY | O_PATH), Fd::close);
            if (linux.files.fstatfs(directory).type() != CGROUP2_SUPER_MAGIC) {
                throw new KernelException("open " + path, Errno.EINVAL).hint(Errno.EINVAL, "it is no cgroup");
            }
            undo.keep();
            return directory;
        }
    }

    /**
     * The same where another process is by now: each cgroup that it was moved from, or that has gone, becomes the one that it is in.
     *
     * <p>In here and below it is found by a walk: the container makes what is below, and /proc/PID/cgroup tells no path longer than a
     * page: it cuts it, or answers ENAMETOOLONG.
     *
     * @throws KernelException ENOENT when the process has gone, too
     */
    public Cgroup openBeside(int pid) {
        Optional<Fd> found = paths.unified().flatMap(path -> new CgroupTree(linux, path, true).holding(pid));
        Map<String, String> now = found.isPresent() && paths.byLabel().size() == 1 ? Map.of()
                : Hierarchies.probe(linux, false).pathsOf(ProcessCgroup.parse(linux.files.readText(Fd.CWD, "/proc/" + pid + "/cgroup"))).byLabel();
        unified = found.or(() -> Optional.ofNullable(now.get(CgroupPaths.UNIFIED)).map(this::openUnified));
        for (Map.Entry<String, String> path : paths.byLabel().entrySet()) {
            String file = path.getValue() + "/tasks";
            if (!path.getKey().equals(CgroupPaths.UNIFIED)) {
                Optional<Fd> own = linux.files.openIfPresent(Fd.CWD, file, O_WRONLY);
                String other = now.getOrDefault(path.getKey(), path.getValue()) + "/tasks";
                tasks.put(own.isPresent() ? file : other, own.orElseGet(() -> linux.files.open(other, O_WRONLY)));
            }
        }
        return this;
    }

    public CgroupPaths paths() {
        return paths;
    }

    /** The cgroup2 directory for clone3(2) with CLONE_INTO_CGROUP. Borrowed: {@link #close} closes it. */
    public Optional<Fd> unified() {
        return unified;
    }

    /**
     * Moves the calling process, which has one thread, into the v1 cgroups but the one for {@link #joinLast}: in the child, before it
     * unshares its cgroup namespace. Closes what it no longer needs.
     *
     * <p>It writes 0 to {@code tasks}. A thread that moves itself needs no lock that waits for an RCU grace period, as any write
     * to {@code cgroup.procs} does (cgroup_procs_write_start in the kernel).
     *
     * @throws KernelException ENOSPC when a cpuset is empty
     */
    public void join() {
        tasks.forEach((file, fd) -> {
            if (!last.equals(Optional.of(file))) {
                join(file, fd);
                fd.close();
            }
        });
        unified.ifPresent(Fd::close);
    }

    private void join(String file, Fd fd) {
        try {
            linux.files.write(fd, MYSELF);
        } catch (KernelException e) {
            throw e.as("join " + file);
        }
    }

    /**
     * Moves the calling process into a v1 memory cgroup that has a limit, when all is mounted: what the init itself needs until then, and
     * what the kernel keeps for the mounts, is its creator's, and a limit holds no more than the program.
     *
     * @return whether there is one. Then the cgroup namespace has to be unshared again: the cgroups of that moment are its roots
     */
    public boolean joinLast() {
        if (last.isEmpty()) {
            return false;
        }
        try (Fd fd = tasks.get(last.get())) {
            join(last.get(), fd);
        }
        return true;
    }

    /**
     * Moves the calling process into the unified tree by {@code cgroup.procs}: the slow way, for a kernel whose clone3(2) knows no
     * CLONE_INTO_CGROUP (E2BIG before Linux 5.7).
     */
    public void joinUnified() {
        if (unified.isPresent()) {
            linux.files.writeText(unified.get(), "cgroup.procs", "0");
        }
    }

    /**
     * Writes the limits and the device rules of v2; from the parent, when the child has made what it must make unlimited.
     *
     * @throws KernelException with the property's name in front. What was written stays: the caller removes the cgroup
     */
    public void limit() {
        for (CgroupPlan.Place place : places) {
            for (Write write : place.writes()) {
                if (!write.isFirst()) {
                    limit(place, write);
                }
            }
            if (place.devices().isPresent()) {
                attach(place.directory(), place.devices().get());
            }
        }
    }

    private void limit(CgroupPlan.Place place, Write write) {
        try {
            CgroupDirectories.write(linux, place.directory(), write);
        } catch (KernelException e) {
            throw e.hint(Errno.EBUSY, "the container uses more already");
        }
    }

    private void attach(String directory, DeviceProgram devices) {
        try {
            DeviceFilter filter = new DeviceFilter(linux, unified.orElseThrow());
            if (directories.isFresh(directory)) {
                filter.attach(devices);
            } else {
                // One of an earlier container would go on deciding, too.
                filter.replace(Optional.of(devices));
            }
        } catch (KernelException e) {
            if (!CgroupDirectories.isDeniedToOrdinaryUser(linux, e)) {
                throw e.during("linux.resources.devices").hint(Errno.EPERM, "needs CAP_BPF, and before Linux 5.11 RLIMIT_MEMLOCK");
            }
        }
    }

    /** Whether each of its directories is there. */
    public boolean isWhole() {
        for (String path : paths.byLabel().values()) {
            if (linux.paths.statxIfPresent(Fd.CWD, path, 0).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    /** Whether any of its directories is there. */
    public boolean exists() {
        for (String path : paths.byLabel().values()) {
            if (linux.paths.statxIfPresent(Fd.CWD, path, 0).isPresent()) {
                return true;
            }
        }
        return false;
    }

    /**
     * Why these paths cannot be a container's, where a state file has been damaged: one is not of a cgroup file system, is the top of
     * one, or holds the calling process. To kill there, or to remove, would hit others.
     *
     * @return empty when they can be
     */
    public Optional<String> complaint() {
        return new CgroupEnd(linux, paths).complaint();
    }

    /** The processes in it and in cgroups below, by the pids that the caller sees. */
    public List<Integer> pids() {
        return new CgroupEnd(linux, paths).processes().map(CgroupTree::pids).orElse(List.of());
    }

    /** Whether its processes are stopped, or about to be. Without a freezer they never are. */
    public boolean isFrozen() {
        return CgroupTree.freezer(linux, paths).map(CgroupTree::isFrozen).orElse(false);
    }

    /**
     * Stops every process in it and below (freezer.state of v1, cgroup.freeze of v2) and returns when all stand still.
     *
     * @throws KernelException EOPNOTSUPP without a cgroup that has a freezer; ENOENT when the cgroup is not there; EBUSY when one process does not stop in a second, as one
     *     in uninterruptible sleep on v1: then all run again
     */
    public void freeze() {
        CgroupTree tree = CgroupTree.freezer(linux, paths).orElseThrow(() -> new KernelException("freeze", Errno.EOPNOTSUPP)
                .hint(Errno.EOPNOTSUPP, "the container has no cgroup of its own that has a freezer"));
        if (!tree.freeze()) {
            boolean hasFreezer = tree.isFrozen();
            tree.thaw();
            if (linux.paths.statxIfPresent(Fd.CWD, tree.directory(), 0).isEmpty()) {
                throw new KernelException("freeze " + tree.directory(), Errno.ENOENT).hint(Errno.ENOENT, "the cgroup is not there");
            }
            throw hasFreezer ? new KernelException("freeze " + tree.directory(), Errno.EBUSY)
                    : new KernelException("freeze " + tree.directory(), Errno.EOPNOTSUPP)
                            .hint(Errno.EOPNOTSUPP, "cgroup.freeze needs Linux 5.2");
        }
    }

    /** Lets the processes in it and below run again. */
    public void thaw() {
        CgroupTree.freezer(linux, paths).ifPresent(CgroupTree::thaw);
    }

    /**
     * Sends a signal to every process in it and below, none of which escapes by forking: SIGKILL by cgroup.kill where there is a
     * unified tree (Linux 5.14), else on a frozen cgroup. After SIGKILL it is thawed, so that all can die; else it is left as it was.
     */
    public void killAll(int signal) {
        new CgroupEnd(linux, paths).killAll(signal);
    }

    /**
     * Removes the cgroup with those below it that the container made, and those above it that {@link #make} on this object made and
     * nobody else uses. One that is frozen is thawed. Kills nobody: see {@link #killAll}.
     *
     * @throws KernelException EBUSY when a process is left after two seconds; the other hierarchies are removed all the same
     */
    public void remove() {
        close();
        new CgroupEnd(linux, paths).remove();
        directories.unmakeExcept(paths.byLabel().values());
    }

    /** Closes the descriptors. The cgroup stays. */
    @Override
    public void close() {
        unified.ifPresent(Fd::close);
        tasks.values().forEach(Fd::close);
    }
}
