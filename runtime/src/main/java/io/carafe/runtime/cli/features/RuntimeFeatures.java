package io.carafe.runtime.cli.features;

import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPlan;
import io.carafe.runtime.container.Unsupported;
import io.carafe.runtime.process.Capability;
import io.carafe.runtime.rootfs.mount.MountOption;
import io.carafe.runtime.rootfs.overlay.RootfsAnnotation;
import io.carafe.runtime.seccomp.SeccompWords;
import io.carafe.spec.OciVersion;
import io.carafe.spec.codec.ConfigJson;
import io.carafe.spec.features.Enabled;
import io.carafe.spec.features.Features;
import io.carafe.spec.features.IntelRdtFeatures;
import io.carafe.spec.features.LinuxFeatures;
import io.carafe.spec.features.MemoryPolicyFeatures;
import io.carafe.spec.features.MountExtensions;
import io.carafe.spec.features.SeccompFeatures;
import io.carafe.spec.linux.MemoryPolicy;
import io.carafe.spec.linux.NamespaceType;
import java.util.ArrayList;
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
     */
    public static Features of(Linux linux, String version) {
        return new Features(OciVersion.MINIMUM, OciVersion.CURRENT, Optional.of(ConfigJson.HOOKS.names()), Optional.of(mountOptions()),
                Optional.of(linux(linux)), Map.of("io.carafe.version", version), Optional.of(List.of(RootfsAnnotation.PREFIX)));
    }

    private static List<String> mountOptions() {
        List<String> options = new ArrayList<>(MountOption.names());
        if (Unsupported.includes("mounts[].uidMappings")) {
            options.removeIf(option -> MountOption.named(option).orElseThrow().effect() == MountOption.Effect.MAPS_IDS);
        }
        return options;
    }

    private static LinuxFeatures linux(Linux linux) {
        Optional<Boolean> rdt = works("linux.intelRdt");
        return new LinuxFeatures(Optional.of(namespaces()), Optional.of(Capability.names()), Optional.of(CgroupPlan.features()),
                Optional.of(seccomp(linux)), enabled("process.apparmorProfile"), enabled("process.selinuxLabel"),
                Optional.of(new IntelRdtFeatures(rdt, rdt, rdt)), memoryPolicy(),
                Optional.of(new MountExtensions(enabled("mounts[].uidMappings"))), enabled("linux.netDevices"));
    }

    private static List<String> namespaces() {
        List<String> namespaces = new ArrayList<>();
        for (NamespaceType type : NamespaceType.values()) {
            namespaces.add(type.text());
        }
        if (Unsupported.includes("linux.timeOffsets")) {
            namespaces.remove(NamespaceType.TIME.text());
        }
        namespaces.sort(null);
        return namespaces;
    }

    private static SeccompFeatures seccomp(Linux linux) {
        SeccompFeatures words = SeccompWords.features(linux);
        return new SeccompFeatures(works("linux.seccomp"), words.actions(), words.operators(), words.archs(), words.knownFlags(),
                words.supportedFlags());
    }

    /** Absent, which means unknown to who reads, would be wrong of what does not work: then no mode and no flag is recognised. */
    private static Optional<MemoryPolicyFeatures> memoryPolicy() {
        List<String> modes = new ArrayList<>();
        List<String> flags = new ArrayList<>();
        if (!Unsupported.includes("linux.memoryPolicy")) {
            for (MemoryPolicy.Mode mode : MemoryPolicy.Mode.values()) {
                modes.add(mode.name());
            }
            for (MemoryPolicy.Flag flag : MemoryPolicy.Flag.values()) {
                flags.add(flag.name());
            }
        }
        return Optional.of(new MemoryPolicyFeatures(Optional.of(modes), Optional.of(flags)));
    }

    private static Optional<Enabled> enabled(String property) {
        return Optional.of(new Enabled(works(property)));
    }

    private static Optional<Boolean> works(String property) {
        return Optional.of(!Unsupported.includes(property));
    }
}
