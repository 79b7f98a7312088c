package io.carafe.runtime.image.layer;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.S_IFLNK;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.runtime.image.blob.ImageException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A layer's directories by descriptor. Each step is taken from the descriptor before and follows nothing; a symbolic link of the layer
 * is read and its target gone through by the same steps, as if the layer were the root: {@code /} is the layer and {@code ..} ends there.
 *
 * <p>The way to the last directory stays open, as entries come directory by directory.
 */
final class Tree implements AutoCloseable {

    /** As the kernel has it, MAXSYMLINKS. */
    private static final int MOST_LINKS = 40;
    private static final int MODE_OF_UNNAMED = 0755;

    private final Linux linux;
    private final Fd layer;
    /** The open way, without links: a name and a descriptor each, without the layer's own. */
    private final List<String> names = new ArrayList<>();
    private final List<Fd> opened = new ArrayList<>();
    private EntryPath asked = EntryPath.LAYER;
    private EntryPath here = EntryPath.LAYER;
    private final Set<EntryPath> unnamed = new LinkedHashSet<>();
    private final Set<EntryPath> replacing = new LinkedHashSet<>();

    /** Borrows the layer's descriptor. */
    Tree(Linux linux, Fd layer) {
        this.linux = linux;
        this.layer = layer;
    }

    /** The directories that were made because something in them was asked for. Whoever makes one of them takes it out. */
    Set<EntryPath> unnamed() {
        return unnamed;
    }

    /** Those in whose place there was a whiteout: nothing of the layers below is left of them. */
    Set<EntryPath> replacing() {
        return replacing;
    }

    /**
     * Goes to a directory, which is made if need be, as are those above it.
     *
     * @return where it is, links resolved; {@link #directory} is its descriptor
     * @throws ImageException when a part of the path is a file, or links lead in a circle
     */
    EntryPath enter(EntryPath path) {
        return go(path, true).orElseThrow();
    }

    /** The same for what may not be there: empty, and nothing is made. */
    Optional<EntryPath> enterIfPresent(EntryPath path) {
        return go(path, false);
    }

    /** The directory that was last gone to, O_PATH. Belongs to this tree, and only until the next one is gone to. */
    Fd directory() {
        return opened.isEmpty() ? layer : opened.get(opened.size() - 1);
    }

    private Optional<EntryPath> go(EntryPath path, boolean make) {
        if (path.equals(asked)) {
            return Optional.of(here);
        }
        Deque<String> ahead = new ArrayDeque<>(path.names());
        int depth = 0;
        int links = 0;
        asked = EntryPath.LAYER;
        while (!ahead.isEmpty()) {
            String name = ahead.poll();
            if (name.isEmpty() || name.equals(".")) {
                continue;
            }
            if (name.equals("..")) {
                depth = Math.max(0, depth - 1);
                continue;
            }
            if (depth < names.size() && names.get(depth).equals(name)) {
                depth++;
                continue;
            }
            cut(depth);
            Optional<Fd> next = open(name);
            if (next.isPresent()) {
                push(name, next.get());
                depth++;
                continue;
            }
            Optional<FileStatus> inTheWay = linux.paths.statxIfPresent(directory(), name, AT_SYMLINK_NOFOLLOW);
            if (inTheWay.isPresent() && inTheWay.get().type() == S_IFLNK) {
                if (++links > MOST_LINKS) {
                    throw new ImageException("expected at most " + MOST_LINKS + " symbolic links on the way to " + path);
                }
                depth = follow(linux.paths.readlinkat(directory(), name), ahead, depth);
            } else if (!make) {
                reset(depth);
                return Optional.empty();
            } else {
                push(name, make(name, inTheWay));
                depth++;
            }
        }
        cut(depth);
        asked = path;
        here = new EntryPath(List.copyOf(names));
        return Optional.of(here);
    }

    private static int follow(String target, Deque<String> ahead, int depth) {
        String[] parts = target.split("/");
        for (int i = parts.length - 1; i >= 0; i--) {
            ahead.addFirst(parts[i]);
        }
        return target.startsWith("/") ? 0 : depth;
    }

    /** @return empty where there is no directory of that name, but perhaps something else */
    private Optional<Fd> open(String name) {
        try {
            return linux.files.openIfPresent(directory(), name, O_PATH | O_DIRECTORY | O_NOFOLLOW);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private Fd make(String name, Optional<FileStatus> inTheWay) {
        EntryPath path = new EntryPath(List.copyOf(names)).child(name);
        if (inTheWay.isPresent()) {
            if (!inTheWay.get().isCharacterDevice(0, 0)) {
                throw new ImageException("expected a directory at " + path + ", where the layer has a file");
            }
            linux.paths.unlinkat(directory(), name, 0);
            replacing.add(path);
        }
        linux.paths.mkdirat(directory(), name, MODE_OF_UNNAMED);
        linux.paths.fchmodat(directory(), name, MODE_OF_UNNAMED); // whatever the umask
        unnamed.add(path);
        return open(name).orElseThrow();
    }

    private void push(String name, Fd next) {
        names.add(name);
        opened.add(next);
        if (names.size() > EntryPath.DEEPEST) {
            throw new ImageException("expected at most " + EntryPath.DEEPEST + " directories in one another");
        }
    }

    private void cut(int depth) {
        while (names.size() > depth) {
            names.remove(names.size() - 1);
            opened.remove(opened.size() - 1).close();
        }
    }

    private void reset(int depth) {
        cut(depth);
        here = new EntryPath(List.copyOf(names));
        asked = here;
    }

    @Override
    public void close() {
        cut(0);
    }
}
