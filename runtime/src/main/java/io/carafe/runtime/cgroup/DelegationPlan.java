package io.carafe.runtime.cgroup;

import io.carafe.spec.Mount;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether the container's cgroup is to belong to its process, and so what it makes below.
 *
 * @param uid of the host: whom process.user.uid is there
 * @see "runtime-spec config-linux.md, Cgroup ownership"
 */
record DelegationPlan(long uid) {

    private static final String SOURCE = "cgroup";
    private static final String DESTINATION = "/sys/fs/cgroup";
    private static final List<String> READ_ONLY = List.of("ro", "rro");

    /**
     * Decides: with cgroup v2 alone (v1 is not safe to hand down), a cgroup namespace of its own, and a mount that can be written.
     *
     * @param hostUid whom the process's uid is on the host; empty where that cannot be told
     * @param callersUid who the files belong to already
     */
    static Optional<DelegationPlan> of(List<Mount> mounts, boolean isNewNamespace, OptionalLong hostUid, long callersUid, Hierarchies host) {
        boolean asked = false;
        for (Mount mount : mounts) {
            asked |= mount.source().equals(Optional.of(SOURCE)) && mount.destination().equals(DESTINATION)
                    && Collections.disjoint(mount.options(), READ_ONLY);
        }
        return asked && isNewNamespace && host.isV2() && hostUid.isPresent() && hostUid.getAsLong() != callersUid
                ? Optional.of(new DelegationPlan(hostUid.getAsLong())) : Optional.empty();
    }
}
