package io.carafe.shim.snapshot;

import io.carafe.runtime.rootfs.mount.MountIds;
import io.carafe.runtime.rootfs.mount.MountOptions;
import io.carafe.shim.message.CreateTask.Mount;
import io.carafe.shim.name.AbsolutePath;
import io.carafe.spec.linux.IdMapping;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A mount as a snapshotter asks for it, understood once: the options of mount(8), and containerd's own uidmap and gidmap.
 *
 * @param source an absolute path for a bind
 * @param options the data of an overlay without the layers of {@code lowers}
 * @param loop whether the source is a file that a loop device is to stand for
 * @param lowers the layers of an overlay whose ids are mapped, topmost first; empty for others
 * @param ids the maps of uidmap and gidmap
 */
record SnapshotMount(String type, String source, String target, MountOptions options, boolean loop, List<String> lowers, Optional<MountIds> ids) {

    private static final String UIDMAP = "uidmap=";
    private static final String GIDMAP = "gidmap=";
    private static final String LOOP = "loop";
    private static final String DIRECT_IO = "direct-io";
    static final String LOWERDIR = "lowerdir=";
    /** What containerd's own code is to have taken out before it asks a shim. */
    private static final String MANAGERS_OPTION = "X-containerd.";

    /** @throws IllegalArgumentException for what is not supported, by its name */
    static SnapshotMount of(Mount mount) {
        if (mount.type().indexOf('/') >= 0) {
            throw new IllegalArgumentException("rootfs[].type " + mount.type() + ": expected a type of the kernel; containerd's mount manager"
                    + " (2.2) resolves such a prefix before it asks a shim");
        }
        if (FuseProgram.isFor(mount.type()) && !mount.target().isEmpty()) {
            throw new IllegalArgumentException("rootfs[].target of a " + mount.type() + ": expected none, found " + mount.target());
        }
        List<String> words = new ArrayList<>();
        String uids = "";
        String gids = "";
        boolean loop = false;
        for (String option : mount.options()) {
            if (option.startsWith(UIDMAP)) {
                uids = option.substring(UIDMAP.length());
            } else if (option.startsWith(GIDMAP)) {
                gids = option.substring(GIDMAP.length());
            } else if (option.equals(LOOP)) {
                loop = true;
            } else if (option.startsWith(MANAGERS_OPTION)) {
                throw new IllegalArgumentException("rootfs[].options " + option + ": not supported by carafe's shim");
            } else {
                words.add(option);
            }
        }
        MountOptions options = MountOptions.parse(words);
        if (mount.type().equals("bind") && !options.bind()) {
            options = options.asBind();
        }
        if (uids.isEmpty() != gids.isEmpty()) {
            throw new IllegalArgumentException("rootfs[].options: expected both uidmap and gidmap, found " + (uids.isEmpty() ? GIDMAP + gids : UIDMAP + uids));
        }
        Optional<MountIds> ids = uids.isEmpty() ? Optional.empty()
                : Optional.of(new MountIds(mappings(UIDMAP, uids), mappings(GIDMAP, gids), options.recursive()));
        String source = options.bind() || loop ? AbsolutePath.of("rootfs[].source of a " + (loop ? "loop device" : "bind"), mount.source()) : mount.source();
        if (loop && ids.isPresent()) {
            throw new IllegalArgumentException("rootfs[].options loop with uidmap: not supported by carafe's shim");
        }
        boolean takesLowers = ids.isPresent() && mount.type().equals("overlay");
        return new SnapshotMount(mount.type(), source, mount.target(), takesLowers ? withoutLowers(options) : options, loop,
                takesLowers ? lowers(options) : List.of(), ids);
    }

    /** Whether a loop device is to go round the page cache of the file. */
    boolean isDirect() {
        return loop && options.data().contains(DIRECT_IO);
    }

    /** Without what is for the loop device. */
    MountOptions ofLoopDevice() {
        return options.withData(options.data().stream().filter(word -> !word.equals(DIRECT_IO)).toList());
    }

    private static MountOptions withoutLowers(MountOptions options) {
        return options.withData(options.data().stream().filter(word -> !word.startsWith(LOWERDIR)).toList());
    }

    private static List<String> lowers(MountOptions options) {
        List<String> lowers = new ArrayList<>();
        for (String word : options.data()) {
            if (word.startsWith(LOWERDIR)) {
                for (String lower : word.substring(LOWERDIR.length()).split(":")) {
                    lowers.add(AbsolutePath.of("rootfs[].options lowerdir", lower));
                }
            }
        }
        if (lowers.isEmpty()) {
            throw new IllegalArgumentException("rootfs[].options: expected lowerdir beside uidmap and gidmap, found none");
        }
        return lowers;
    }

    /** {@code 0:100000:65536,…}: inside, outside, how many. */
    private static List<IdMapping> mappings(String key, String text) {
        List<IdMapping> mappings = new ArrayList<>();
        for (String range : text.split(",", -1)) {
            String[] numbers = range.split(":", -1);
            try {
                if (numbers.length != 3) {
                    throw new NumberFormatException(range);
                }
                mappings.add(new IdMapping(Integer.parseUnsignedInt(numbers[0]) & 0xffffffffL, Integer.parseUnsignedInt(numbers[1]) & 0xffffffffL,
                        Integer.parseUnsignedInt(numbers[2]) & 0xffffffffL));
            } catch (NumberFormatException e) {
                throw new IllegalArgumentException("rootfs[].options " + key + text + ": expected INSIDE:OUTSIDE:COUNT, found \"" + range + '"');
            }
        }
        return mappings;
    }
}
