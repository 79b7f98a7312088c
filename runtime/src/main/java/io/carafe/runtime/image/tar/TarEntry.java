package io.carafe.runtime.image.tar;

import java.util.List;
import java.util.Map;

/**
 * What the headers of one entry say.
 *
 * @param name as it stands in the archive
 * @param linkName of links; else empty
 * @param mode permission bits, 07777
 * @param size of the file when it is unpacked, in bytes, holes included
 * @param modified since the epoch
 * @param accessed since the epoch; the same as modified where nothing is said
 * @param regions of a sparse file: where its content goes, ascending; of any other file the whole of it
 * @param xattrs full names with their values
 */
public record TarEntry(String name, Type type, String linkName, int mode, int uid, int gid, long size, Time modified, Time accessed,
        int major, int minor, List<Region> regions, Map<String, byte[]> xattrs) {

    /** What an entry becomes. */
    public enum Type { FILE, HARD_LINK, SYMBOLIC_LINK, CHARACTER_DEVICE, BLOCK_DEVICE, DIRECTORY, FIFO }

    /** As struct timespec: nanoseconds count forward, also before the epoch. */
    public record Time(long seconds, int nanos) {
    }

    /** A part of a file that has content. In bytes. */
    public record Region(long offset, long length) {
    }

    public boolean isSparse() {
        return regions.size() != 1 || regions.get(0).offset() != 0 || regions.get(0).length() != size;
    }
}
