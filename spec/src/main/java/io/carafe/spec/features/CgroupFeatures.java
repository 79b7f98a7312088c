package io.carafe.spec.features;

import java.util.Optional;

/** Which cgroup interfaces the runtime has been built for; absent: unknown. */
public record CgroupFeatures(
        Optional<Boolean> v1,
        Optional<Boolean> v2,
        Optional<Boolean> systemd,
        Optional<Boolean> systemdUser,
        Optional<Boolean> rdma) {
}
