package io.carafe.runtime.container.state;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_TRUNC;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.RENAME_EXCHANGE;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.Descent;
import io.carafe.linux.call.file.FileStatus;
import io.carafe.spec.json.SpecException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The directory {@code ROOT/ID} of one container, held open. The process that creates or deletes a container has its {@link StateLock},
 * so the two never meet half-way, and a lock that is free tells that a creator has died.
 *
 * <p>Nothing in it is taken for what it should be: a crash, a full disk or a restore may have left anything there. No link is followed,
 * no FIFO waited for.
 */
public final class StateDir implements AutoCloseable {

    private static final String FILE = "state.json";
    /** Gets the new state, and by the exchange of names the one before, which tells `delete --force` what there is to remove. */
    private static final String FILE_BEFORE = "state.json.before";
    private static final int PRIVATE_DIRECTORY = 0700;
    /** Sticky: who tidies up XDG_RUNTIME_DIR leaves what has this bit (XDG Base Directory Specification). */
    private static final int ROOT_DIRECTORY = 01700;
    private static final int PRIVATE_FILE = 0600;
    private static final int LARGEST = 16 << 20;
    private static final int REMOVE_ATTEMPTS = 5;

    private final Linux linux;
    private final String root;
    private final String id;
    private final Fd dir;
    private final StateLock lock;
    /** Whether this process has the container's life in its hand. */
    private boolean isOurs;

    private StateDir(Linux linux, String root, String id, Fd dir) {
        this.linux = linux;
        this.root = root;
        this.id = id;
        this.dir = dir;
        this.lock = new StateLock(linux, dir);
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
            undo.onFailure(() -> removeUnlessTaken(linux, path));
            StateDir claimed = undo.onFailure(new StateDir(linux, root, id, linux.files.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)),
                    StateDir::close);
            undo.onFailure(() -> claimed.removeAll(name -> false));
            if (!claimed.lock.take(StateLock.Right.LIFE) || !claimed.lock.take(StateLock.Right.CREATION) || !claimed.isLocked()) {
                throw deletedMeanwhile(id);
            }
            undo.keep();
            return claimed;
        } catch (KernelException e) {
            throw e.is(Errno.ENOENT) ? deletedMeanwhile(id) : e;
        }
    }

    private static ContainerException deletedMeanwhile(String id) {
        return new ContainerException("container " + id + " was deleted while it was created");
    }

    private static void removeUnlessTaken(Linux linux, String path) {
        try {
            linux.paths.unlinkat(Fd.CWD, path, FileFlags.AT_REMOVEDIR);
        } catch (KernelException e) {
            // ENOTEMPTY: it is the container of another by now.
            if (!e.is(Errno.ENOENT) && !e.is(Errno.ENOTEMPTY)) {
                throw e;
            }
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

    /**
     * The directory of a container that there is.
     *
     * @return empty when there is none
     * @throws ContainerException for something else of that name
     */
    public static Optional<StateDir> find(Linux linux, String root, String id) {
        try {
            return linux.files.openIfPresent(Fd.CWD, root + "/" + id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
                    .map(dir -> new StateDir(linux, root, id, dir));
        } catch (KernelException e) {
            if (!isNoDirectory(e)) {
                throw e;
            }
            throw ContainerException.damaged(id, root + "/" + id + " is not a directory");
        }
    }

    /** Removes what has the name of a container, and is no directory: a file, a link, a socket. @return whether there was such a thing */
    public static boolean removeStray(Linux linux, String root, String id) {
        Optional<FileStatus> found = linux.paths.statxIfPresent(Fd.CWD, root + "/" + id, FileFlags.AT_SYMLINK_NOFOLLOW);
        if (found.isEmpty() || found.get().isDirectory()) {
            return false;
        }
        linux.paths.unlinkat(Fd.CWD, root + "/" + id, 0);
        return true;
    }

    /** Of open(2) with O_DIRECTORY and O_NOFOLLOW. */
    private static boolean isNoDirectory(KernelException e) {
        return e.is(Errno.ENOTDIR) || e.is(Errno.ELOOP);
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

    /**
     * Takes the container's life in hand, waiting for another process that creates or deletes it.
     *
     * @return false when the container was deleted meanwhile
     * @throws ContainerException when the other process stands still, or is not ready in ten seconds
     */
    public boolean lock() {
        try {
            if (!lock.await(StateLock.Right.LIFE)) {
                throw new ContainerException("container " + id + " is being created or deleted by " + holder(StateLock.Right.LIFE)
                        + ", which does not come to its end");
            }
        } catch (KernelException e) {
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw StateLock.isNoFile(e) ? ContainerException.damaged(id, e.getMessage()) : e;
        }
        return isLocked();
    }

    /**
     * The same for who deletes by force: another process that does not come to its end is killed, and what is no lock is removed.
     *
     * @return false when the container was deleted meanwhile
     * @throws ContainerException when the other process cannot be killed
     */
    public boolean lockByForce() {
        try {
            if (!lock.awaitByForce(StateLock.Right.LIFE)) {
                throw new ContainerException("container " + id + " is being created or deleted by " + holder(StateLock.Right.LIFE)
                        + ", which neither comes to its end nor can be killed");
            }
        } catch (KernelException e) {
            if (StateLock.isNoFile(e)) {
                removeAll(name -> !name.equals(StateLock.NAME));
                return lockByForce();
            }
            if (e.is(Errno.ENOENT)) {
                return false;
            }
            throw e;
        }
        return isLocked();
    }

    private boolean isLocked() {
        isOurs = !isDeleted();
        return isOurs;
    }

    private String holder(StateLock.Right right) {
        int pid = lock.holder(right).orElse(0);
        return pid > 0 ? "process " + pid : "another process";
    }

    /** Whether another process is creating this container right now. */
    boolean isBeingCreated() {
        return !isOurs && lock.holder(StateLock.Right.CREATION).isPresent();
    }

    /** Whether another process is creating or deleting it, or has just deleted it. */
    boolean isUnsettled() {
        return isDeleted() || !isOurs && lock.holder(StateLock.Right.LIFE).isPresent();
    }

    boolean isDeleted() {
        return linux.files.fstat(dir).links() == 0;
    }

    /** Ends the lock of the process that created the container: it may be deleted by others from now on. */
    public void unlock() {
        lock.release(StateLock.Right.CREATION);
        lock.release(StateLock.Right.LIFE);
        isOurs = false;
    }

    /** Takes the right to start the container. @throws ContainerException when another process has it */
    public void lockStart() {
        // Without the file it is being made or deleted, which its status tells.
        if (!lock.takeIfPresent(StateLock.Right.START) && lock.isOpen()) {
            throw new ContainerException("cannot start a container that " + holder(StateLock.Right.START) + " is starting");
        }
    }

    public void unlockStart() {
        lock.release(StateLock.Right.START);
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
        try (Fd file = linux.files.openat(dir, FILE_BEFORE, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, PRIVATE_FILE)) {
            linux.files.write(file, json(state));
        }
        try {
            // Not over it: where /run is no tmpfs, ext4 would write the file out at once (auto_da_alloc), for 0.4 ms here and in delete.
            linux.paths.rename(dir, FILE_BEFORE, dir, FILE, RENAME_EXCHANGE);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL) && !e.is(Errno.ENOSYS) && !e.is(Errno.EPERM)) { // a file system without it; a filter that refuses renameat2(2)
                throw e;
            }
            linux.paths.rename(dir, FILE_BEFORE, dir, FILE, 0);
        }
    }

    /**
     * The state that was saved.
     *
     * @return empty when the creator died before it wrote one
     * @throws ContainerException when what is there is no state of this container
     */
    public Optional<ContainerState> load() {
        return load(FILE);
    }

    /** The state that was saved before that one. @return empty when there is none, or none that can be read */
    public Optional<ContainerState> loadBefore() {
        try {
            return load(FILE_BEFORE);
        } catch (ContainerException damaged) {
            return Optional.empty();
        }
    }

    private Optional<ContainerState> load(String name) {
        try {
            Optional<Fd> opened = linux.files.openIfPresent(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
            return opened.isEmpty() ? Optional.empty() : read(name, opened.get());
        } catch (KernelException e) {
            // EIO and the like are told as they are.
            throw isWrongKind(e) ? ContainerException.damaged(id, name + ": " + e.getMessage()) : e;
        }
    }

    /** What a link, a socket, a directory, a file without end, and a FIFO that has a writer answer. */
    private static boolean isWrongKind(KernelException e) {
        return e.is(Errno.ELOOP) || e.is(Errno.ENXIO) || e.is(Errno.EISDIR) || e.is(Errno.EFBIG) || e.is(Errno.EAGAIN);
    }

    private Optional<ContainerState> read(String name, Fd opened) {
        try (Fd file = opened) {
            byte[] json = linux.files.readAll(file, LARGEST);
            if (json.length == 0 && linux.files.fstat(file).type() != S_IFREG) {
                throw ContainerException.damaged(id, name + " is not a regular file");
            }
            return json.length == 0 ? Optional.empty() : Optional.of(ContainerState.TABLE.read(json, 0, json.length).plausibleFor(id));
        } catch (SpecException e) {
            throw ContainerException.damaged(id, name + ": " + e.getMessage());
        }
    }

    /** Removes the directory and all in it, but not through what is mounted there. */
    public void remove() {
        // The lock last: a directory without it is taken by others.
        removeAll(name -> name.equals(StateLock.NAME));
        for (int attempt = 1;; attempt++) {
            try {
                removeAll(name -> false);
                rmdir(Fd.CWD, root + "/" + id);
                break;
            } catch (KernelException e) {
                // Another deleter has found it without the lock, and made one.
                if (!e.is(Errno.ENOTEMPTY) || attempt == REMOVE_ATTEMPTS) {
                    throw e;
                }
            }
        }
        close();
    }

    private void rmdir(Fd above, String name) {
        try {
            linux.paths.unlinkat(above, name, FileFlags.AT_REMOVEDIR);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    /** @param kept which names of the directory itself stay */
    private void removeAll(Predicate<String> kept) {
        Descent.walk(linux.files, dir, ".", new Descent.Visitor() {
            private boolean isBelow;

            @Override
            public List<String> enter(Fd here) {
                List<String> directories = new ArrayList<>(0);
                if (isBelow && linux.files.fstat(here).mountRoot()) {
                    return directories;
                }
                for (String name : linux.files.list(here, ".")) {
                    if ((isBelow || !kept.test(name)) && !unlink(here, name)) {
                        directories.add(name);
                    }
                }
                isBelow = true;
                return directories;
            }

            @Override
            public void leave(Fd above, String name) {
                rmdir(above, name);
            }
        });
    }

    /** @return false when it is a directory */
    private boolean unlink(Fd above, String name) {
        try {
            linux.paths.unlinkat(above, name, 0);
            return true;
        } catch (KernelException e) {
            if (e.is(Errno.EISDIR)) {
                return false;
            }
            if (e.is(Errno.ENOENT)) {
                return true;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        lock.close();
        dir.close();
    }
}
