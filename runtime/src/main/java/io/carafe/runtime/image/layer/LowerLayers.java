package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.ImageException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/** Layers as a container will see them, without putting them on one another: the rules of overlayfs, by hand. */
public final class LowerLayers {

    private static final int LARGEST = 4 << 20;
    private static final int MOST_LINKS = 40;

    private final Linux linux;
    private final Inodes inodes;
    private final List<String> layers;

    /** @param layers absolute paths of directories in the store, from the lowest up */
    public LowerLayers(Linux linux, List<String> layers) {
        this.linux = linux;
        this.inodes = new Inodes(linux);
        this.layers = layers;
    }

    /**
     * What the image has at a path, of which no part is followed.
     *
     * @return O_PATH, the caller's; empty where there is nothing
     */
    Optional<Fd> find(List<String> names) {
        for (int i = layers.size() - 1; i >= 0; i--) {
            Answer answer = look(layers.get(i), names);
            if (answer.found.isPresent() || answer.hidesLower) {
                return answer.found;
            }
        }
        return Optional.empty();
    }

    /** @param hidesLower whether a path ends here, whatever the layers below have */
    private record Answer(Optional<Fd> found, boolean hidesLower) {
    }

    private Answer look(String layer, List<String> names) {
        boolean opaque = false;
        try (Place place = new Place(linux.files.open(layer, O_PATH | O_DIRECTORY))) {
            for (String name : names) {
                if (!linux.files.fstat(place.here).isDirectory()) {
                    return new Answer(Optional.empty(), true); // a file or a link, and nothing below it
                }
                opaque |= isOpaque(place.here);
                Optional<Fd> next = linux.files.openIfPresent(place.here, name, O_PATH | O_NOFOLLOW);
                if (next.isEmpty()) {
                    return new Answer(Optional.empty(), opaque);
                }
                place.moveTo(next.get());
            }
            boolean isWhiteout = linux.files.fstat(place.here).isCharacterDevice(0, 0);
            return new Answer(isWhiteout ? Optional.empty() : Optional.of(place.take()), true);
        }
    }

    /** Where a look-up is. */
    private static final class Place implements AutoCloseable {

        private Fd here;
        private boolean taken;

        Place(Fd start) {
            this.here = start;
        }

        void moveTo(Fd next) {
            here.close();
            here = next;
        }

        /** The caller's from now on. */
        Fd take() {
            taken = true;
            return here;
        }

        @Override
        public void close() {
            if (!taken) {
                here.close();
            }
        }
    }

    /**
     * Reads a small file; symbolic links are followed inside the image.
     *
     * @return empty where the image has no such file
     * @throws ImageException when it is no regular file, or too large to be one that is read for a name in it
     */
    public Optional<String> read(String path) {
        Deque<String> ahead = new ArrayDeque<>(List.of(path.split("/")));
        List<String> names = new ArrayList<>();
        int links = 0;
        while (!ahead.isEmpty()) {
            String name = ahead.poll();
            if (name.equals("..")) {
                names.subList(Math.max(0, names.size() - 1), names.size()).clear();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.add(name);
                Optional<String> target = linkAt(names);
                if (target.isPresent()) {
                    if (++links > MOST_LINKS) {
                        throw new ImageException(path + ": expected at most " + MOST_LINKS + " symbolic links on the way");
                    }
                    String[] parts = target.get().split("/");
                    for (int i = parts.length - 1; i >= 0; i--) {
                        ahead.addFirst(parts[i]);
                    }
                    names.subList(target.get().startsWith("/") ? 0 : names.size() - 1, names.size()).clear();
                }
            }
        }
        return content(path, names);
    }

    private Optional<String> linkAt(List<String> names) {
        return find(names).flatMap(found -> {
            try (found) {
                return linux.files.fstat(found).type() == S_IFLNK ? Optional.of(linux.paths.readlinkat(found, "")) : Optional.empty();
            }
        });
    }

    private Optional<String> content(String path, List<String> names) {
        return find(names).map(found -> {
            try (found) {
                FileStatus status = linux.files.fstat(found);
                if (status.type() != S_IFREG || status.size() > LARGEST) {
                    throw new ImageException(path + ": expected a regular file of the image of at most " + LARGEST + " bytes, to look names up in");
                }
                try (Fd readable = linux.files.open(found.path(), O_RDONLY)) {
                    return new String(linux.files.readAll(readable, LARGEST), StandardCharsets.UTF_8);
                }
            }
        });
    }

    private boolean isOpaque(Fd dir) {
        return inodes.isYes(dir, OpaqueMarker.TRUSTED) || inodes.isYes(dir, OpaqueMarker.USER);
    }
}
