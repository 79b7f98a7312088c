package io.carafe.runtime.container.state;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** {@code --pid-file}: a bare decimal, by a new file that takes the name, so that a manager that watches never reads half a number. */
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
        int name = path.lastIndexOf('/') + 1;
        String unfinished = path.substring(0, name) + "." + path.substring(name) + "." + pid;
        try (Fd file = linux.files.openat(Fd.CWD, unfinished, O_WRONLY | O_CREAT | O_EXCL, READABLE)) {
            undo.onFailure(() -> removeIfPresent(unfinished));
            linux.files.write(file, Integer.toString(pid).getBytes(StandardCharsets.US_ASCII));
            linux.paths.rename(Fd.CWD, unfinished, Fd.CWD, path, 0);
            undo.onFailure(() -> removeIfPresent(path));
        } catch (KernelException e) {
            throw e.during("write --pid-file " + path);
        }
    }

    /** What was written, when the process did not come to run. A file that says another pid by now is another's. */
    public void remove(int pid) {
        if (linux.files.readIfPresent(Fd.CWD, path).equals(Optional.of(Integer.toString(pid)))) {
            linux.paths.unlinkat(Fd.CWD, path, 0);
        }
    }

    private void removeIfPresent(String file) {
        if (linux.paths.statxIfPresent(Fd.CWD, file, 0).isPresent()) {
            linux.paths.unlinkat(Fd.CWD, file, 0);
        }
    }
}
