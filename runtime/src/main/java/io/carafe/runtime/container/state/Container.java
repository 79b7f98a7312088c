package io.carafe.runtime.container.state;

import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.proc.ProcessStat;
import io.carafe.runtime.cgroup.Cgroup;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.runtime.init.StartSocket;
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

    /** Reads a container's state. @throws ContainerException when there is none of that id */
    public static Container load(Linux linux, String root, String id) {
        try (StateDir dir = StateDir.find(linux, root, id).orElseThrow(() -> absent(id))) {
            return of(linux, dir);
        }
    }

    public static ContainerException absent(String id) {
        return new ContainerException("container \"" + id + "\" does not exist");
    }

    /** @throws ContainerException when its creator died before anything was saved: only `delete --force` is left to do */
    public static Container of(Linux linux, StateDir dir) {
        ContainerState state = dir.load().orElseThrow(() -> new ContainerException("container \"" + dir.id()
                + "\" has no state: its creation has just begun, or was cut off (delete --force removes it)"));
        return new Container(state, status(linux, dir, state));
    }

    private static Status status(Linux linux, StateDir dir, ContainerState state) {
        boolean alive = state.pid() != 0 && isAlive(linux, state);
        if (!alive && state.pid() != 0) {
            return Status.STOPPED;
        }
        // The creator's lock: the init may be there already, and even listen, but it is not ready.
        if (dir.isLockedByAnother()) {
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

    /** Its cgroup, as it was made. */
    public Cgroup cgroup(Linux linux) {
        return Cgroup.of(linux, new CgroupPaths(state.cgroups()));
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
