package io.carafe.runtime.init;

import io.carafe.runtime.process.ProcessPlan;
import io.carafe.runtime.rootfs.RootfsPlan;
import java.util.Optional;

/**
 * Everything that a container's init does, decided before it exists.
 *
 * @param namespaces the new ones, as CLONE_NEW… bits, all but the cgroup namespace
 * @param cgroupNamespace a new one, made after the cgroups are joined, so that they are its root
 * @param maps of a new user namespace
 * @param loopback whether to bring up {@code lo}: with a new network namespace
 * @param hooksBeforePivot whether the parent has something to run when all is mounted (prestart, createRuntime)
 */
public record InitPlan(long namespaces, boolean cgroupNamespace, Optional<IdMaps> maps, boolean loopback, Optional<String> hostname,
        Optional<String> domainname, RootfsPlan rootfs, ProcessPlan process, boolean hooksBeforePivot) {
}
