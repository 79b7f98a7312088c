package io.carafe.spec.features;

import java.util.Optional;

/** The cgroup interfaces that the runtime was built for; absent: unknown. */
public record CgroupFeatures(
        Optional<Boolean> v1,
        Optional<Boolean> v2,
        Optional<Boolean> systemd,
        Optional<Boolean> systemdUser,
        Optional<Boolean> rdma) {
}
