package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.abi.MountFlags.MS_PRIVATE;
import static io.carafe.linux.abi.MountFlags.MS_REC;
import static io.carafe.linux.abi.MountFlags.MS_SHARED;
import static io.carafe.linux.abi.MountFlags.MS_SLAVE;
import static io.carafe.linux.abi.MountFlags.MS_UNBINDABLE;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.BINDS;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.CLEARS;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.CLEARS_BELOW;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.COPIES_UP;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.MAPS_IDS;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.NOTHING;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.PROPAGATES;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.REMOUNTS;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.SETS;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.SETS_BELOW;
import static io.carafe.runtime.rootfs.mount.MountOption.Effect.TREATS_LINK;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The mount options that do not depend on the file system, one row each. Any other word is the file system's own.
 *
 * @see "runtime-spec config.md, Linux mount options"
 * @see "mount(8), filesystem-independent mount options"
 */
public enum MountOption {
    ASYNC("async", CLEARS, MountFlag.SYNCHRONOUS),
    ATIME("atime", CLEARS, MountFlag.NOATIME),
    BIND("bind", BINDS, 0),
    COPY_SYMLINK("copy-symlink", TREATS_LINK, 0),
    DEFAULTS("defaults", NOTHING, 0),
    DEST_NOFOLLOW("dest-nofollow", TREATS_LINK, 0),
    DEV("dev", CLEARS, MountFlag.NODEV),
    DIRATIME("diratime", CLEARS, MountFlag.NODIRATIME),
    DIRSYNC("dirsync", SETS, MountFlag.DIRSYNC),
    EXEC("exec", CLEARS, MountFlag.NOEXEC),
    IDMAP("idmap", MAPS_IDS, 0),
    IVERSION("iversion", SETS, MountFlag.I_VERSION),
    LAZYTIME("lazytime", SETS, MountFlag.LAZYTIME),
    LOUD("loud", CLEARS, MountFlag.SILENT),
    MAND("mand", SETS, MountFlag.MANDLOCK),
    NOATIME("noatime", SETS, MountFlag.NOATIME),
    NODEV("nodev", SETS, MountFlag.NODEV),
    NODIRATIME("nodiratime", SETS, MountFlag.NODIRATIME),
    NOEXEC("noexec", SETS, MountFlag.NOEXEC),
    NOIVERSION("noiversion", CLEARS, MountFlag.I_VERSION),
    NOLAZYTIME("nolazytime", CLEARS, MountFlag.LAZYTIME),
    NOMAND("nomand", CLEARS, MountFlag.MANDLOCK),
    NORELATIME("norelatime", CLEARS, MountFlag.RELATIME),
    NOSTRICTATIME("nostrictatime", CLEARS, MountFlag.STRICTATIME),
    NOSUID("nosuid", SETS, MountFlag.NOSUID),
    NOSYMFOLLOW("nosymfollow", SETS, MountFlag.NOSYMFOLLOW),
    PRIVATE("private", PROPAGATES, MS_PRIVATE),
    RATIME("ratime", CLEARS_BELOW, MountFlag.NOATIME),
    RBIND("rbind", BINDS, MS_REC),
    RDEV("rdev", CLEARS_BELOW, MountFlag.NODEV),
    RDIRATIME("rdiratime", CLEARS_BELOW, MountFlag.NODIRATIME),
    RELATIME("relatime", SETS, MountFlag.RELATIME),
    REMOUNT("remount", REMOUNTS, 0),
    REXEC("rexec", CLEARS_BELOW, MountFlag.NOEXEC),
    RIDMAP("ridmap", MAPS_IDS, MS_REC),
    RNOATIME("rnoatime", SETS_BELOW, MountFlag.NOATIME),
    RNODEV("rnodev", SETS_BELOW, MountFlag.NODEV),
    RNODIRATIME("rnodiratime", SETS_BELOW, MountFlag.NODIRATIME),
    RNOEXEC("rnoexec", SETS_BELOW, MountFlag.NOEXEC),
    RNORELATIME("rnorelatime", CLEARS_BELOW, MountFlag.RELATIME),
    RNOSTRICTATIME("rnostrictatime", CLEARS_BELOW, MountFlag.STRICTATIME),
    RNOSUID("rnosuid", SETS_BELOW, MountFlag.NOSUID),
    RNOSYMFOLLOW("rnosymfollow", SETS_BELOW, MountFlag.NOSYMFOLLOW),
    RO("ro", SETS, MountFlag.RDONLY),
    RPRIVATE("rprivate", PROPAGATES, MS_PRIVATE | MS_REC),
    RRELATIME("rrelatime", SETS_BELOW, MountFlag.RELATIME),
    RRO("rro", SETS_BELOW, MountFlag.RDONLY),
    RRW("rrw", CLEARS_BELOW, MountFlag.RDONLY),
    RSHARED("rshared", PROPAGATES, MS_SHARED | MS_REC),
    RSLAVE("rslave", PROPAGATES, MS_SLAVE | MS_REC),
    RSTRICTATIME("rstrictatime", SETS_BELOW, MountFlag.STRICTATIME),
    RSUID("rsuid", CLEARS_BELOW, MountFlag.NOSUID),
    RSYMFOLLOW("rsymfollow", CLEARS_BELOW, MountFlag.NOSYMFOLLOW),
    RUNBINDABLE("runbindable", PROPAGATES, MS_UNBINDABLE | MS_REC),
    RW("rw", CLEARS, MountFlag.RDONLY),
    SHARED("shared", PROPAGATES, MS_SHARED),
    SILENT("silent", SETS, MountFlag.SILENT),
    SLAVE("slave", PROPAGATES, MS_SLAVE),
    SRC_NOFOLLOW("src-nofollow", TREATS_LINK, 0),
    STRICTATIME("strictatime", SETS, MountFlag.STRICTATIME),
    SUID("suid", CLEARS, MountFlag.NOSUID),
    SYMFOLLOW("symfollow", CLEARS, MountFlag.NOSYMFOLLOW),
    SYNC("sync", SETS, MountFlag.SYNCHRONOUS),
    TMPCOPYUP("tmpcopyup", COPIES_UP, 0),
    UNBINDABLE("unbindable", PROPAGATES, MS_UNBINDABLE);

    /** What an option does. */
    public enum Effect {
        SETS,
        CLEARS,
        /** On the mount and on all below it, by AT_RECURSIVE of mount_setattr(2), Linux 5.12. */
        SETS_BELOW,
        CLEARS_BELOW,
        PROPAGATES,
        BINDS,
        REMOUNTS,
        /** What the directory below holds is copied into the new tmpfs. */
        COPIES_UP,
        /** Of a bind: what a link at the end of its source or destination means. No option of the specification, but of crun(1). */
        TREATS_LINK,
        NOTHING,
        /** Owners are shown through the maps of a user namespace. */
        MAPS_IDS
    }

    private static final Map<String, MountOption> BY_TEXT = new HashMap<>();
    private static final List<String> NAMES;

    static {
        List<String> names = new ArrayList<>();
        for (MountOption option : values()) {
            BY_TEXT.put(option.text, option);
            names.add(option.text);
        }
        names.sort(null);
        NAMES = List.copyOf(names);
    }

    private final String text;
    private final Effect effect;
    private final Optional<MountFlag> flag;
    private final long bits;

    MountOption(String text, Effect effect, MountFlag flag) {
        this.text = text;
        this.effect = effect;
        this.flag = Optional.of(flag);
        this.bits = 0;
    }

    /** @param bits of mount(2): a propagation, or MS_REC */
    MountOption(String text, Effect effect, long bits) {
        this.text = text;
        this.effect = effect;
        this.flag = Optional.empty();
        this.bits = bits;
    }

    /** The row of a word; empty where the word is the file system's. */
    public static Optional<MountOption> named(String text) {
        return Optional.ofNullable(BY_TEXT.get(text));
    }

    /** Every option that works, sorted: {@code mountOptions} of the features. */
    public static List<String> names() {
        return NAMES;
    }

    /** The word in config.json. */
    public String text() {
        return text;
    }

    public Effect effect() {
        return effect;
    }

    MountFlag flag() {
        return flag.orElseThrow();
    }

    long bits() {
        return bits;
    }
}
