package io.carafe.runtime.container.state;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOCTTY;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;
import static io.carafe.linux.abi.FileFlags.S_IFREG;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * {@code --pid-file}: a bare decimal, by a new file that takes the name, so that a manager that watches never reads half a number. What is no
 * regular file is written to and stays: /dev/null is everybody's, and a FIFO has a reader.
 */
public final class PidFile {

    private static final int READABLE = 0644;

    private final Linux linux;
    private final String path;

    public PidFile(Linux linux, String path) {
        this.linux = linux;
        this.path = path;
    }

    /** @param undo gets its removal */
    public void write(int pid, Undo undo) {
        try {
            if (isSpecial()) {
                writeTo(linux.files.openat(Fd.CWD, path, O_WRONLY | O_NONBLOCK | O_NOCTTY, 0), pid);
            } else {
                replace(pid, undo);
            }
        } catch (KernelException e) {
            throw e.during("write --pid-file " + path);
        }
    }

    private boolean isSpecial() {
        Optional<FileStatus> there = linux.paths.statxIfPresent(Fd.CWD, path, 0);
        return there.isPresent() && there.get().type() != S_IFREG && !there.get().isDirectory();
    }

    private void replace(int pid, Undo undo) {
        int name = path.lastIndexOf('/') + 1;
        String unfinished = path.substring(0, name) + "." + path.substring(name) + "." + pid;
        Fd file = linux.files.openat(Fd.CWD, unfinished, O_WRONLY | O_CREAT | O_EXCL, READABLE);
        undo.onFailure(() -> removeIfPresent(unfinished));
        writeTo(file, pid);
        linux.paths.rename(Fd.CWD, unfinished, Fd.CWD, path, 0);
        undo.onFailure(() -> removeIfPresent(path));
    }

    /** @param file closed here */
    private void writeTo(Fd file, int pid) {
        try (file) {
            linux.files.write(file, Integer.toString(pid).getBytes(StandardCharsets.US_ASCII));
        }
    }

    /** What was written, when the process did not come to run. A file that says another pid by now is another's. */
    public void remove(int pid) {
        if (!isSpecial() && linux.files.readIfPresent(Fd.CWD, path).equals(Optional.of(Integer.toString(pid)))) {
            linux.paths.unlinkat(Fd.CWD, path, 0);
        }
    }

    private void removeIfPresent(String file) {
        if (linux.paths.statxIfPresent(Fd.CWD, file, 0).isPresent()) {
            linux.paths.unlinkat(Fd.CWD, file, 0);
        }
    }
}
