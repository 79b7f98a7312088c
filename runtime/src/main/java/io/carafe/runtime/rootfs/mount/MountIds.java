package io.carafe.runtime.rootfs.mount;

import io.carafe.spec.linux.IdMapping;
import java.util.List;

/**
 * The id maps of one mount: those of a user namespace that exists for nothing else.
 *
 * @param recursive whether they are for what is mounted below as well: {@code ridmap}
 * @see "runtime-spec config.md, uidMappings, gidMappings; mount_setattr(2), ID-mapped mounts"
 */
public record MountIds(List<IdMapping> uids, List<IdMapping> gids, boolean recursive) {

    public MountIds {
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
    }

    /** Without any map: those of the user namespace that the container joins. */
    public boolean isOfJoinedNamespace() {
        return uids.isEmpty() && gids.isEmpty();
    }
}
