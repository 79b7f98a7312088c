package io.carafe.spec.features;

import java.util.List;
import java.util.Optional;

/**
 * The {@code linux} part of features.
 *
 * @see "runtime-spec features-linux.md"
 */
public record LinuxFeatures(
        Optional<List<String>> namespaces,
        Optional<List<String>> capabilities,
        Optional<CgroupFeatures> cgroup,
        Optional<SeccompFeatures> seccomp,
        Optional<Enabled> apparmor,
        Optional<Enabled> selinux,
        Optional<IntelRdtFeatures> intelRdt,
        Optional<MemoryPolicyFeatures> memoryPolicy,
        Optional<MountExtensions> mountExtensions,
        Optional<Enabled> netDevices) {

    public LinuxFeatures {
        namespaces = namespaces.map(List::copyOf);
        capabilities = capabilities.map(List::copyOf);
    }
}
