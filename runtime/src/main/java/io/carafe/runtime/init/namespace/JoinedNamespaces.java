package io.carafe.runtime.init.namespace;

import static io.carafe.linux.abi.FileFlags.NSFS_MAGIC;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.init.namespace.NamespacesPlan.Joined;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The namespaces of others that a container joins, held open: opened by the parent, in the caller's mount namespace, before there
 * is a child; joined by whoever the plan says.
 */
public final class JoinedNamespaces implements AutoCloseable {

    private static final String RIGHTS = "it needs CAP_SYS_ADMIN in the user namespace that owns it, and in one's own (setns(2))";

    private final Linux linux;
    private final List<Opened> opened = new ArrayList<>(0);
    /** That of pids, where it is joined last; else null. */
    private Opened pids;

    private record Opened(Joined joined, Fd file) {
    }

    private JoinedNamespaces(Linux linux) {
        this.linux = linux;
    }

    /**
     * Opens all of a plan; makes no call for a plan that joins none.
     *
     * @throws KernelException ENOENT and the like of open(2)
     * @throws SpecException for a file that is no namespace, or one of another type
     */
    public static JoinedNamespaces open(Linux linux, NamespacesPlan plan) {
        JoinedNamespaces namespaces = new JoinedNamespaces(linux);
        try {
            for (Joined joined : plan.joined()) {
                namespaces.add(joined);
            }
            namespaces.pids = namespaces.pidsThatCanWait(plan);
            return namespaces;
        } catch (KernelException | SpecException e) {
            namespaces.close();
            throw e;
        }
    }

    private void add(Joined joined) {
        Fd file;
        try {
            file = linux.files.open(joined.path(), O_RDONLY | O_NONBLOCK); // a FIFO would block
        } catch (KernelException e) {
            throw e.during(joined.property());
        }
        opened.add(new Opened(joined, file));
        requireType(joined, file);
        boolean isOwn = joined.kind() == NamespaceKind.USER || !joined.changedBy().isEmpty() ? isOwn(joined, file) : false;
        if (isOwn && !joined.changedBy().isEmpty()) {
            throw new SpecException(joined.property(), "it is the caller's own " + joined.kind().text() + " namespace, which "
                    + joined.changedBy() + " would change");
        }
        if (isOwn) {
            // To join the user namespace that one is in is EINVAL (setns(2)), and is done.
            opened.remove(opened.size() - 1).file().close();
        }
    }

    private void requireType(Joined joined, Fd file) {
        String expected = "expected a " + joined.kind().text() + " namespace, found " + joined.path() + ", which is ";
        if (linux.files.fstatfs(file).type() != NSFS_MAGIC) {
            throw new SpecException(joined.property(), expected + "none");
        }
        long type = linux.namespaces.typeOf(file);
        if (type != joined.kind().flag) {
            throw new SpecException(joined.property(), expected + "a " + NamespaceKind.nameOf(type) + " namespace");
        }
    }

    private boolean isOwn(Joined joined, Fd file) {
        return linux.files.fstat(file).isSameFile(linux.paths.statx(Fd.CWD, joined.kind().ownFile(), 0));
    }

    /**
     * Joins all that there are, or those that are left, but for the mount namespace, and for that of pids where it can wait; the user
     * namespace when the caller's rights have served for what they can: each of the others may be owned by the one or by the other.
     */
    void join() {
        List<Opened> refused = new ArrayList<>(0);
        Opened user = null;
        for (Opened one : opened) {
            if (one.joined().kind() == NamespaceKind.USER) {
                user = one;
            } else if (one.joined().kind() != NamespaceKind.MOUNT && one != pids && !tryJoin(one)) {
                refused.add(one);
            }
        }
        if (user != null) {
            join(user);
        }
        refused.forEach(this::join);
    }

    /**
     * With no user namespace to enter, the caller's rights last. With one they end there, so the pid namespace must be owned by it.
     */
    private Opened pidsThatCanWait(NamespacesPlan plan) {
        Opened user = opened(NamespaceKind.USER);
        Opened pid = opened(NamespaceKind.PID);
        if (pid == null || plan.isFresh(NamespaceKind.USER) || user != null && !isOwner(user.file(), pid.file())) {
            return null;
        }
        return pid;
    }

    private boolean isOwner(Fd user, Fd other) {
        try (Fd owner = linux.namespaces.ownerOf(other)) {
            return linux.files.fstat(owner).isSameFile(linux.files.fstat(user));
        }
    }

    private Opened opened(NamespaceKind kind) {
        for (Opened one : opened) {
            if (one.joined().kind() == kind) {
                return one;
            }
        }
        return null;
    }

    /** The pid namespace that {@link #joinPids} joins; empty where it is joined with the others, or none is. Borrowed. */
    public Optional<Fd> pids() {
        return Optional.ofNullable(pids).map(Opened::file);
    }

    /** Last of all: from here on every child is cloned in it. */
    public void joinPids() {
        if (pids != null) {
            join(pids);
        }
    }

    /** For a container whose init joins by itself, as root of the caller's user namespace. */
    public void joinAllButMount() {
        if (!opened.isEmpty()) {
            join();
        }
    }

    /** Last of all: from here on paths are those of that namespace. */
    public void joinMount() {
        for (Opened one : opened) {
            if (one.joined().kind() == NamespaceKind.MOUNT) {
                join(one);
            }
        }
    }

    private boolean tryJoin(Opened one) {
        try {
            linux.namespaces.setns(one.file(), one.joined().kind().flag);
            return true;
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) {
                throw told(one, e);
            }
            return false;
        }
    }

    private void join(Opened one) {
        try {
            linux.namespaces.setns(one.file(), one.joined().kind().flag);
        } catch (KernelException e) {
            throw told(one, e);
        }
    }

    private static KernelException told(Opened one, KernelException e) {
        KernelException named = e.as(one.joined().property() + ": join the " + one.joined().kind().text() + " namespace "
                + one.joined().path()).hint(Errno.EPERM, RIGHTS);
        return one.joined().kind() != NamespaceKind.PID ? named
                : named.hint(Errno.EINVAL, "it must be the caller's own or one below it (pid_namespaces(7))");
    }

    /** The descriptor of a joined user namespace, for mounts that take its maps. The caller owns the result. */
    Fd duplicateUser() {
        Opened user = opened(NamespaceKind.USER);
        if (user != null) {
            return linux.files.duplicate(user.file());
        }
        throw new KernelException("map the ids of a mount", Errno.EINVAL).hint(Errno.EINVAL, "the user namespace is the caller's own");
    }

    @Override
    public void close() {
        opened.forEach(one -> one.file().close());
        opened.clear();
    }

    /**
     * Joins namespaces of a running process, all at once by a pidfd (Linux 5.8), or one after the other.
     *
     * @param process a pidfd; borrowed
     * @param flags CLONE_NEW…
     * @throws KernelException of setns(2); ESRCH: the process has gone
     */
    public static void joinOf(Linux linux, Fd process, long flags) {
        if (process.process().isEmpty()) {
            try {
                linux.namespaces.setns(process, flags);
                return;
            } catch (KernelException e) {
                if (!e.is(Errno.EINVAL)) {
                    throw e;
                }
            }
        }
        joinByFiles(linux, process, flags); // until the floor is Linux 5.8
    }

    /** All are open before the first is joined: behind it, /proc may be another's. */
    private static void joinByFiles(Linux linux, Fd process, long flags) {
        Map<NamespaceKind, Fd> files = new EnumMap<>(NamespaceKind.class);
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> files.values().forEach(Fd::close));
            int pid = linux.processes.pid(process);
            for (NamespaceKind kind : NamespaceKind.values()) { // the user namespace first: it gives the right to join the others
                if ((flags & kind.flag) != 0) {
                    files.put(kind, linux.files.open(kind.fileOf(pid), O_RDONLY));
                }
            }
            linux.processes.sendSignal(process, 0); // it has not been reaped: no other process had its pid meanwhile
            files.forEach((kind, file) -> linux.namespaces.setns(file, kind.flag));
            files.values().forEach(Fd::close);
            undo.keep();
        }
    }
}
