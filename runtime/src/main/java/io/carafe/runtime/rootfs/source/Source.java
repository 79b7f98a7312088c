package io.carafe.runtime.rootfs.source;

import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.path.HostPath;
import java.util.Optional;

/**
 * Something of the host that a plan names.
 *
 * @param isTree a mount to put elsewhere; else a directory by O_PATH
 * @param recursive with what is mounted below it
 * @param follows whether a link at the end of the path is followed; else the link itself is meant
 * @param ids maps of a mount
 */
public record Source(HostPath path, boolean isTree, boolean recursive, boolean follows, Optional<MountIds> ids) {

    public static Source directory(HostPath path) {
        return new Source(path, false, false, true, Optional.empty());
    }

    public static Source tree(HostPath path, boolean recursive) {
        return new Source(path, true, recursive, true, Optional.empty());
    }
}
