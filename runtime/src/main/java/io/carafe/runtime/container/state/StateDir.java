package io.carafe.runtime.container.state;

import static io.carafe.linux.abi.FileFlags.LOCK_EX;
import static io.carafe.linux.abi.FileFlags.LOCK_NB;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_TRUNC;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.RENAME_EXCHANGE;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory {@code ROOT/ID} of one container, held open. Who creates or deletes a container holds an exclusive flock(2) on it,
 * so the two never meet half-way, and a lock that is free tells that a creator has died.
 */
public final class StateDir implements AutoCloseable {

    private static final String FILE = "state.json";
    private static final String NEW_FILE = "state.json.new";
    private static final int PRIVATE_DIRECTORY = 0700;
    /** Sticky: who tidies up XDG_RUNTIME_DIR leaves what has this bit (XDG Base Directory Specification). */
    private static final int ROOT_DIRECTORY = 01700;
    private static final int PRIVATE_FILE = 0600;
    private static final int LARGEST = 16 << 20;

    private final Linux linux;
    private final String root;
    private final String id;
    private final Fd dir;
    /** Whether this process holds the lock. */
    private boolean isOurs;

    private StateDir(Linux linux, String root, String id, Fd dir) {
        this.linux = linux;
        this.root = root;
        this.id = id;
        this.dir = dir;
    }

    /**
     * Makes the directory of a new container, and those above it.
     *
     * @throws ContainerException when there is a container of that id
     */
    public static StateDir claim(Linux linux, String root, String id) {
        String path = root + "/" + id;
        try {
            make(linux, root, path);
        } catch (KernelException e) {
            if (e.is(Errno.EEXIST)) {
                throw new ContainerException("container with id " + id + " already exists");
            }
            throw e.hint(Errno.EACCES, "choose another --root, or set XDG_RUNTIME_DIR");
        }
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> linux.paths.unlinkat(Fd.CWD, path, FileFlags.AT_REMOVEDIR));
            Fd dir = undo.onFailure(linux.files.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW), Fd::close);
            StateDir claimed = new StateDir(linux, root, id, dir);
            claimed.lock();
            undo.keep();
            return claimed;
        }
    }

    private static void make(Linux linux, String root, String path) {
        try {
            linux.paths.mkdirat(Fd.CWD, path, PRIVATE_DIRECTORY);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
            for (int end = root.indexOf('/', 1); end > 0; end = root.indexOf('/', end + 1)) {
                linux.paths.mkdirIfAbsent(Fd.CWD, root.substring(0, end), 0755);
            }
            linux.paths.mkdirIfAbsent(Fd.CWD, root, ROOT_DIRECTORY);
            linux.paths.mkdirat(Fd.CWD, path, PRIVATE_DIRECTORY);
        }
    }

    /** The directory of a container that there is. @return empty when there is none */
    public static Optional<StateDir> find(Linux linux, String root, String id) {
        return linux.files.openIfPresent(Fd.CWD, root + "/" + id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                .map(dir -> new StateDir(linux, root, id, dir));
    }

    /** The ids of all containers of a root, sorted. */
    public static List<String> ids(Linux linux, String root) {
        try {
            List<String> ids = new ArrayList<>(linux.files.list(Fd.CWD, root));
            ids.removeIf(id -> !ContainerId.isValid(id));
            ids.sort(null);
            return ids;
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return List.of();
            }
            throw e;
        }
    }

    public Fd fd() {
        return dir;
    }

    public String id() {
        return id;
    }

    /** Takes the lock, waiting for whoever creates or deletes. @return false when the container was deleted meanwhile */
    public boolean lock() {
        linux.files.flock(dir, LOCK_EX);
        isOurs = true;
        return linux.files.fstat(dir).links() > 0;
    }

    /** Whether somebody else is creating or deleting this container right now. */
    boolean isLockedByAnother() {
        if (isOurs) {
            return false;
        }
        try {
            linux.files.flock(dir, LOCK_EX | LOCK_NB);
            linux.files.flock(dir, FileFlags.LOCK_UN);
            return false;
        } catch (KernelException e) {
            if (!e.is(Errno.EAGAIN)) {
                throw e;
            }
            return true;
        }
    }

    /** Ends the lock of who created the container: it may be deleted by others from now on. */
    public void unlock() {
        linux.files.flock(dir, FileFlags.LOCK_UN);
        isOurs = false;
    }

    /** Writes the state where there is none yet: in one write(2), so a reader finds an empty file or all of it. */
    public void saveFirst(ContainerState state) {
        try (Fd file = linux.files.openat(dir, FILE, O_WRONLY | O_CREAT | O_EXCL, PRIVATE_FILE)) {
            linux.files.write(file, json(state));
        }
    }

    /** What can be read again: characters that are written as escapes may make a state longer than the config.json was that it is of. */
    private static byte[] json(ContainerState state) {
        byte[] json = ContainerState.TABLE.compact(state);
        if (json.length > LARGEST) {
            throw new ContainerException("annotations, hooks and process of config.json are too large for " + FILE + ": expected at most "
                    + LARGEST + " bytes, found " + json.length);
        }
        return json;
    }

    /** Writes the state, whole or not at all: a new file takes the old one's name. */
    public void save(ContainerState state) {
        try (Fd file = linux.files.openat(dir, NEW_FILE, O_WRONLY | O_CREAT | O_TRUNC, PRIVATE_FILE)) {
            linux.files.write(file, json(state));
        }
        try {
            // Not over it: where /run is no tmpfs, ext4 would write the file out at once (auto_da_alloc), for 0.4 ms here and in delete.
            linux.paths.rename(dir, NEW_FILE, dir, FILE, RENAME_EXCHANGE);
            linux.paths.unlinkat(dir, NEW_FILE, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) { // a file system without it
                throw e;
            }
            linux.paths.rename(dir, NEW_FILE, dir, FILE, 0);
        }
    }

    /** @return empty when the creator died before it wrote one */
    public Optional<ContainerState> load() {
        return linux.files.openIfPresent(dir, FILE, O_RDONLY | O_NOFOLLOW).flatMap(opened -> {
            try (Fd file = opened) {
                byte[] json = linux.files.readAll(file, LARGEST);
                return json.length == 0 ? Optional.<ContainerState>empty() : Optional.of(ContainerState.TABLE.read(json, 0, json.length));
            }
        });
    }

    /** A file, or a directory of files. */
    private void remove(String name) {
        try {
            linux.paths.unlinkat(dir, name, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.EISDIR)) {
                throw e;
            }
            for (String file : linux.files.list(dir, name)) {
                linux.paths.unlinkat(dir, name + "/" + file, 0);
            }
            linux.paths.unlinkat(dir, name, FileFlags.AT_REMOVEDIR);
        }
    }

    /** Removes the directory and all in it. */
    public void remove() {
        for (String name : linux.files.list(dir, ".")) {
            remove(name);
        }
        linux.paths.unlinkat(Fd.CWD, root + "/" + id, FileFlags.AT_REMOVEDIR);
        close();
    }

    @Override
    public void close() {
        dir.close();
    }
}
