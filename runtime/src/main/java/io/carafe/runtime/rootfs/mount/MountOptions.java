package io.carafe.runtime.rootfs.mount;

import static io.carafe.linux.abi.MountFlags.MS_REC;

import io.carafe.runtime.rootfs.layer.SharedLayers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The options of one mount, read.
 *
 * @param bind whether {@code bind} or {@code rbind} is among them
 * @param recursive whether it is {@code rbind}
 * @param attributes flags of this mount alone
 * @param below flags of this mount and of all below it; of the mount's own none is about the same
 * @param superblock flags of the file system
 * @param propagation MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE, with MS_REC or without, in order
 * @param copyUp whether {@code tmpcopyup} is among them
 * @param links what is said of links at the ends of a bind: crun's options
 * @param ids the maps of its own; without any map where only {@code idmap} or {@code ridmap} is read
 * @param data the file system's own words
 */
public record MountOptions(boolean bind, boolean recursive, boolean remount, Attributes attributes, Attributes below,
        Set<MountFlag> superblock, List<Long> propagation, boolean copyUp,
            Set<MountOption> links, Optional<MountIds> ids, List<String> data) {

    public static final MountOptions NONE = with(Attributes.NONE);

    /** The kernel takes a value of fsconfig(2) up to 255 bytes. */
    private static final int LONGEST_VALUE = 255;
    private static final String LOWERDIR = "lowerdir=";

    public MountOptions {
        superblock = Set.copyOf(superblock);
        links = Set.copyOf(links);
        propagation = List.copyOf(propagation);
        data = List.copyOf(data);
    }

    /**
     * Later words win over earlier ones, and a recursive one over its opposite wherever that stands ({@code rro} over {@code rw}), as in
     * runc: who asks for all that is below asks for the top of it, too.
     */
    public static MountOptions parse(List<String> words) {
        boolean bind = false;
        boolean recursive = false;
        boolean remount = false;
        boolean copyUp = false;
        Optional<MountIds> ids = Optional.empty();
        Attributes.Collected own = new Attributes.Collected();
        Attributes.Collected below = new Attributes.Collected();
        EnumSet<MountFlag> superblock = EnumSet.noneOf(MountFlag.class);
        EnumSet<MountOption> links = EnumSet.noneOf(MountOption.class);
        List<Long> propagation = new ArrayList<>();
        List<String> data = new ArrayList<>();
        for (String word : split(words)) {
            Optional<MountOption> known = MountOption.named(word);
            if (known.isEmpty()) {
                // An empty one means nothing, as in fstab(5); managers join lists that may be empty.
                if (!word.isEmpty()) {
                    data.add(word);
                }
                continue;
            }
            MountOption option = known.get();
            switch (option.effect()) {
                case SETS:
                    if (option.flag().ofMount) {
                        own.set(option.flag());
                    } else {
                        superblock.add(option.flag());
                    }
                    break;
                case CLEARS:
                    if (option.flag().ofMount) {
                        own.clear(option.flag());
                    } else {
                        superblock.remove(option.flag());
                    }
                    break;
                case SETS_BELOW:
                    below.set(option.flag());
                    break;
                case CLEARS_BELOW:
                    below.clear(option.flag());
                    break;
                case PROPAGATES:
                    propagation.add(option.bits());
                    break;
                case BINDS:
                    bind = true;
                    recursive |= option.bits() == MS_REC;
                    break;
                case REMOUNTS:
                    remount = true;
                    break;
                case COPIES_UP:
                    copyUp = true;
                    break;
                case MAPS_IDS:
                    boolean all = option.bits() == MS_REC || ids.isPresent() && ids.get().recursive();
                    ids = Optional.of(new MountIds(List.of(), List.of(), all));
                    break;
                case TREATS_LINK:
                    links.add(option);
                    break;
                case NOTHING:
                    break;
                default:
                    throw new AssertionError(option);
            }
        }
        return new MountOptions(bind, recursive, remount, own.attributesBeside(below), below.attributes(), superblock, propagation, copyUp, links, ids,
                data);
    }

    /**
     * As mount(2) reads them: a comma ends an option. Not where one is quoted, escaped (a layer of an overlay) or of a label, which may have
     * commas of its own.
     */
    private static List<String> split(List<String> words) {
        List<String> split = new ArrayList<>(words.size());
        for (String word : words) {
            boolean whole = word.indexOf(',') < 0 || word.indexOf('\\') >= 0 || word.indexOf('"') >= 0
                    || word.substring(0, word.indexOf(',')).contains("context=");
            split.addAll(whole ? List.of(word) : List.of(word.split(",")));
        }
        return split;
    }

    /** Nothing but a propagation of mount(2); 0 is none. */
    public static MountOptions propagating(long propagation) {
        return new MountOptions(false, false, false, Attributes.NONE, Attributes.NONE, Set.of(),
                propagation == 0 ? List.of() : List.of(propagation), false, Set.of(), Optional.empty(), List.of());
    }

    /** Nothing but flags of the mount. */
    public static MountOptions with(Attributes attributes) {
        return new MountOptions(false, false, false, attributes, Attributes.NONE, Set.of(), List.of(), false, Set.of(), Optional.empty(),
                List.of());
    }

    /** Whether a link at the end of the source's path is followed. */
    public boolean followsSource() {
        return !links.contains(MountOption.SRC_NOFOLLOW) && !links.contains(MountOption.COPY_SYMLINK);
    }

    /** Whether a link at the end of the destination is followed; else it is covered itself. */
    public boolean followsDestination() {
        return !links.contains(MountOption.DEST_NOFOLLOW);
    }

    /** Whether a source that is a link is not mounted, but made anew. */
    public boolean copiesLink() {
        return links.contains(MountOption.COPY_SYMLINK);
    }

    public MountOptions asBind() {
        return new MountOptions(true, recursive, remount, attributes, below, superblock, propagation, copyUp, links, ids, data);
    }

    /** A bind with all that is mounted below; where the mount is read-only, so is that. */
    public MountOptions asRecursiveBind() {
        Attributes all = attributes.isReadOnly() ? below.with(MountFlag.RDONLY) : below;
        return new MountOptions(true, true, remount, attributes, all, superblock, propagation, copyUp, links, ids, data);
    }

    /** Without the flags of the mount itself: what is left to do when it has them already. */
    MountOptions withoutAttributes() {
        return new MountOptions(bind, recursive, remount, Attributes.NONE, below, superblock, propagation, copyUp, links, ids, data);
    }

    /** Without the flags that are for all below as well: what mount(2) can do. */
    MountOptions withoutBelow() {
        return new MountOptions(bind, recursive, remount, attributes, Attributes.NONE, superblock, propagation, copyUp, links, ids, data);
    }

    /** Whether the mount itself becomes read-only, alone or with all below. */
    public boolean isReadOnly() {
        return attributes.isReadOnly() || below.isReadOnly();
    }

    /** The same mount, which stays writable for now. */
    public MountOptions writable() {
        return new MountOptions(bind, recursive, remount, attributes.without(MountFlag.RDONLY), below, superblock, propagation, copyUp,
                links, ids, data);
    }

    public MountOptions readOnly() {
        return new MountOptions(bind, recursive, remount, attributes.with(MountFlag.RDONLY), below, superblock, propagation, copyUp,
                links, ids, data);
    }

    public MountOptions withIds(Optional<MountIds> ids) {
        return new MountOptions(bind, recursive, remount, attributes, below, superblock, propagation, copyUp, links, ids, data);
    }

    public MountOptions withoutLinks() {
        return new MountOptions(bind, recursive, remount, attributes, below, superblock, propagation, copyUp, Set.of(), ids, data);
    }

    public MountOptions withData(List<String> data) {
        return new MountOptions(bind, recursive, remount, attributes, below, superblock, propagation, copyUp, links, ids, data);
    }

    /** Whether the file system is told about a key, as {@code mode}. */
    public boolean says(String key) {
        for (String word : data) {
            if (word.startsWith(key) && (word.length() == key.length() || word.charAt(key.length()) == '=')) {
                return true;
            }
        }
        return false;
    }

    /**
     * The same with a word for each layer of an overlay ({@code lowerdir+}, {@code datadir+}; Linux 6.8) where the list is longer
     * than mount(2) would take.
     */
    MountOptions withLayersOneByOne(String type) {
        if (!type.equals("overlay") || !SharedLayers.isLongerThanAPage(data)) {
            return this;
        }
        List<String> words = new ArrayList<>();
        for (String word : data) {
            if (word.startsWith(LOWERDIR)) {
                addLayers(word.substring(LOWERDIR.length()), words);
            } else {
                words.add(word);
            }
        }
        return withData(words);
    }

    /** In the list a backslash is an escape, in a layer of its own it is not; behind {@code ::} there is only data. */
    private static void addLayers(String list, List<String> words) {
        String key = "lowerdir+=";
        StringBuilder layer = new StringBuilder();
        for (int i = 0; i <= list.length(); i++) {
            char c = i == list.length() ? ':' : list.charAt(i);
            if (c == ':' && layer.length() == 0) {
                key = "datadir+=";
            } else if (c == ':') {
                words.add(key + layer);
                layer.setLength(0);
            } else {
                layer.append(c == '\\' && i + 1 < list.length() ? list.charAt(++i) : c);
            }
        }
    }

    /** Whether something in here is beyond fsconfig(2). */
    boolean needsMount2(String source) {
        boolean needs = isLong(source);
        for (MountFlag flag : superblock) {
            needs |= flag.word.isEmpty();
        }
        for (String word : data) {
            needs |= isLong(word.substring(word.indexOf('=') + 1));
        }
        return needs;
    }

    private static boolean isLong(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length > LONGEST_VALUE;
    }

    /** The flags of mount(2) for a new mount or, with MS_REMOUNT, for an old one. */
    long mountBits() {
        long bits = attributes.mountBits();
        for (MountFlag flag : superblock) {
            bits |= flag.ms;
        }
        return bits;
    }
}
