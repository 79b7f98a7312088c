package io.carafe.runtime.image.tar;

import io.carafe.runtime.image.blob.ImageException;
import io.carafe.runtime.image.tar.TarEntry.Region;
import io.carafe.runtime.image.tar.TarEntry.Time;
import io.carafe.runtime.image.tar.TarEntry.Type;
import io.carafe.spec.json.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Goes through an archive entry by entry, in constant memory. The stream stays its owner's. */
public final class TarReader {

    /** Of the extended headers in front of one entry, all together, in bytes: more is not met outside an attack. */
    private static final int MOST_EXTENDED = 1 << 20;
    /** PATH_MAX, of names and of the targets of links. */
    private static final int LONGEST_NAME = 4096;
    static final int MOST_REGIONS = 1 << 16;
    private static final int FIRST_SPARSE = 386;
    private static final int SPARSE_PAIR = 24;

    private final InputStream in;
    private final byte[] block = new byte[Header.BLOCK];
    private final PaxRecords global = PaxRecords.global();
    private long position;
    /** Content of the present entry that has not been read, and what fills its last block up. */
    private long contentLeft;
    private long padding;

    public TarReader(InputStream in) {
        this.in = in;
    }

    /** Where the next byte comes from, counted from the start: of an entry's content after {@link #next}. */
    public long position() {
        return position;
    }

    /** How many bytes of the entry's content are stored and not read yet. */
    public long contentLeft() {
        return contentLeft;
    }

    /** Told by an owner who has moved the stream behind the content by himself. */
    public void contentPassed() {
        position += contentLeft;
        contentLeft = 0;
    }

    /** Reads of the content as it is stored, region after region. @return -1 at its end */
    public int read(byte[] into, int offset, int length) throws IOException {
        if (contentLeft == 0) {
            return -1;
        }
        int count = in.read(into, offset, (int) Math.min(length, contentLeft));
        if (count < 0) {
            throw new ImageException("the tar ends within an entry");
        }
        position += count;
        contentLeft -= count;
        return count;
    }

    /**
     * Goes to the next entry, past what was not read of this one.
     *
     * @return empty at the end
     * @throws ImageException when the archive is damaged, or has an entry of a kind that is no file
     */
    public Optional<TarEntry> next() throws IOException {
        PaxRecords pax = PaxRecords.over(global);
        int extended = 0;
        Optional<String> longName = Optional.empty();
        Optional<String> longLink = Optional.empty();
        while (true) {
            pass(contentLeft);
            contentLeft = 0;
            boolean ended = !passPadding();
            padding = 0;
            if (ended || !readBlock() || isZero()) {
                return Optional.empty();
            }
            Header header = Header.of(block);
            if (header.type() != 'x' && header.type() != 'g' && header.type() != 'L' && header.type() != 'K') {
                return Optional.of(entry(header, pax, longName, longLink));
            }
            byte[] content = extended(header, MOST_EXTENDED - extended);
            extended += content.length;
            switch (header.type()) {
                case 'x' -> pax.add(content);
                case 'g' -> {
                    global.add(content);
                    pax = PaxRecords.over(global);
                }
                case 'L' -> longName = Optional.of(untilNul(content));
                default -> longLink = Optional.of(untilNul(content));
            }
        }
    }

    private byte[] extended(Header header, int most) throws IOException {
        long size = header.size();
        if (size < 0 || size > most) {
            throw new ImageException("expected extended headers of at most " + MOST_EXTENDED + " bytes before an entry, found one of " + size
                    + (most == MOST_EXTENDED ? "" : " behind " + (MOST_EXTENDED - most)));
        }
        contentLeft = size;
        padding = paddingOf(size);
        byte[] content = new byte[(int) size];
        for (int done = 0; done < content.length; ) {
            done += read(content, done, content.length - done);
        }
        return content;
    }

    private static String untilNul(byte[] content) {
        int length = 0;
        while (length < content.length && content[length] != 0) {
            length++;
        }
        return Utf8.text(content, 0, length);
    }

    private TarEntry entry(Header header, PaxRecords pax, Optional<String> longName, Optional<String> longLink) throws IOException {
        String name = pax.text("GNU.sparse.name").or(() -> pax.text("path")).or(() -> longName).orElseGet(header::name);
        String linkName = pax.text("linkpath").or(() -> longLink).orElseGet(header::linkName);
        checkLength("a name", name);
        checkLength("a link's target", linkName);
        Type type = type(header, name);
        long stored = pax.number("size").orElseGet(header::size);
        if (stored < 0 || stored > Long.MAX_VALUE - Header.BLOCK) {
            throw new ImageException(name + ": expected a size of 0 or more, found " + stored);
        }
        // Only files have content; a directory's size is what its archiver thought to reserve, a link's that of its target.
        contentLeft = type == Type.FILE ? stored : 0;
        padding = paddingOf(contentLeft);
        long realSize = contentLeft;
        List<Region> regions = List.of(new Region(0, contentLeft));
        boolean versionOne = pax.text("GNU.sparse.major").equals(Optional.of("1"));
        Optional<List<Region>> map = pax.sparseMap();
        if (type == Type.FILE && header.type() == 'S') {
            realSize = header.number(483, 12, "real size");
            regions = oldSparse(header);
        } else if (type == Type.FILE && (versionOne || map.isPresent())) {
            realSize = pax.number("GNU.sparse.realsize").or(() -> pax.number("GNU.sparse.size"))
                    .orElseThrow(() -> new ImageException(name + ": a sparse file without GNU.sparse.realsize"));
            regions = versionOne ? storedMap() : map.get();
        }
        check(name, regions, realSize);
        Time modified = pax.time("mtime").orElseGet(() -> new Time(header.mtime(), 0));
        boolean device = type == Type.CHARACTER_DEVICE || type == Type.BLOCK_DEVICE;
        return new TarEntry(name, type, linkName, (int) header.mode() & 07777,
                id(name, "uid", pax.number("uid").orElseGet(header::uid)), id(name, "gid", pax.number("gid").orElseGet(header::gid)),
                realSize, modified, pax.time("atime").orElse(modified),
                device ? deviceNumber(name, header.major(), 0xfff) : 0, device ? deviceNumber(name, header.minor(), 0xfffff) : 0,
                List.copyOf(regions), Map.copyOf(pax.xattrs()));
    }

    /** Before it is put into any complaint. */
    private static void checkLength(String what, String name) {
        if (name.length() > LONGEST_NAME) {
            throw new ImageException("expected " + what + " of at most " + LONGEST_NAME + " bytes, found " + name.length() + ": "
                    + Excerpt.quoted(name));
        }
    }

    private static Type type(Header header, String name) {
        return switch (header.type()) {
            case '0', '\0', '7', 'S' -> name.endsWith("/") ? Type.DIRECTORY : Type.FILE; // before ustar, directories had no type
            case '1' -> Type.HARD_LINK;
            case '2' -> Type.SYMBOLIC_LINK;
            case '3' -> Type.CHARACTER_DEVICE;
            case '4' -> Type.BLOCK_DEVICE;
            case '5' -> Type.DIRECTORY;
            case '6' -> Type.FIFO;
            default -> throw new ImageException(name + ": expected an entry of a type from 0 to 7, found " + Excerpt.quoted(String.valueOf(header.type())));
        };
    }

    /** All ids but the last, which chown(2) takes for "leave it". */
    private static int id(String name, String field, long value) {
        if (value < 0 || value >= 0xffff_ffffL) {
            throw new ImageException(name + ": expected a " + field + " from 0 to 4294967294, found " + value);
        }
        return (int) value;
    }

    private static int deviceNumber(String name, long value, int max) {
        if (value < 0 || value > max) {
            throw new ImageException(name + ": expected a device number up to " + max + ", found " + value);
        }
        return (int) value;
    }

    private List<Region> oldSparse(Header header) throws IOException {
        List<Region> regions = new ArrayList<>();
        sparsePairs(header, FIRST_SPARSE, 4, regions);
        boolean more = block[482] != 0;
        while (more) {
            if (!readBlock()) {
                throw new ImageException("the tar ends within a sparse map");
            }
            sparsePairs(header, 0, 21, regions);
            more = block[504] != 0;
        }
        return regions;
    }

    /** The header reads from the block that has just been replaced: both share the array. */
    private void sparsePairs(Header header, int from, int count, List<Region> regions) {
        for (int at = from; at < from + count * SPARSE_PAIR && block[at] != 0; at += SPARSE_PAIR) {
            add(regions, new Region(header.number(at, 12, "sparse map"), header.number(at + 12, 12, "sparse map")));
        }
    }

    static void add(List<Region> regions, Region region) {
        if (regions.size() == MOST_REGIONS) {
            throw new ImageException("expected at most " + MOST_REGIONS + " regions in a sparse file");
        }
        regions.add(region);
    }

    /** Version 1.0: the map stands in front of the content, a number a line, filled up to a whole block. */
    private List<Region> storedMap() throws IOException {
        int[] read = {0};
        long count = line(read);
        List<Region> regions = new ArrayList<>();
        for (long i = 0; i < count; i++) {
            add(regions, new Region(line(read), line(read)));
        }
        for (long rest = paddingOf(read[0]); rest > 0; rest--) {
            oneByte();
        }
        return regions;
    }

    private long line(int[] read) throws IOException {
        long value = 0;
        for (int digits = 0; digits < 20; digits++) {
            int c = oneByte();
            read[0]++;
            if (c == '\n' && digits > 0) {
                return value;
            }
            if (c < '0' || c > '9' || value > (Long.MAX_VALUE - 9) / 10) {
                break;
            }
            value = value * 10 + c - '0';
        }
        throw new ImageException("expected decimal numbers in the map of a sparse file");
    }

    private int oneByte() throws IOException {
        byte[] one = new byte[1];
        if (read(one, 0, 1) < 1) {
            throw new ImageException("the map of a sparse file ends in the middle");
        }
        return one[0];
    }

    private void check(String name, List<Region> regions, long realSize) {
        long end = 0;
        long content = 0;
        for (Region region : regions) {
            if (region.length() < 0 || region.offset() < end || region.offset() > realSize
                    || region.length() > realSize - region.offset()) {
                throw new ImageException(name + ": expected the regions of a sparse file in order and within its " + realSize + " bytes");
            }
            end = region.offset() + region.length();
            content += region.length();
        }
        if (content != contentLeft) {
            throw new ImageException(name + ": expected " + content + " bytes of content by its sparse map, found " + contentLeft);
        }
    }

    private static long paddingOf(long size) {
        return -size & Header.BLOCK - 1;
    }

    /** @return false at the end of the stream: what fills up the last block is no content, and some archivers leave it out */
    private boolean passPadding() throws IOException {
        while (padding > 0) {
            int read = in.read(block, 0, (int) padding);
            if (read < 0) {
                return false;
            }
            padding -= read;
            position += read;
        }
        return true;
    }

    private void pass(long count) throws IOException {
        byte[] discarded = new byte[(int) Math.min(count, 8192)];
        for (long left = count; left > 0; ) {
            int read = in.read(discarded, 0, (int) Math.min(left, discarded.length));
            if (read < 0) {
                throw new ImageException("the tar ends within an entry");
            }
            left -= read;
            position += read;
        }
    }

    /** @return false at the end of the stream, which some archivers leave without the two blocks of zeros, or with a part of one */
    private boolean readBlock() throws IOException {
        int done = 0;
        while (done < block.length) {
            int count = in.read(block, done, block.length - done);
            if (count < 0) {
                Arrays.fill(block, done, block.length, (byte) 0);
                if (!isZero()) {
                    throw new ImageException("the tar ends within a header");
                }
                return false;
            }
            done += count;
            position += count;
        }
        return true;
    }

    private boolean isZero() {
        for (byte b : block) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
