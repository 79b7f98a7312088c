package io.carafe.runtime.container;

import io.carafe.linux.abi.Arch;
import io.carafe.runtime.cgroup.CgroupPlan;
import io.carafe.runtime.cgroup.resctrl.ResctrlPlan;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.init.InitPlan;
import io.carafe.runtime.init.attribute.AttributesPlan;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.init.namespace.NamespaceKind;
import io.carafe.runtime.init.namespace.NamespacesPlan;
import io.carafe.runtime.init.netdevice.NetDevicesPlan;
import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.process.label.SessionKeyring;
import io.carafe.runtime.rootfs.CgroupHierarchy;
import io.carafe.runtime.rootfs.RootfsPlan;
import io.carafe.runtime.rootfs.mount.MountOption;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.runtime.seccomp.SeccompPlan;
import io.carafe.spec.Config;
import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import io.carafe.spec.Mount;
import io.carafe.spec.OciVersion;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.process.Process;
import io.carafe.spec.state.State;
import io.carafe.spec.state.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * All decisions of a create, in one value that can be printed, compared and tested on any machine.
 *
 * @param scope where systemd makes the cgroup
 */
public record ContainerPlan(InitPlan init, CgroupPlan cgroup, Optional<ScopePlan> scope, Optional<ResctrlPlan> resctrl) {

    private static final long ALL_CAPABILITIES = -1;

    /**
     * Decides.
     *
     * @param id of the container: its cgroup's name where the document gives none
     * @param noPivot whether the root is moved to its place and entered by chroot(2), for callers whose root cannot be pivoted
     * @param newKeyring whether it gets a session keyring of its own
     * @throws SpecException the first complaint about the document
     */
    public static ContainerPlan of(Bundle bundle, String id, Host host, boolean noPivot, boolean newKeyring) {
        Config config = bundle.config();
        Process process = bundle.process();
        Linux linux = config.linux().orElseThrow(() -> new SpecException("linux", "required, and not there"));
        NamespacesPlan namespaces = NamespacesPlan.of(config, host.caller());
        requireRanges(config.mounts(), host.caller());
        if (linux.mountLabel().isPresent() && !host.securityModules().selinux()) {
            throw new SpecException("linux.mountLabel", "SELinux is not enabled on this machine");
        }
        boolean userNamespace = namespaces.has(NamespaceKind.USER);
        ProcessPlan processPlan = BehaviourAnnotation.withGroups(
                ProcessPlan.of(process, userNamespace ? ALL_CAPABILITIES : host.capabilities(), "process"), config.annotations(), host.trust());
        AttributesPlan attributes = AttributesPlan.of(process, new AttributesPlan.OfContainer(linux.memoryPolicy(), linux.personality(),
                newKeyring ? Optional.of(SessionKeyring.name(id)) : Optional.empty()), host.securityModules(),
                userNamespace && !host.isRootless(), "process");
        Optional<ScopePlan> scope = host.systemd().map(systemd -> ScopePlan.of(linux.cgroupsPath(), id, systemd));
        CgroupPlan cgroup = cgroup(config, linux, scope.map(ScopePlan::path).or(linux::cgroupsPath), id, host, namespaces);
        RootfsPlan rootfs = RootfsPlan.of(config, new RootfsPlan.Host(new HostPath(bundle.path()), hierarchies(cgroup), noPivot,
                BehaviourAnnotation.mountContextType(config.annotations())));
        InitPlan init = new InitPlan(namespaces, config.hostname(), config.domainname(),
                NetDevicesPlan.of(linux, host.isRootless()), rootfs, processPlan, attributes,
                linux.seccomp().map(profile -> SeccompPlan.of(profile, Arch.HERE,
                        BehaviourAnnotation.SECCOMP_FAIL_UNKNOWN_SYSCALL.isOn(config.annotations()))), hooks(config),
                new State(OciVersion.CURRENT, id, Status.CREATING, OptionalInt.empty(), bundle.path(), config.annotations()));
        return new ContainerPlan(init, cgroup,
                scope.map(where -> where.with(cgroup.controls(), BehaviourAnnotation.trusted(config.annotations(), host.trust()), id,
                        host.systemd().orElseThrow())),
                linux.intelRdt().map(asked -> ResctrlPlan.of(asked, id, host.resctrl())));
    }

    private static boolean copiesUp(List<Mount> mounts) {
        for (Mount mount : mounts) {
            if (mount.options().contains(MountOption.TMPCOPYUP.text())) {
                return true;
            }
        }
        return false;
    }

    /** Of a user namespace that is joined the maps are not known. */
    private static OptionalLong onHost(long uid, NamespacesPlan namespaces) {
        return !namespaces.has(NamespaceKind.USER) ? OptionalLong.of(uid)
                : namespaces.maps().map(maps -> maps.uids().onHost(uid)).orElse(OptionalLong.empty());
    }

    private static CgroupPlan cgroup(Config config, Linux linux, Optional<String> path, String id, Host host, NamespacesPlan namespaces) {
        if (host.withoutCgroups()) {
            return CgroupPlan.disabled(linux.resources(), host.hierarchies());
        }
        long uid = config.process().orElseThrow().user().uid();
        CgroupPlan plan = CgroupPlan.of(path, linux.resources(), id, host.hierarchies())
                .delegated(config.mounts(), namespaces.isFresh(NamespaceKind.CGROUP), onHost(uid, namespaces), host.uid(), host.hierarchies());
        plan = host.requiresCgroups() ? plan.required() : plan;
        return copiesUp(config.mounts()) ? plan.joinedAtOnce() : plan;
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
            hierarchies.add(new CgroupHierarchy(view.controllers(), new HostPath(view.mountPoint()), new HostPath(view.directory()),
                    new HostPath(view.callers())));
        }
        return hierarchies;
    }

    /** Of mounts with id maps, as of a user namespace: it is one that holds them. */
    private static void requireRanges(List<Mount> mounts, IdMaps.Caller caller) {
        for (int i = 0; i < mounts.size(); i++) {
            Mount mount = mounts.get(i);
            if (!mount.uidMappings().isEmpty() && !mount.gidMappings().isEmpty()) {
                IdMaps.of("mounts[" + i + "]", mount.uidMappings(), mount.gidMappings(), caller);
            }
        }
    }
}
