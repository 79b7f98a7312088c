package io.carafe.runtime.container;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.cgroup.CgroupPlan;
import io.carafe.runtime.init.IdMaps;
import io.carafe.runtime.init.InitPlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.rootfs.CgroupHierarchy;
import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.Config;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.OciVersion;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.Namespace;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Process;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/**
 * All decisions of a create, in one value that can be printed, compared and tested on any machine.
 */
public record ContainerPlan(InitPlan init, CgroupPlan cgroup) {

    private static final long ALL_CAPABILITIES = -1;

    /**
     * Decides.
     *
     * @param id of the container: its cgroup's name where the document gives none
     * @throws SpecException the first complaint about the document
     */
    public static ContainerPlan of(Bundle bundle, String id, Host host) {
        Config config = bundle.config();
        Process process = config.process().orElseThrow(() -> new SpecException("process", "required, and not there"));
        Linux linux = config.linux().orElseThrow(() -> new SpecException("linux", "required, and not there"));
        Unsupported.refuse(config);
        Set<NamespaceType> namespaces = namespaces(linux);
        refuseContradictions(config, linux, namespaces, host);
        boolean userNamespace = namespaces.contains(NamespaceType.USER);
        ProcessPlan processPlan = ProcessPlan.of(process, userNamespace ? ALL_CAPABILITIES : host.capabilities(), "process");
        CgroupPlan cgroup = CgroupPlan.of(linux.cgroupsPath(), linux.resources(), id, host.hierarchies());
        RootfsPlan rootfs = RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.path()), hierarchies(cgroup)));
        InitPlan init = new InitPlan(cloneFlags(namespaces), namespaces.contains(NamespaceType.CGROUP), idMaps(linux, userNamespace, host),
                namespaces.contains(NamespaceType.NETWORK), config.hostname(), config.domainname(), rootfs, processPlan, hooks(config),
                new State(OciVersion.CURRENT, id, Status.CREATING, OptionalInt.empty(), bundle.path(), config.annotations()));
        return new ContainerPlan(init, cgroup);
    }

    /** config.md, POSIX-platform Hooks: the path MUST be absolute. */
    private static Hooks hooks(Config config) {
        Hooks hooks = config.hooks().orElse(Hooks.NONE);
        requireAbsolute("prestart", hooks.prestart());
        requireAbsolute("createRuntime", hooks.createRuntime());
        requireAbsolute("createContainer", hooks.createContainer());
        requireAbsolute("startContainer", hooks.startContainer());
        requireAbsolute("poststart", hooks.poststart());
        requireAbsolute("poststop", hooks.poststop());
        return hooks;
    }

    private static void requireAbsolute(String kind, List<Hook> hooks) {
        for (int i = 0; i < hooks.size(); i++) {
            if (!hooks.get(i).path().startsWith("/")) {
                throw new SpecException("hooks." + kind + "[" + i + "].path", "expected an absolute path, found \"" + hooks.get(i).path()
                        + '"');
            }
        }
    }

    private static List<CgroupHierarchy> hierarchies(CgroupPlan cgroup) {
        List<CgroupHierarchy> hierarchies = new ArrayList<>();
        for (CgroupPlan.View view : cgroup.views()) {
            hierarchies.add(new CgroupHierarchy(view.controllers(), new HostPath(view.mountPoint()), new HostPath(view.directory())));
        }
        return hierarchies;
    }

    private static Set<NamespaceType> namespaces(Linux linux) {
        Set<NamespaceType> types = EnumSet.noneOf(NamespaceType.class);
        for (int i = 0; i < linux.namespaces().size(); i++) {
            Namespace namespace = linux.namespaces().get(i);
            if (!types.add(namespace.type())) {
                throw new SpecException("linux.namespaces[" + i + "].type", "expected each type once, found " + namespace.type().text()
                        + " again");
            }
        }
        return types;
    }

    private static void refuseContradictions(Config config, Linux linux, Set<NamespaceType> namespaces, Host host) {
        if (config.hostname().isPresent() && !namespaces.contains(NamespaceType.UTS)) {
            throw new SpecException("hostname", "expected a uts namespace in linux.namespaces: it would change the host's name");
        }
        if (config.domainname().isPresent() && !namespaces.contains(NamespaceType.UTS)) {
            throw new SpecException("domainname", "expected a uts namespace in linux.namespaces: it would change the host's name");
        }
        boolean userNamespace = namespaces.contains(NamespaceType.USER);
        if (host.isRootless() && !userNamespace) {
            throw new SpecException("linux.namespaces", "expected a user namespace: an ordinary user can make no other without one");
        }
        if (userNamespace && (linux.uidMappings().isEmpty() || linux.gidMappings().isEmpty())) {
            throw new SpecException(linux.uidMappings().isEmpty() ? "linux.uidMappings" : "linux.gidMappings",
                    "expected at least one mapping for the user namespace, found none");
        }
        if (!userNamespace && !(linux.uidMappings().isEmpty() && linux.gidMappings().isEmpty())) {
            throw new SpecException("linux.namespaces", "expected a user namespace for linux.uidMappings and linux.gidMappings");
        }
    }

    /** A row a namespace; the cgroup namespace is made later (see {@link InitPlan}). */
    private static long cloneFlags(Set<NamespaceType> namespaces) {
        long flags = 0;
        for (NamespaceType type : namespaces) {
            flags |= switch (type) {
                case PID -> ProcessFlags.CLONE_NEWPID;
                case NETWORK -> ProcessFlags.CLONE_NEWNET;
                case MOUNT -> ProcessFlags.CLONE_NEWNS;
                case IPC -> ProcessFlags.CLONE_NEWIPC;
                case UTS -> ProcessFlags.CLONE_NEWUTS;
                case USER -> ProcessFlags.CLONE_NEWUSER;
                case CGROUP -> 0;
                case TIME -> throw new SpecException("linux.namespaces", "a time namespace is not supported yet by this version of carafe");
            };
        }
        return flags;
    }

    private static Optional<IdMaps> idMaps(Linux linux, boolean userNamespace, Host host) {
        return userNamespace ? Optional.of(new IdMaps(linux.uidMappings(), linux.gidMappings(), host.isRootless())) : Optional.empty();
    }
}
