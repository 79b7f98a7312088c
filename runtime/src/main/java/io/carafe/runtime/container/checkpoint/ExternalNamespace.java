package io.carafe.runtime.container.checkpoint;

import io.carafe.runtime.init.namespace.NamespaceKind;
import java.util.Set;

/**
 * A namespace that was there before the container, and is not saved: CRIU finds it again under a name, which is runc's.
 *
 * <p>Of networks and pids. Others are joined at the restore, and their contents are in the images all the same.
 */
final class ExternalNamespace {

    static final Set<NamespaceKind> KINDS = Set.of(NamespaceKind.NETWORK, NamespaceKind.PID);

    private ExternalNamespace() {
    }

    /** @param inode of the file in /proc/PID/ns */
    static String atCheckpoint(NamespaceKind kind, long inode) {
        return kind.file() + "[" + inode + "]:" + name(kind);
    }

    /** {@code extRootNetNS}. */
    static String name(NamespaceKind kind) {
        return "extRoot" + Character.toUpperCase(kind.file().charAt(0)) + kind.file().substring(1) + "NS";
    }
}
