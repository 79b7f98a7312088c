package io.carafe.runtime.rootfs.source;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.mount.PreparedMounts;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/**
 * The user namespaces whose maps mounts take, one for all mounts that have the same. Made by the parent, who alone can write the maps; the
 * child of clone3(2) has a copy of every descriptor.
 */
public final class MountMaps implements PreparedMounts.UserNamespaces, AutoCloseable {

    private final Linux linux;
    private final Map<MountIds, Fd> namespaces = new HashMap<>();

    private MountMaps(Linux linux) {
        this.linux = linux;
    }

    public static MountMaps make(Linux linux, Collection<MountIds> all, PreparedMounts.UserNamespaces makes) {
        MountMaps maps = new MountMaps(linux);
        try {
            for (MountIds ids : all) {
                maps.namespaces.put(ids, makes.with(ids));
            }
            return maps;
        } catch (KernelException e) {
            maps.close();
            throw e;
        }
    }

    /** The same descriptors as another's, which closes them; this one has none left. */
    public MountMaps handedOver() {
        MountMaps other = new MountMaps(linux);
        other.namespaces.putAll(namespaces);
        namespaces.clear();
        return other;
    }

    @Override
    public Fd with(MountIds ids) {
        return linux.files.duplicate(namespaces.get(ids));
    }

    @Override
    public void close() {
        namespaces.values().forEach(Fd::close);
        namespaces.clear();
    }
}
