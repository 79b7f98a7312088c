package io.carafe.conmon.log;

import static io.carafe.linux.abi.FileFlags.O_APPEND;
import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_DIRECTORY;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_PATH;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.conmon.plan.LogPlan;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.Optional;

/**
 * A file that is written to at its end, and begun anew.
 *
 * <p>Its directory is looked up once, and the file in it is no link, whenever it is opened: what somebody puts there, from a container that
 * has the directory of the logs, leads nowhere else.
 */
final class LogFile implements AutoCloseable {

    private static final int MODE = 0640;
    private static final int FLAGS = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY;

    private final Linux linux;
    private final Fd directory;
    private final String path;
    private final String name;
    private final Optional<Integer> backups;
    private Fd file;
    private long length;

    private LogFile(Linux linux, Fd directory, String path, Optional<Integer> backups) {
        this.linux = linux;
        this.directory = directory;
        this.path = path;
        this.name = path.substring(path.lastIndexOf('/') + 1);
        this.backups = backups;
    }

    /** @throws KernelException ELOOP: it is a link. @throws IllegalArgumentException something else is there, or it is not where logs may be */
    static LogFile open(Linux linux, String path, LogPlan plan) {
        try (Undo undo = new Undo()) {
            int slash = path.lastIndexOf('/');
            Fd directory = undo.onFailure(linux.files.open(slash < 0 ? "." : path.substring(0, slash + 1), O_PATH | O_DIRECTORY), Fd::close);
            LogFile log = new LogFile(linux, directory, path, plan.backups());
            log.checkAllowed(plan);
            log.file = undo.onFailure(linux.files.openat(directory, log.name, FLAGS, MODE), Fd::close);
            log.checkType();
            undo.keep();
            return log;
        } catch (KernelException e) {
            throw e.during("Failed to open log file " + path).hint(Errno.ELOOP, "a log is no link");
        }
    }

    /** By where the directory is, whatever its name leads through. */
    private void checkAllowed(LogPlan plan) {
        if (plan.allowedDirectories().isEmpty()) {
            return;
        }
        String its = linux.paths.readlinkat(Fd.CWD, directory.path());
        for (String allowed : plan.allowedDirectories()) {
            Optional<Fd> opened = allowed.isEmpty() ? Optional.empty() : linux.files.openIfPresent(Fd.CWD, allowed, O_PATH | O_DIRECTORY);
            if (opened.isPresent()) {
                try (Fd root = opened.get()) {
                    String prefix = linux.paths.readlinkat(Fd.CWD, root.path());
                    if ((its + "/").startsWith(prefix.equals("/") ? prefix : prefix + "/")) {
                        return;
                    }
                }
            }
        }
        throw new IllegalArgumentException("Log path " + path + " is not below a --log-allowlist-dir");
    }

    private void checkType() {
        FileStatus status = linux.files.fstat(file);
        if (status.type() != FileFlags.S_IFREG && !status.isCharacterDevice(1, 3)) {
            throw new IllegalArgumentException("Failed to open log file " + path + ": expected a regular file, found something else");
        }
        length = status.size();
    }

    /** In bytes, by what was written here. */
    long length() {
        return length;
    }

    /** @throws KernelException ENOSPC and the like: the rest is lost */
    void write(byte[] bytes, int count) {
        length += count;
        linux.files.write(file, bytes, 0, count);
    }

    /** An empty file takes its name at once; what was in it goes, or becomes a backup. */
    void beginAnew() {
        String temporary = name + ".tmp";
        remove(temporary);
        Fd opened = linux.files.openat(directory, temporary, FLAGS | O_EXCL, MODE);
        try {
            backups.ifPresent(this::keep);
            linux.paths.rename(directory, temporary, directory, name, 0);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        file.close();
        file = opened;
        length = 0;
    }

    private void keep(int most) {
        for (int i = most; i >= 2; i--) {
            renameIfPresent(name + "." + (i - 1), name + "." + i);
        }
        renameIfPresent(name, name + ".1");
    }

    private void renameIfPresent(String from, String to) {
        try {
            linux.paths.rename(directory, from, directory, to, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    private void remove(String other) {
        try {
            linux.paths.unlinkat(directory, other, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }

    void sync() {
        try {
            linux.files.fsync(file);
        } catch (KernelException e) {
            if (!e.is(Errno.EINVAL)) { // of a device
                throw e;
            }
        }
    }

    @Override
    public void close() {
        file.close();
        directory.close();
    }
}
