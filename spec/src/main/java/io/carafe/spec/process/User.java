package io.carafe.spec.process;

import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The user of the process, in ids of the container's user namespace.
 *
 * @param uid 0 to 4294967294; absent in the document: 0
 * @param gid 0 to 4294967294; absent in the document: 0
 * @param umask absent: that of the caller stays
 * @param username for Windows only
 * @see "runtime-spec config.md, POSIX-platform User"
 */
public record User(long uid, long gid, OptionalInt umask, List<Long> additionalGids, Optional<String> username) {

    /** Uid 0 and gid 0. */
    public static final User ROOT = of(0, 0);

    public User {
        additionalGids = List.copyOf(additionalGids);
    }

    /** A user without further groups, with the caller's umask. */
    public static User of(long uid, long gid) {
        return new User(uid, gid, OptionalInt.empty(), List.of(), Optional.empty());
    }
}
