package io.carafe.runtime.container.state;

import static io.carafe.spec.table.Property.defaulted;
import static io.carafe.spec.table.Property.list;
import static io.carafe.spec.table.Property.map;
import static io.carafe.spec.table.Property.optional;
import static io.carafe.spec.table.Property.required;
import static io.carafe.spec.table.TextType.TEXT;

import io.carafe.spec.Hooks;
import io.carafe.spec.OciVersion;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.codec.ProcessJson;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.Personality;
import io.carafe.spec.process.Process;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import io.carafe.spec.table.IntType;
import io.carafe.spec.table.LongType;
import io.carafe.spec.table.RecordTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The file {@code state.json} of a container.
 *
 * @param pid of the init as the host sees it; 0 while it does not exist yet
 * @param startTime of the init, in clock ticks since boot (/proc/PID/stat, field 22), so that a later process with its pid is not
 *     taken for it
 * @param created as RFC 3339
 * @param owner uid of who created it
 * @param cgroups the cgroup's directory in each hierarchy, by the hierarchy's label
 * @param namespaces its own, as CLONE_NEW… bits: what a further process joins
 * @param joined those of them that were there before it, likewise
 * @param hooks the document's, as it was at create: start and delete run some of them
 * @param process the document's, without its args, once there is an init: what exec changes by its flags, and takes over
 * @param seccomp the filter that exec loads, too
 * @param memoryPolicy of all the container's processes, as the two that follow
 * @param keyring the name of their session keyring; empty where they have the caller's
 * @param resctrl the directories of the resctrl groups that they are in
 * @param resctrlOwn those that are removed with the container
 * @param scope the unit of systemd that its cgroup is; empty where carafe made it
 */
public record ContainerState(String ociVersion, String id, int pid, long startTime, String bundle, String rootfs, String created,
        Map<String, String> annotations, long owner, Map<String, String> cgroups, long namespaces, long joined, Hooks hooks,
        Optional<Process> process, Optional<SavedFilter> seccomp, Optional<MemoryPolicy> memoryPolicy, Optional<Personality> personality,
        Optional<String> keyring, List<String> resctrl, List<String> resctrlOwn, Optional<String> scope) {

    static final RecordTable<ContainerState> TABLE = RecordTable.of(
            row -> new ContainerState(row.next(), row.next(), row.<Integer>next(), row.<Long>next(), row.next(), row.next(), row.next(),
                    row.next(), row.<Long>next(), row.next(), row.<Long>next(), row.<Long>next(), row.next(), row.next(), row.next(), row.next(),
                    row.next(), row.next(), row.next(), row.next(), row.next()),
            required("ociVersion", TEXT, ContainerState::ociVersion),
            required("id", TEXT, ContainerState::id),
            required("pid", IntType.range(0, Integer.MAX_VALUE), ContainerState::pid),
            required("startTime", LongType.INT64, ContainerState::startTime),
            required("bundle", TEXT, ContainerState::bundle),
            required("rootfs", TEXT, ContainerState::rootfs),
            required("created", TEXT, ContainerState::created),
            map("annotations", TEXT, ContainerState::annotations),
            required("owner", LongType.ID, ContainerState::owner),
            map("cgroups", TEXT, ContainerState::cgroups),
            required("namespaces", LongType.INT64, ContainerState::namespaces),
            defaulted("joined", LongType.INT64, 0L, ContainerState::joined),
            defaulted("hooks", ConfigJson.HOOKS, Hooks.NONE, ContainerState::hooks),
            optional("process", ProcessJson.PROCESS, ContainerState::process),
            optional("seccomp", SavedFilter.TABLE, ContainerState::seccomp),
            optional("memoryPolicy", ConfigJson.MEMORY_POLICY, ContainerState::memoryPolicy),
            optional("personality", ConfigJson.PERSONALITY, ContainerState::personality),
            optional("keyring", TEXT, ContainerState::keyring),
            list("resctrl", TEXT, ContainerState::resctrl),
            list("resctrlOwn", TEXT, ContainerState::resctrlOwn),
            optional("systemdScope", TEXT, ContainerState::scope));

    /** The same container with no cgroup that is known. */
    public ContainerState withoutCgroups() {
        return new ContainerState(ociVersion, id, pid, startTime, bundle, rootfs, created, annotations, owner, Map.of(), namespaces, joined, hooks,
                process, seccomp, memoryPolicy, personality, keyring, resctrl, resctrlOwn, scope);
    }

    /**
     * The same, if it can be what carafe saved of a container.
     *
     * @throws SpecException for the state of another container; and with pid 1, which is never one's init as its creator sees it
     */
    ContainerState plausibleFor(String expected) {
        if (!id.equals(expected)) {
            throw new SpecException("id", "expected \"" + expected + "\", found \"" + id + '"');
        }
        if (pid == 1) {
            throw new SpecException("pid", "expected 0, or the pid of a container's init, found 1");
        }
        return this;
    }

    /** The same container with its init there, and with what only exec asks for. */
    public ContainerState withInit(int pid, long startTime, Process process, Optional<SavedFilter> seccomp) {
        return new ContainerState(ociVersion, id, pid, startTime, bundle, rootfs, created, annotations, owner, cgroups, namespaces, joined, hooks,
                Optional.of(process.withArgs(List.of())), seccomp, memoryPolicy, personality, keyring, resctrl, resctrlOwn, scope);
    }

    /** The same container by the process that its init has come to be. */
    public ContainerState withPid(int pid, long startTime) {
        return new ContainerState(ociVersion, id, pid, startTime, bundle, rootfs, created, annotations, owner, cgroups, namespaces, joined, hooks,
                process, seccomp, memoryPolicy, personality, keyring, resctrl, resctrlOwn, scope);
    }

    /** The same container with namespaces that it got without asking for them. */
    public ContainerState withNamespaces(long more) {
        return new ContainerState(ociVersion, id, pid, startTime, bundle, rootfs, created, annotations, owner, cgroups, namespaces | more, joined, hooks,
                process, seccomp, memoryPolicy, personality, keyring, resctrl, resctrlOwn, scope);
    }

    /** The same container in groups of resctrl that it got while it ran. */
    public ContainerState withResctrl(List<String> groups, List<String> own) {
        return new ContainerState(ociVersion, id, pid, startTime, bundle, rootfs, created, annotations, owner, cgroups, namespaces, joined, hooks,
                process, seccomp, memoryPolicy, personality, keyring, groups, own, scope);
    }

    /** What hooks and the specification know of it. @param status of the moment */
    public State forHooks(Status status) {
        return new State(OciVersion.CURRENT, id, status, pid == 0 ? OptionalInt.empty() : OptionalInt.of(pid), bundle, annotations);
    }
}
