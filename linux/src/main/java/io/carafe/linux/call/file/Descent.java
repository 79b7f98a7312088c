package io.carafe.linux.call.file;

import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * A walk through a tree of directories by their descriptors: no path is longer than a name (PATH_MAX), links are not followed, and
 * a depth of thousands takes no more descriptors, and no more of the stack, than one of two.
 *
 * <p>The way back is {@code ..}; it must lead to the directory that the walk came from.
 */
public final class Descent {

    /** What is done on the way. */
    public interface Visitor {

        /** Comes to a directory. @param directory borrowed; @return the names in it to go down to, each of which may have gone by then */
        List<String> enter(Fd directory);

        /** Has come back from a directory, or did not find it. @param parent borrowed */
        default void leave(Fd parent, String name) {
        }
    }

    /** A directory on the walk. @param left names that are still to be visited */
    private record Level(String name, FileStatus status, Deque<String> left) {
    }

    private final Files files;
    private final Visitor visitor;
    private final Deque<Level> levels = new ArrayDeque<>();

    private Descent(Files files, Visitor visitor) {
        this.files = files;
        this.visitor = visitor;
    }

    /**
     * Goes through a tree, each directory before those in it.
     *
     * @return false when there is no directory of that name (ENOENT, ENOTDIR, ELOOP)
     * @throws KernelException ESTALE when a directory was moved while the walk was in it; or the visitor's
     */
    public static boolean walk(Files files, Fd dir, String path, Visitor visitor) {
        Optional<Fd> top = open(files, dir, path);
        top.ifPresent(opened -> new Descent(files, visitor).walk(path, opened));
        return top.isPresent();
    }

    /** @return empty when it has gone, or is no directory */
    private static Optional<Fd> open(Files files, Fd dir, String name) {
        try {
            return files.openIfPresent(dir, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOTDIR) && !e.is(Errno.ELOOP)) {
                throw e;
            }
            return Optional.empty();
        }
    }

    private void walk(String path, Fd top) {
        Fd here = top;
        try {
            enter(path, here);
            while (!levels.isEmpty()) {
                String next = levels.peek().left.poll();
                if (next == null) {
                    Level done = levels.pop();
                    if (!levels.isEmpty()) {
                        here = swap(here, above(here, levels.peek().status));
                        visitor.leave(here, done.name);
                    }
                    continue;
                }
                Optional<Fd> below = open(files, here, next);
                if (below.isEmpty()) {
                    visitor.leave(here, next);
                    continue;
                }
                here = swap(here, below.get());
                enter(next, here);
            }
        } finally {
            here.close();
        }
    }

    private static Fd swap(Fd old, Fd next) {
        old.close();
        return next;
    }

    private void enter(String name, Fd directory) {
        levels.push(new Level(name, files.fstat(directory), new ArrayDeque<>(visitor.enter(directory))));
    }

    private Fd above(Fd here, FileStatus expected) {
        Fd above = files.openat(here, "..", O_RDONLY | O_DIRECTORY, 0);
        if (!files.fstat(above).isSameFile(expected)) {
            above.close();
            throw new KernelException("open ..", Errno.ESTALE).hint(Errno.ESTALE, "a directory was moved meanwhile");
        }
        return above;
    }
}
