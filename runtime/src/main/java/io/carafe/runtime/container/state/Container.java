package io.carafe.runtime.container.state;

import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessStat;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.init.StartSocket;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.state.Status;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.RecordTable;
import java.util.Map;
import java.util.Optional;

/** A container that there is: what was saved of it, and what it is now. */
public record Container(ContainerState state, Status status) {

    /** What `state` and `list` print, with runc's keys in runc's order. */
    record Printed(String ociVersion, String id, int pid, String status, String bundle, String rootfs, String created,
            Map<String, String> annotations, String owner) {
    }

    private static final RecordTable<Printed> PRINTED = RecordTable.of(
            row -> new Printed(row.next(), row.next(), row.<Integer>next(), row.next(), row.next(), row.next(), row.next(), row.next(),
                    row.next()),
            required("ociVersion", TEXT, Printed::ociVersion),
            required("id", TEXT, Printed::id),
            required("pid", IntType.range(0, Integer.MAX_VALUE), Printed::pid),
            required("status", TEXT, Printed::status),
            required("bundle", TEXT, Printed::bundle),
            required("rootfs", TEXT, Printed::rootfs),
            required("created", TEXT, Printed::created),
            map("annotations", TEXT, Printed::annotations),
            required("owner", TEXT, Printed::owner));

    private static final int UNSETTLED_ROUNDS = 5;
    private static final long UNSETTLED_MILLIS = 10;
    private static final long ENDING_MILLIS = 100;

    /** Reads a container's state. @throws ContainerException when there is none of that id */
    public static Container load(Linux linux, String root, String id) {
        try (StateDir dir = StateDir.find(linux, root, id).orElseThrow(() -> absent(id))) {
            return of(linux, dir);
        }
    }

    /**
     * Reads a container's state for a list, where others come and go.
     *
     * @return empty for one that is just being created or deleted
     * @throws ContainerException for what is no container, and for one whose creation was cut off
     */
    public static Optional<Container> loadSettled(Linux linux, String root, String id) {
        Optional<StateDir> found = StateDir.find(linux, root, id);
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try (StateDir dir = found.get()) {
            return settled(linux, dir).isEmpty() && dir.isUnsettled() ? Optional.empty() : Optional.of(of(linux, dir));
        }
    }

    /** The state, which a creator between its mkdir(2) and its lock, and a deleter between its last unlink(2) and its rmdir(2), has not. */
    private static Optional<ContainerState> settled(Linux linux, StateDir dir) {
        Optional<ContainerState> state = dir.load();
        for (int round = 0; state.isEmpty() && round < UNSETTLED_ROUNDS && !dir.isUnsettled(); round++) {
            linux.polling.readable(UNSETTLED_MILLIS);
            state = dir.load();
        }
        return state;
    }

    public static ContainerException absent(String id) {
        return new ContainerException("container \"" + id + "\" does not exist");
    }

    /** @throws ContainerException when its creator died before anything was saved: only `delete --force` is left to do */
    public static Container of(Linux linux, StateDir dir) {
        ContainerState state = settled(linux, dir).orElseThrow(() -> dir.isDeleted() ? absent(dir.id()) : new ContainerException("container \"" + dir.id()
                + "\" has no state: " + (dir.isUnsettled() ? "it is being created or deleted"
                        : "its creation has just begun, or was cut off (delete --force removes it)")));
        return new Container(state, status(linux, dir, state));
    }

    private static Status status(Linux linux, StateDir dir, ContainerState state) {
        boolean alive = state.pid() != 0 && isAlive(linux, state);
        if (!alive && state.pid() != 0) {
            return Status.STOPPED;
        }
        // The creator has the lock: the init may be there already, and even listen, but it is not ready.
        if (dir.isBeingCreated()) {
            return Status.CREATING;
        }
        if (!alive) {
            return Status.STOPPED;
        }
        // Also of one that waits for its start: who connects to a frozen init would wait, too.
        return Cgroup.of(linux, new CgroupPaths(state.cgroups())).isFrozen() ? Status.PAUSED
                : StartSocket.isIn(linux, dir.fd()) ? Status.CREATED : Status.RUNNING;
    }

    private static boolean isAlive(Linux linux, ContainerState state) {
        Optional<ProcessStat> stat = linux.files.readIfPresent(Fd.CWD, "/proc/" + state.pid() + "/stat").map(ProcessStat::parse);
        return stat.isPresent() && stat.get().isAlive() && stat.get().startTime() == state.startTime();
    }

    /** A pidfd of the init. @return empty when it has died */
    public Optional<Fd> init(Linux linux) {
        if (state.pid() == 0) {
            return Optional.empty();
        }
        Optional<Fd> pidfd = linux.processes.pidfdIfAlive(state.pid());
        // After opening: only now can the pid not be given to another process any more.
        if (pidfd.isPresent() && !isAlive(linux, state)) {
            pidfd.get().close();
            return Optional.empty();
        }
        return pidfd;
    }

    /**
     * Its cgroup, as it was made, to do something with all that is in it.
     *
     * @throws ContainerException when the state names what can be no cgroup of the container
     */
    public Cgroup cgroup(Linux linux) {
        Cgroup cgroup = Cgroup.of(linux, new CgroupPaths(state.cgroups()));
        cgroup.complaint().ifPresent(complaint -> {
            throw ContainerException.damaged(state.id(), complaint);
        });
        return cgroup;
    }

    /**
     * Does something with a container that lives.
     *
     * @throws ContainerException {@code container not running} for any failure, when it has ended meanwhile: whose cgroup or process has
     *     gone is no news then
     */
    public void whileItLives(Linux linux, Runnable action) {
        try {
            action.run();
        } catch (KernelException | SpecException e) {
            throw isEnding(linux) ? new ContainerException("container not running: it has ended meanwhile") : e;
        }
    }

    /** Whether its init has ended, or is about to: a process that was killed has no namespaces any more before it is a zombie. */
    public boolean isEnding(Linux linux) {
        Optional<Fd> init = init(linux);
        if (init.isEmpty()) {
            return true;
        }
        try (Fd pidfd = init.get()) {
            return linux.polling.readable(ENDING_MILLIS, pidfd)[0] != 0;
        }
    }

    /** The init's pid as the host sees it; 0 when it has ended. */
    public int pid() {
        return status == Status.STOPPED ? 0 : state.pid();
    }

    /** As `state` prints it: with tabs, a line per value. */
    public byte[] json(String owner) {
        return PRINTED.pretty(printed(owner));
    }

    /** As an element of `list -f json`. */
    public byte[] compactJson(String owner) {
        return PRINTED.compact(printed(owner));
    }

    private Printed printed(String owner) {
        return new Printed(state.ociVersion(), state.id(), pid(), status.text(), state.bundle(),
                state.rootfs(), state.created(), state.annotations(), owner);
    }
}
