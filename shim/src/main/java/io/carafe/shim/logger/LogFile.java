package io.carafe.shim.logger;

import static io.carafe.linux.abi.FileFlags.AT_SYMLINK_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A log that others rename away, and then want anew: whoever rotates it cannot be asked to wait, so before each write the name is looked
 * at, and where it is no longer this file's it is opened again.
 *
 * <p>Its directory is looked up once, and the file in it is no link: what somebody puts there later, from a container that has the
 * directory, leads nowhere else.
 */
final class LogFile implements AutoCloseable {

    /** As the kubelet's own logs: their owner may write, and a group may read. */
    private static final int MODE = 0640;
    private static final int SEARCHABLE = 0755;
    private static final byte[] END_OF_LINE = {'\n'};

    private final Linux linux;
    private final Fd directory;
    private final String path;
    private final String name;
    private final Consumer<RuntimeException> failed;
    private Fd file;
    private FileStatus status;
    /** Whether it ends in the middle of a line, of which the rest could not be written. */
    private boolean torn;
    /** What goes wrong is told once, until it goes well again. */
    private boolean toldOfName;
    private boolean toldOfWrite;

    private LogFile(Linux linux, Fd directory, String path, Consumer<RuntimeException> failed) {
        this.linux = linux;
        this.directory = directory;
        this.path = path;
        this.name = path.substring(path.lastIndexOf('/') + 1);
        this.failed = failed;
    }

    /**
     * Made where it is not there, with its directories; written to at its end.
     *
     * @param path absolute. @param failed gets what goes wrong later on
     * @throws KernelException ELOOP: it is a link
     * @throws IllegalArgumentException it is something else
     */
    static LogFile open(Linux linux, String path, Consumer<RuntimeException> failed) {
        for (int slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
            linux.paths.mkdirIfAbsent(Fd.CWD, path.substring(0, slash), SEARCHABLE);
        }
        try (Undo undo = new Undo()) {
            Fd directory = undo.onFailure(linux.files.open(path.substring(0, path.lastIndexOf('/') + 1), O_PATH | O_DIRECTORY), Fd::close);
            LogFile log = new LogFile(linux, directory, path, failed);
            log.openAnew();
            undo.keep();
            return log;
        } catch (KernelException e) {
            throw e.during("stdout: the log " + path).hint(Errno.ELOOP, "a log is no link");
        }
    }

    private void openAnew() {
        Fd opened = linux.files.openat(directory, name, O_WRONLY | O_CREAT | O_APPEND | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW, MODE);
        try {
            FileStatus its = linux.files.fstat(opened);
            if (its.type() != FileFlags.S_IFREG) {
                throw new IllegalArgumentException("stdout: expected a regular file, found something else at " + path);
            }
            status = its;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        if (file != null) {
            file.close();
        }
        file = opened;
        torn = false;
    }

    /** Opens it anew where its name is another file's now, or nobody's. Where that cannot be done the old one stays: nothing is lost. */
    void look() {
        try {
            Optional<FileStatus> named = linux.paths.statxIfPresent(directory, name, AT_SYMLINK_NOFOLLOW);
            if (named.isEmpty() || !named.get().isSameFile(status)) {
                openAnew();
            }
            toldOfName = false;
        } catch (RuntimeException e) {
            if (!toldOfName) {
                tell(e);
            }
            toldOfName = true;
        }
    }

    /** Whole lines. What there is no room for is lost, and that is told: the process shall not wait for it. */
    void write(byte[] lines) {
        if (lines.length == 0) {
            return;
        }
        look();
        int done = 0;
        try {
            if (torn) {
                linux.files.write(file, END_OF_LINE);
                torn = false;
            }
            while (done < lines.length) {
                done += linux.files.tryWrite(file, lines, done, lines.length - done);
            }
            toldOfWrite = false;
        } catch (KernelException e) {
            torn = torn || done > 0 && lines[done - 1] != '\n';
            if (!toldOfWrite) {
                tell(e);
            }
            toldOfWrite = true;
        }
    }

    private void tell(RuntimeException e) {
        failed.accept(e instanceof KernelException of ? of.during("the log " + path) : e);
    }

    @Override
    public void close() {
        file.close();
        directory.close();
    }
}
