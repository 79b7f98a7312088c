package io.carafe.shim.bundle;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_RDONLY;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import java.util.Optional;

/**
 * The files of a bundle that a shim or its runtime has made. They are regular files: what is none, whoever has put it there, is neither
 * followed, nor waited for, nor written over.
 */
public final class BundleFiles {

    private static final int OWNER_ONLY = 0600;

    private final Linux linux;
    private final String bundle;

    public BundleFiles(Linux linux, String bundle) {
        this.linux = linux;
        this.bundle = bundle;
    }

    /** The bundle's directory. */
    public String directory() {
        return bundle;
    }

    public String path(String name) {
        return bundle + "/" + name;
    }

    /**
     * Reads one.
     *
     * @param most in bytes
     * @throws KernelException EFBIG: it holds more; ELOOP: it is a symbolic link
     * @throws IllegalArgumentException something else stands there
     */
    public Optional<byte[]> readIfPresent(String name, int most) {
        return readIfPresent(name, 0, most);
    }

    /** The same. @param from where to begin; where the file is shorter than that, at its start */
    public Optional<byte[]> readIfPresent(String name, long from, int most) {
        Optional<Fd> opened = linux.files.openIfPresent(Fd.CWD, path(name), O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (Fd file = requireRegular(linux, opened.get(), path(name))) {
            if (from > 0 && from <= linux.files.fstat(file).size()) {
                linux.files.seek(file, from);
            }
            return Optional.of(linux.files.readAll(file, most));
        } catch (KernelException e) {
            throw e.operation().equals("read") ? e.as("read " + path(name)) : e;
        }
    }

    /** Opened without waiting. @return the same descriptor, which is closed where it is refused */
    static Fd requireRegular(Linux linux, Fd file, String path) {
        try {
            if (linux.files.fstat(file).type() != FileFlags.S_IFREG) {
                throw new IllegalArgumentException(path + ": expected a regular file, found something else");
            }
            return file;
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /**
     * Anew, for its owner alone, whole or not at all: half of it would be read for something else by who cleans up after this process. What had
     * the name before is no more, and stays as it was where it has other names.
     */
    public void write(String name, byte[] content) {
        String unfinished = "." + name;
        try (Undo undo = new Undo()) {
            try (Fd file = create(path(unfinished))) {
                undo.onFailure(() -> removeIfPresent(unfinished));
                linux.files.write(file, content);
            }
            linux.paths.rename(Fd.CWD, path(unfinished), Fd.CWD, path(name), 0);
            undo.keep();
        } catch (KernelException e) {
            throw e.operation().equals("write") ? e.as("write " + path(name)) : e;
        }
    }

    private Fd create(String path) {
        final int anew = O_WRONLY | O_CREAT | O_EXCL;
        try {
            return linux.files.openat(Fd.CWD, path, anew, OWNER_ONLY);
        } catch (KernelException e) {
            if (!e.is(Errno.EEXIST)) {
                throw e;
            }
            linux.paths.unlinkat(Fd.CWD, path, 0);
            return linux.files.openat(Fd.CWD, path, anew, OWNER_ONLY);
        }
    }

    public void removeIfPresent(String name) {
        try {
            linux.paths.unlinkat(Fd.CWD, path(name), 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
