package io.carafe.shim.sandbox;

import io.carafe.linux.abi.ProcessFlags;
import io.carafe.runtime.init.namespace.IdMaps;
import io.carafe.runtime.rootfs.Step;
import io.carafe.runtime.rootfs.Sysctls;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.shim.sandbox.holder.HolderPlan;
import io.carafe.shim.sandbox.message.Pair;
import io.carafe.shim.sandbox.message.PodConfig;
import io.carafe.shim.sandbox.message.PodConfig.Mode;
import io.carafe.shim.sandbox.message.SandboxRequests.Create;
import io.carafe.spec.linux.IdMapping;
import io.carafe.spec.linux.NamespaceType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a sandbox is, decided from its request: by the pod's configuration, which the CRI plugin sends; else by the bundle's config.json, as
 * {@code ctr sandboxes run} has it; else by nothing, and all namespaces are the pod's.
 *
 * @param files what the pod's containers get in /etc and on /dev/shm
 */
record SandboxPlan(HolderPlan holder, PodFilesPlan files, PodCgroup cgroup) {

    /** Who makes maps: the shim is root where it makes namespaces. */
    private static final IdMaps.Caller ROOT = new IdMaps.Caller(0, 0, true, true);
    private static final int LONGEST_HOSTNAME = 64;

    /** @throws IllegalArgumentException for what a sandbox cannot be here; it names the property */
    static SandboxPlan of(Create request, Optional<SandboxConfig> config) {
        if (!request.rootfs().isEmpty()) {
            throw new IllegalArgumentException("rootfs: a sandbox of carafe has no root file system, as nothing is executed in it");
        }
        AbsolutePath.orEmpty("netns_path", request.network());
        if (request.options().isEmpty()) {
            return config.map(document -> ofBundle(request.network(), document))
                    .orElseGet(() -> ofPod(request.network(), PodConfig.TABLE.read(new byte[0])));
        }
        if (!request.options().get().is(PodConfig.TYPE)) {
            throw new IllegalArgumentException("options: expected " + PodConfig.TYPE + ", found " + request.options().get().typeUrl());
        }
        return ofPod(request.network(), PodConfig.TABLE.read(request.options().get().value()));
    }

    private static SandboxPlan ofPod(String network, PodConfig pod) {
        if (pod.windows().length > 0) {
            throw new IllegalArgumentException("windows: a sandbox of carafe is a Linux one");
        }
        PodConfig.Namespaces modes = pod.namespaces();
        boolean hostNetwork = Mode.of("linux.security_context.namespace_options.network", modes.network()) == Mode.NODE;
        Set<NamespaceType> own = EnumSet.noneOf(NamespaceType.class);
        if (!hostNetwork) { // as containerd has it: a pod in the host's network has the host's name
            own.add(NamespaceType.NETWORK);
            own.add(NamespaceType.UTS);
        } else if (!network.isEmpty()) {
            throw new IllegalArgumentException("netns_path: the pod is in the host's network, found " + network);
        }
        // Also where each container has one of its own: what asks for the pod's must not get the host's.
        if (Mode.of("linux.security_context.namespace_options.pid", modes.pid()) != Mode.NODE) {
            own.add(NamespaceType.PID);
        }
        if (Mode.of("linux.security_context.namespace_options.ipc", modes.ipc()) != Mode.NODE) {
            own.add(NamespaceType.IPC);
        }
        Optional<IdMaps> maps = modes.user().flatMap(SandboxPlan::maps);
        if (maps.isPresent()) {
            own.add(NamespaceType.USER);
        }
        return of(own, network, maps, pod.hostname(), Pair.map(pod.linuxOrDefault().sysctls()), pod.dns(), pod.linuxOrDefault().cgroupParent());
    }

    private static Optional<IdMaps> maps(PodConfig.User user) {
        String property = "linux.security_context.namespace_options.userns_options";
        Mode mode = Mode.of(property + ".mode", user.mode());
        if (mode == Mode.NODE) {
            return Optional.empty();
        }
        if (mode != Mode.POD) {
            throw new IllegalArgumentException(property + ".mode: expected POD or NODE, found " + mode);
        }
        return Optional.of(IdMaps.of(property, ranges(user.uids()), ranges(user.gids()), ROOT));
    }

    private static List<IdMapping> ranges(List<PodConfig.Ids> ids) {
        List<IdMapping> ranges = new ArrayList<>(ids.size());
        for (PodConfig.Ids range : ids) {
            ranges.add(new IdMapping(Integer.toUnsignedLong(range.container()), Integer.toUnsignedLong(range.host()),
                    Integer.toUnsignedLong(range.length())));
        }
        return ranges;
    }

    private static SandboxPlan ofBundle(String asked, SandboxConfig config) {
        Set<NamespaceType> own = EnumSet.noneOf(NamespaceType.class);
        String network = asked;
        for (SandboxConfig.Namespace namespace : config.linuxOrNone().namespaces()) {
            NamespaceType type = type(namespace.type().orElse(""));
            String path = namespace.path().orElse("");
            if (type == NamespaceType.NETWORK && network.isEmpty()) {
                network = AbsolutePath.orEmpty("linux.namespaces: network: path", path);
            } else if (!path.isEmpty() && type != NamespaceType.NETWORK) {
                throw new IllegalArgumentException("linux.namespaces: " + type.text() + ": path: a sandbox of carafe joins no namespace but a network");
            }
            if (type == NamespaceType.USER || type == NamespaceType.TIME) {
                throw new IllegalArgumentException("linux.namespaces: " + type.text() + ": a sandbox by config.json cannot have one");
            }
            own.add(type);
        }
        if (!network.isEmpty()) {
            own.add(NamespaceType.NETWORK);
        }
        own.remove(NamespaceType.MOUNT); // each container's
        own.remove(NamespaceType.CGROUP);
        return of(own, network, Optional.empty(), config.hostname().orElse(""), config.linuxOrNone().sysctl(), Optional.empty(), "");
    }

    private static NamespaceType type(String text) {
        for (NamespaceType type : NamespaceType.values()) {
            if (type.text().equals(text)) {
                return type;
            }
        }
        throw new IllegalArgumentException("linux.namespaces: type: expected one of the specification's, found \"" + text + '"');
    }

    private static SandboxPlan of(Set<NamespaceType> own, String network, Optional<IdMaps> maps, String hostname, Map<String, String> sysctls,
            Optional<PodConfig.Dns> dns, String cgroupParent) {
        requireHostname(hostname);
        if (!hostname.isEmpty() && !own.contains(NamespaceType.UTS)) {
            hostname = ""; // the host's stays
        }
        long fresh = ProcessFlags.CLONE_NEWNS;
        fresh |= own.contains(NamespaceType.UTS) ? ProcessFlags.CLONE_NEWUTS : 0;
        fresh |= own.contains(NamespaceType.IPC) ? ProcessFlags.CLONE_NEWIPC : 0;
        fresh |= own.contains(NamespaceType.PID) ? ProcessFlags.CLONE_NEWPID : 0;
        fresh |= own.contains(NamespaceType.NETWORK) && network.isEmpty() ? ProcessFlags.CLONE_NEWNET : 0;
        fresh |= maps.isPresent() && network.isEmpty() ? ProcessFlags.CLONE_NEWUSER : 0;
        List<HolderPlan.Parameter> parameters = new ArrayList<>(sysctls.size());
        for (Step.Sysctl sysctl : Sysctls.plan(sysctls, own)) {
            parameters.add(new HolderPlan.Parameter(sysctl.file(), sysctl.value()));
        }
        HolderPlan holder = new HolderPlan(fresh, network.isEmpty() ? Optional.empty() : Optional.of(network), maps, hostname, parameters);
        return new SandboxPlan(holder, PodFilesPlan.of(hostname, dns, own.contains(NamespaceType.IPC)), PodCgroup.of(cgroupParent));
    }

    private static void requireHostname(String hostname) {
        boolean good = hostname.length() <= LONGEST_HOSTNAME;
        for (int i = 0; good && i < hostname.length(); i++) {
            good = hostname.charAt(i) > ' ' && hostname.charAt(i) < 0x7f;
        }
        if (!good) {
            throw new IllegalArgumentException("hostname: expected up to " + LONGEST_HOSTNAME + " printable ASCII characters, found \"" + hostname + '"');
        }
    }
}
