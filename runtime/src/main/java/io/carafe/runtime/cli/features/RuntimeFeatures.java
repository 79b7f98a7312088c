package io.carafe.runtime.cli.features;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPlan;
import io.carafe.runtime.cgroup.systemd.ScopePlan;
import io.carafe.runtime.container.BehaviourAnnotation;
import io.carafe.runtime.container.checkpoint.CriuConfiguration;
import io.carafe.runtime.process.Capability;
import io.carafe.runtime.rootfs.mount.MountOption;
import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import io.carafe.runtime.seccomp.SeccompNames;
import io.carafe.spec.OciVersion;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.features.Enabled;
import io.carafe.spec.features.Features;
import io.carafe.spec.features.IntelRdtFeatures;
import io.carafe.spec.features.LinuxFeatures;
import io.carafe.spec.features.MemoryPolicyFeatures;
import io.carafe.spec.features.MountExtensions;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.NamespaceType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What this carafe knows.
 *
 * @see "runtime-spec features.md and features-linux.md"
 */
public final class RuntimeFeatures {

    private RuntimeFeatures() {
    }

    /**
     * Asks every room.
     *
     * @param linux for the flags of seccomp(2), the only part that depends on the kernel
     * @param version of carafe
     * @param commit that it was built from; empty where that is not known
     */
    public static Features of(Linux linux, String version, String commit) {
        return new Features(OciVersion.MINIMUM, OciVersion.CURRENT, Optional.of(ConfigJson.HOOKS.names()), Optional.of(MountOption.names()),
                Optional.of(linux(linux)), annotations(version, commit), Optional.of(unsafeAnnotations()));
    }

    private static Map<String, String> annotations(String version, String commit) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("io.carafe.version", version);
        if (!commit.isEmpty()) {
            annotations.put("io.carafe.commit", commit);
        }
        // By this name managers ask any runtime.
        annotations.put("org.opencontainers.runc.checkpoint.enabled", "true");
        return annotations;
    }

    private static List<String> unsafeAnnotations() {
        List<String> annotations = new ArrayList<>(BehaviourAnnotation.followed());
        annotations.add(CriuConfiguration.ANNOTATION);
        annotations.add(RootfsAnnotation.PREFIX);
        annotations.add(ScopePlan.ANNOTATIONS);
        annotations.sort(null);
        return annotations;
    }

    private static LinuxFeatures linux(Linux linux) {
        Optional<Boolean> yes = Optional.of(true);
        Optional<Enabled> enabled = Optional.of(new Enabled(yes));
        return new LinuxFeatures(Optional.of(namespaces()), Optional.of(Capability.names()), Optional.of(CgroupPlan.features()),
                Optional.of(SeccompNames.features(linux)), enabled, enabled, Optional.of(new IntelRdtFeatures(yes, yes, yes)), memoryPolicy(),
                Optional.of(new MountExtensions(enabled)), enabled);
    }

    private static List<String> namespaces() {
        List<String> namespaces = new ArrayList<>();
        for (NamespaceType type : NamespaceType.values()) {
            namespaces.add(type.text());
        }
        namespaces.sort(null);
        return namespaces;
    }

    private static Optional<MemoryPolicyFeatures> memoryPolicy() {
        List<String> modes = new ArrayList<>();
        for (MemoryPolicy.Mode mode : MemoryPolicy.Mode.values()) {
            modes.add(mode.name());
        }
        List<String> flags = new ArrayList<>();
        for (MemoryPolicy.Flag flag : MemoryPolicy.Flag.values()) {
            flags.add(flag.name());
        }
        return Optional.of(new MemoryPolicyFeatures(Optional.of(modes), Optional.of(flags)));
    }
}
