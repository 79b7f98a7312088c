package io.carafe.runtime.init.namespace;

import io.carafe.spec.json.SpecException;
import io.carafe.spec.linux.IdMapping;
import java.util.List;
import java.util.OptionalLong;

/** The ids of a new user namespace, and who may write them (user_namespaces(7)). */
public record IdMaps(Side uids, Side gids) {

    /** Linux 4.15; 5 before. */
    private static final int MOST_RANGES = 340;
    /** An id of 32 bits, all of them set, is no id; the kernel refuses a range that ends there. */
    private static final long ID_LIMIT = 0xffff_ffffL;

    /** One of the two files. @param property for complaints: {@code linux.uidMappings} */
    public record Side(String property, List<IdMapping> ranges, Writer writer) {

        public Side {
            ranges = List.copyOf(ranges);
        }

        /** Whether an id of the container is one of the host. */
        public boolean maps(long id) {
            return onHost(id).isPresent();
        }

        /** Which id of the host an id of the container is. */
        public OptionalLong onHost(long id) {
            for (IdMapping range : ranges) {
                if (id >= range.containerID() && id < range.containerID() + range.size()) {
                    return OptionalLong.of(range.hostID() + id - range.containerID());
                }
            }
            return OptionalLong.empty();
        }

        /** Who the container's root is, or the first where there is none. */
        int first() {
            return maps(0) ? 0 : (int) ranges.get(0).containerID();
        }
    }

    /** Whom the kernel lets write a map. */
    public enum Writer {
        /** With CAP_SETUID and CAP_SETGID: any. */
        PRIVILEGED,
        /** An ordinary user: its own id and no other; before its gid_map setgroups(2) must be denied (Linux 3.19). */
        OWN_ID,
        /** An ordinary user, what /etc/subuid and /etc/subgid allow it: newuidmap(1), newgidmap(1). */
        PROGRAM
    }

    /**
     * Whose rights there are.
     *
     * @param mayMapUids whether any uid of its user namespace, because of CAP_SETUID
     * @param mayMapGids the same for CAP_SETGID
     */
    public record Caller(int uid, int gid, boolean mayMapUids, boolean mayMapGids) {

        public boolean isRoot() {
            return uid == 0;
        }
    }

    /**
     * Decides who writes them.
     *
     * @param property of what has the two lists: {@code linux}
     * @throws SpecException for a list that no kernel takes
     */
    public static IdMaps of(String property, List<IdMapping> uids, List<IdMapping> gids, Caller caller) {
        String uidProperty = property + ".uidMappings";
        String gidProperty = property + ".gidMappings";
        requireRanges(uidProperty, uids);
        requireRanges(gidProperty, gids);
        return new IdMaps(new Side(uidProperty, uids, writer(uids, caller.mayMapUids(), caller.uid())),
                new Side(gidProperty, gids, writer(gids, caller.mayMapGids(), caller.gid())));
    }

    private static Writer writer(List<IdMapping> ranges, boolean privileged, int own) {
        if (privileged) {
            return Writer.PRIVILEGED;
        }
        IdMapping first = ranges.get(0);
        boolean onlyOwn = ranges.size() == 1 && first.size() == 1 && first.hostID() == Integer.toUnsignedLong(own);
        return onlyOwn ? Writer.OWN_ID : Writer.PROGRAM;
    }

    private static void requireRanges(String property, List<IdMapping> ranges) {
        if (ranges.isEmpty()) {
            throw new SpecException(property, "expected at least one mapping for the user namespace, found none");
        }
        if (ranges.size() > MOST_RANGES) {
            throw new SpecException(property, "expected at most " + MOST_RANGES + " ranges, found " + ranges.size());
        }
        for (int i = 0; i < ranges.size(); i++) {
            IdMapping range = ranges.get(i);
            String at = property + "[" + i + "]";
            if (range.size() == 0) {
                throw new SpecException(at + ".size", "expected at least 1, found 0");
            }
            if (range.containerID() + range.size() > ID_LIMIT || range.hostID() + range.size() > ID_LIMIT) {
                throw new SpecException(at, "expected ids up to " + (ID_LIMIT - 1) + ", found " + text(range));
            }
            for (int before = 0; before < i; before++) {
                IdMapping other = ranges.get(before);
                if (overlap(range.containerID(), range.size(), other.containerID(), other.size())
                        || overlap(range.hostID(), range.size(), other.hostID(), other.size())) {
                    throw new SpecException(at, "expected ranges that do not overlap, found " + text(range) + " and " + text(other) + " of ["
                            + before + "]");
                }
            }
        }
    }

    private static boolean overlap(long one, long oneSize, long other, long otherSize) {
        return one < other + otherSize && other < one + oneSize;
    }

    /** As people write it: {@code 0:100000:65536}. */
    static String text(IdMapping range) {
        return range.containerID() + ":" + range.hostID() + ":" + range.size();
    }
}
