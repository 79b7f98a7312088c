package io.carafe.runtime.init.namespace;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.spec.Config;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.linux.TimeOffset;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which namespaces a container gets; a kind that is in neither part is the caller's (config-linux.md, Namespaces).
 *
 * @param fresh made for it, as CLONE_NEW… bits
 * @param joined those of others, in the order of {@link NamespaceKind}, which is that of joining
 * @param maps of a fresh user namespace; of a joined one what the document expects of it
 * @param timeOffsets the lines for a fresh time namespace; empty for none
 * @see "namespaces(7), user_namespaces(7), pid_namespaces(7), time_namespaces(7)"
 */
public record NamespacesPlan(long fresh, List<Joined> joined, Optional<IdMaps> maps, String timeOffsets) {

    private static final long MAX_NANOS = 999_999_999L;

    /**
     * One to be joined.
     *
     * @param property {@code linux.namespaces[2].path}
     * @param changedBy a property that changes what is in it, so that it must not be the caller's own; empty for none
     */
    public record Joined(NamespaceKind kind, String path, String property, String changedBy) {
    }

    public NamespacesPlan {
        joined = List.copyOf(joined);
    }

    /** @throws SpecException for a kind that is there twice, a relative path, maps or offsets without a namespace for them */
    public static NamespacesPlan of(Config config, IdMaps.Caller caller) {
        Linux linux = config.linux().orElse(Linux.EMPTY);
        Set<NamespaceType> seen = EnumSet.noneOf(NamespaceType.class);
        long fresh = 0;
        List<Joined> joined = new ArrayList<>(0);
        for (int i = 0; i < linux.namespaces().size(); i++) {
            Namespace namespace = linux.namespaces().get(i);
            String property = "linux.namespaces[" + i + "]";
            if (!seen.add(namespace.type())) {
                throw new SpecException(property + ".type", "expected each type once, found " + namespace.type().text() + " again");
            }
            NamespaceKind kind = NamespaceKind.of(namespace.type());
            if (namespace.path().isEmpty()) {
                fresh |= kind.flag;
                continue;
            }
            if (!namespace.path().get().startsWith("/")) {
                throw new SpecException(property + ".path", "expected an absolute path, found \"" + namespace.path().get() + '"');
            }
            joined.add(new Joined(kind, namespace.path().get(), property + ".path", changedBy(kind, config, linux)));
        }
        joined.sort((one, other) -> one.kind().ordinal() - other.kind().ordinal());
        NamespacesPlan plan = new NamespacesPlan(fresh, joined, maps(linux, seen.contains(NamespaceType.USER),
                (fresh & ProcessFlags.CLONE_NEWUSER) != 0, caller), timeOffsets(linux, fresh));
        plan.refuseContradictions(config, caller);
        return plan;
    }

    private static boolean hasMaps(Linux linux) {
        return !linux.uidMappings().isEmpty() || !linux.gidMappings().isEmpty();
    }

    /** What of the document means nothing, a line each: maps without a user namespace, as in runc and crun. */
    public List<String> warnings(Linux linux) {
        return has(NamespaceKind.USER) || !hasMaps(linux) ? List.of()
                : List.of("linux.uidMappings, linux.gidMappings: linux.namespaces has no user namespace; going on without them");
    }

    private static Optional<IdMaps> maps(Linux linux, boolean userNamespace, boolean fresh, IdMaps.Caller caller) {
        boolean none = !hasMaps(linux);
        if (!userNamespace) {
            return Optional.empty();
        }
        return fresh || !none ? Optional.of(IdMaps.of("linux", linux.uidMappings(), linux.gidMappings(), caller)) : Optional.empty();
    }

    private static String timeOffsets(Linux linux, long fresh) {
        if (linux.timeOffsets().isEmpty()) {
            return "";
        }
        if ((fresh & ProcessFlags.CLONE_NEWTIME) == 0) {
            throw new SpecException("linux.timeOffsets", "expected a new time namespace in linux.namespaces: of another they cannot be set");
        }
        StringBuilder lines = new StringBuilder();
        for (Map.Entry<String, TimeOffset> entry : linux.timeOffsets().entrySet()) {
            String property = "linux.timeOffsets." + entry.getKey();
            if (!entry.getKey().equals("monotonic") && !entry.getKey().equals("boottime")) {
                throw new SpecException(property, "expected the clock monotonic or boottime");
            }
            if (entry.getValue().nanosecs() > MAX_NANOS) {
                throw new SpecException(property + ".nanosecs", "expected 0 to " + MAX_NANOS + ", found " + entry.getValue().nanosecs());
            }
            lines.append(entry.getKey()).append(' ').append(entry.getValue().secs()).append(' ').append(entry.getValue().nanosecs()).append('\n');
        }
        return lines.toString();
    }

    /** What of the document would change the caller's own, were that what is joined: an error then, and not only where the kind is absent. */
    private static String changedBy(NamespaceKind kind, Config config, Linux linux) {
        if (kind == NamespaceKind.UTS && (config.hostname().isPresent() || config.domainname().isPresent())) {
            return config.hostname().isPresent() ? "hostname" : "domainname";
        }
        for (String name : linux.sysctl().keySet()) {
            boolean net = name.startsWith("net.") || name.startsWith("net/");
            boolean uts = name.equals("kernel.domainname") || name.equals("kernel/domainname");
            boolean user = name.startsWith("user.") || name.startsWith("user/");
            if (kind == (net ? NamespaceKind.NETWORK : user ? NamespaceKind.USER : uts ? NamespaceKind.UTS : NamespaceKind.IPC)) {
                return "linux.sysctl[\"" + name + "\"]";
            }
        }
        return "";
    }

    private void refuseContradictions(Config config, IdMaps.Caller caller) {
        if (config.hostname().isPresent() && !has(NamespaceKind.UTS)) {
            throw new SpecException("hostname", "expected a uts namespace in linux.namespaces: it would change the host's name");
        }
        if (config.domainname().isPresent() && !has(NamespaceKind.UTS)) {
            throw new SpecException("domainname", "expected a uts namespace in linux.namespaces: it would change the host's name");
        }
        if (!caller.isRoot() && !has(NamespaceKind.USER)) {
            throw new SpecException("linux.namespaces", "expected a user namespace: an ordinary user can make no other without one");
        }
        if (isFresh(NamespaceKind.USER) && isJoined(NamespaceKind.MOUNT)) {
            throw new SpecException("linux.namespaces",
                    "a mount namespace of others cannot be joined with a user namespace of one's own: it would have no rights there");
        }
        requireMapped(config);
    }

    private void requireMapped(Config config) {
        if (maps.isEmpty() || config.process().isEmpty()) {
            return;
        }
        long uid = config.process().get().user().uid();
        long gid = config.process().get().user().gid();
        if (!maps.get().uids().maps(uid)) {
            throw new SpecException("process.user.uid", "expected an id of linux.uidMappings, found " + uid);
        }
        if (!maps.get().gids().maps(gid)) {
            throw new SpecException("process.user.gid", "expected an id of linux.gidMappings, found " + gid);
        }
    }

    public boolean isFresh(NamespaceKind kind) {
        return (fresh & kind.flag) != 0;
    }

    public boolean isJoined(NamespaceKind kind) {
        for (Joined one : joined) {
            if (one.kind() == kind) {
                return true;
            }
        }
        return false;
    }

    /** Whether it is another than the caller's. */
    public boolean has(NamespaceKind kind) {
        return isFresh(kind) || isJoined(kind);
    }

    /** All that are not the caller's, as CLONE_NEW… bits: what a further process joins. */
    public long all() {
        return fresh | joinedFlags();
    }

    /** Those that were there before, likewise. */
    public long joinedFlags() {
        long flags = 0;
        for (Joined one : joined) {
            flags |= one.kind().flag;
        }
        return flags;
    }

    /**
     * Whether somebody has to go before the init: who joins a pid namespace is not in it, only its children are; offsets can be
     * written until the first process is there; and to make namespaces that a joined user namespace owns, one must be in that.
     * With a fresh one, what is joined must be joined while the caller's rights are there.
     */
    public boolean needsIntermediate() {
        return isJoined(NamespaceKind.PID) || isJoined(NamespaceKind.USER) || !timeOffsets.isEmpty()
                || isFresh(NamespaceKind.USER) && !joined.isEmpty();
    }

    /**
     * Whether the init is cloned when all is mounted: in a pid namespace of others, who may look at it, and who could go through its root
     * and its descriptors to the host.
     */
    public boolean isClonedLast() {
        return isJoined(NamespaceKind.PID);
    }

    /** What clone3(2) is to make when the init is cloned: an init that is cloned last has its namespaces from the intermediate process. */
    public long cloneFlags() {
        return isClonedLast() ? 0 : freshAtClone();
    }

    /** The cgroup namespace is made later, when the cgroups are joined. */
    long freshAtClone() {
        long flags = fresh & ~ProcessFlags.CLONE_NEWCGROUP;
        return needsIntermediate() ? flags & ~(ProcessFlags.CLONE_NEWUSER | ProcessFlags.CLONE_NEWTIME) : flags;
    }
}
