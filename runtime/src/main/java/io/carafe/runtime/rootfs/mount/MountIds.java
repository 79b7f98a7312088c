package io.carafe.runtime.rootfs.mount;

import io.carafe.spec.linux.IdMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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

    /**
     * Reads the option with maps that crun has: {@code idmap=uids=0-1000-10#10-2000-1;gids=@0-5-1}, or {@code ridmap=}. Each range is where
     * it begins in the file system, where on the host, and its size; behind an {@code @} the second is an id of the container's.
     *
     * @param ofContainer the maps of the container's user namespace
     * @return empty for what reads as none
     * @see "crun(1), idmap mount options"
     */
    public static Optional<MountIds> parse(String option, MountIds ofContainer) {
        List<IdMapping> uids = new ArrayList<>();
        List<IdMapping> gids = new ArrayList<>();
        for (String part : option.substring(option.indexOf('=') + 1).split(";")) {
            boolean ofUsers = part.startsWith("uids=");
            if (!ofUsers && !part.startsWith("gids=")) {
                return Optional.empty();
            }
            for (String range : part.substring(part.indexOf('=') + 1).split("#")) {
                Optional<IdMapping> read = range(range, ofUsers ? ofContainer.uids : ofContainer.gids);
                if (read.isEmpty()) {
                    return Optional.empty();
                }
                (ofUsers ? uids : gids).add(read.get());
            }
        }
        return uids.isEmpty() || gids.isEmpty() ? Optional.empty() : Optional.of(new MountIds(uids, gids, option.startsWith("r")));
    }

    private static Optional<IdMapping> range(String text, List<IdMapping> ofContainer) {
        boolean relative = text.startsWith("@");
        String[] numbers = text.substring(relative ? 1 : 0).split("-", -1);
        if (numbers.length != 3) {
            return Optional.empty();
        }
        try {
            long first = Integer.toUnsignedLong(Integer.parseUnsignedInt(numbers[0]));
            long host = Integer.toUnsignedLong(Integer.parseUnsignedInt(numbers[1]));
            long size = Integer.toUnsignedLong(Integer.parseUnsignedInt(numbers[2]));
            return relative ? onHost(host, ofContainer).map(id -> new IdMapping(first, id, size)) : Optional.of(new IdMapping(first, host, size));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> onHost(long id, List<IdMapping> maps) {
        for (IdMapping map : maps) {
            if (id >= map.containerID() && id < map.containerID() + map.size()) {
                return Optional.of(map.hostID() + id - map.containerID());
            }
        }
        return Optional.empty();
    }

    /** Without any map: those of the user namespace that the container joins. */
    public boolean isOfJoinedNamespace() {
        return uids.isEmpty() && gids.isEmpty();
    }
}
