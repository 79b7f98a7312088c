package io.carafe.runtime.rootfs;

import io.carafe.runtime.rootfs.overlay.Layers;
import io.carafe.runtime.rootfs.path.HostPath;
import io.carafe.spec.Config;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.Linux;
import io.carafe.spec.linux.NamespaceType;
import io.carafe.spec.process.Capabilities;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The file tree of a container in a mount namespace of others: the caller's, or one that it joins.
 *
 * <p>Nothing is mounted, since it would be there for everyone and stay there; nothing is pivoted, since that would move the root of
 * everyone (pivot_root(2)). The root is a chroot(2). What would need a mount is an error.
 */
final class SharedMountsPlan {

    private static final String NEEDED = "needs a mount namespace of the container's own: in another it would be made for everyone, and stay; ";
    private static final String OF_THE_HOST = NEEDED + "add {\"type\": \"mount\"} to linux.namespaces, or leave it away";
    private static final String JOINED = NEEDED + "leave it away, and let who made the namespace mount there";
    private static final List<String> WAYS_OUT = List.of("CAP_SYS_CHROOT", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE", "CAP_SYS_MODULE",
            "CAP_SYS_RAWIO", "CAP_MKNOD");

    private SharedMountsPlan() {
    }

    static RootfsPlan of(Config config, Linux linux, HostPath root, Set<NamespaceType> namespaces) {
        boolean joined = namespaces.contains(NamespaceType.MOUNT);
        String advice = joined ? JOINED : OF_THE_HOST;
        refuse("mounts", !config.mounts().isEmpty(), advice);
        refuse("root.readonly", config.root().orElseThrow().readonly(), advice);
        refuse("linux.maskedPaths", !linux.maskedPaths().isEmpty(), advice);
        refuse("linux.readonlyPaths", !linux.readonlyPaths().isEmpty(), advice);
        refuse("linux.rootfsPropagation", linux.rootfsPropagation().isPresent(), advice);
        refuse("annotations", Layers.of(config.annotations(), root, false).isPresent(), advice);
        if (!joined && namespaces.contains(NamespaceType.USER)) {
            throw new SpecException("linux.namespaces",
                    "expected a mount namespace beside the user namespace: it may make no devices, and they would have to be bound");
        }
        List<Step> mount = new ArrayList<>();
        mount.add(new Step.OpenRoot(root));
        if (!joined) {
            mount.addAll(DevicesPlan.of(linux.devices(), false, false, Set.of()));
        } else if (!linux.devices().isEmpty()) {
            throw new SpecException("linux.devices", JOINED); // who made the namespace has furnished it
        }
        return new RootfsPlan(root, mount, Optional.of(new Step.Chroot()),
                List.copyOf(Sysctls.plan(linux.sysctl(), namespaces)), warnings(config));
    }

    private static void refuse(String property, boolean asked, String advice) {
        if (asked) {
            throw new SpecException(property, advice);
        }
    }

    private static List<String> warnings(Config config) {
        List<String> bounding = config.process().flatMap(process -> process.capabilities()).map(Capabilities::bounding).orElse(List.of());
        for (String capability : WAYS_OUT) {
            if (bounding.contains(capability)) {
                return List.of("process.capabilities: with " + capability + " the container can leave its root, which is a chroot"
                        + " where linux.namespaces has no mount namespace");
            }
        }
        return List.of();
    }
}
