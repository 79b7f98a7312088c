package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.abi.MountFlags.MOUNT_ATTR__ATIME;

import java.util.EnumSet;
import java.util.Set;

/**
 * Which flags of a mount to set and which to clear; what is in neither stays as it is. At most one of the three atime flags
 * is set, and none of them is cleared: a mount always has one of the three.
 */
public record Attributes(Set<MountFlag> set, Set<MountFlag> cleared) {

    public static final Attributes NONE = new Attributes(Set.of(), Set.of());
    public static final Attributes READ_ONLY = new Attributes(Set.of(MountFlag.RDONLY), Set.of());
    /** Of a mount that only hides what is below it. */
    public static final Attributes INERT = new Attributes(
            Set.of(MountFlag.RDONLY, MountFlag.NOSUID, MountFlag.NODEV, MountFlag.NOEXEC), Set.of());

    public Attributes {
        set = Set.copyOf(set);
        cleared = Set.copyOf(cleared);
    }

    /** Collects what the options of one mount say, the later ones over the earlier. */
    static final class Collected {

        private final EnumSet<MountFlag> set = EnumSet.noneOf(MountFlag.class);
        private final EnumSet<MountFlag> cleared = EnumSet.noneOf(MountFlag.class);

        void set(MountFlag flag) {
            if (flag.isAtime()) {
                removeAtime();
            }
            set.add(flag);
            cleared.remove(flag);
        }

        void clear(MountFlag flag) {
            if (!flag.isAtime()) {
                set.remove(flag);
                cleared.add(flag);
            } else if (set.contains(flag) || !hasAtime()) {
                // To take one of the three away means the kernel's default, which is relatime since Linux 2.6.30.
                removeAtime();
                set.add(MountFlag.RELATIME);
            }
        }

        private boolean hasAtime() {
            return set.contains(MountFlag.NOATIME) || set.contains(MountFlag.RELATIME) || set.contains(MountFlag.STRICTATIME);
        }

        private void removeAtime() {
            set.remove(MountFlag.NOATIME);
            set.remove(MountFlag.RELATIME);
            set.remove(MountFlag.STRICTATIME);
        }

        Attributes attributes() {
            return new Attributes(set, cleared);
        }

        /** What is left for a mount that gets others' flags as well, which win; one atime flag wins over any. */
        Attributes attributesBeside(Collected winning) {
            EnumSet<MountFlag> settled = EnumSet.copyOf(winning.set);
            settled.addAll(winning.cleared);
            boolean atime = winning.hasAtime();
            EnumSet<MountFlag> stillSet = EnumSet.copyOf(set);
            stillSet.removeIf(flag -> settled.contains(flag) || atime && flag.isAtime());
            EnumSet<MountFlag> stillCleared = EnumSet.copyOf(cleared);
            stillCleared.removeAll(settled);
            return new Attributes(stillSet, stillCleared);
        }
    }

    public boolean isEmpty() {
        return set.isEmpty() && cleared.isEmpty();
    }

    public boolean isReadOnly() {
        return set.contains(MountFlag.RDONLY);
    }

    Attributes with(MountFlag flag) {
        EnumSet<MountFlag> more = EnumSet.of(flag);
        more.addAll(set);
        EnumSet<MountFlag> fewer = EnumSet.noneOf(MountFlag.class);
        fewer.addAll(cleared);
        fewer.remove(flag);
        return new Attributes(more, fewer);
    }

    Attributes without(MountFlag flag) {
        EnumSet<MountFlag> fewer = EnumSet.noneOf(MountFlag.class);
        fewer.addAll(set);
        fewer.remove(flag);
        return new Attributes(fewer, cleared);
    }

    /** attr_set of mount_setattr(2), and the attributes of fsmount(2). */
    long bitsToSet() {
        long bits = 0;
        for (MountFlag flag : set) {
            bits |= flag.attribute;
        }
        return bits;
    }

    /** attr_clr of mount_setattr(2), which wants the whole field cleared where an atime flag is set. */
    long bitsToClear() {
        long bits = 0;
        for (MountFlag flag : cleared) {
            bits |= flag.attribute;
        }
        for (MountFlag flag : set) {
            bits |= flag.isAtime() ? MOUNT_ATTR__ATIME : 0;
        }
        return bits;
    }

    /** The flags of mount(2) for a new mount. */
    long mountBits() {
        long bits = 0;
        for (MountFlag flag : set) {
            bits |= flag.ms;
        }
        return bits;
    }

    /**
     * The flags of mount(2) for a remount, which sets all of them at once: those that the mount has are kept, so that a flag
     * that a user namespace has locked is not lost (mount_namespaces(7)).
     *
     * @param now f_flags of statfs(2)
     */
    long remountBits(long now) {
        boolean changesAtime = false;
        for (MountFlag flag : set) {
            changesAtime |= flag.isAtime();
        }
        long bits = mountBits();
        for (MountFlag flag : MountFlag.values()) {
            if ((now & flag.st) != 0 && !cleared.contains(flag) && !(flag.isAtime() && changesAtime)) {
                bits |= flag.ms;
            }
        }
        return bits;
    }
}
