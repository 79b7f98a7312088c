package io.carafe.runtime.process;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.file.FileStatus;
import java.util.Optional;

/** The program that args[0] names, searched as execvp(3) does but told apart: absent, not executable, a directory. */
final class Executable {

    private final Linux linux;

    Executable(Linux linux) {
        this.linux = linux;
    }

    /**
     * Finds the program by the rights of whoever asks; run this as the container's user, in its root and its cwd.
     *
     * @throws KernelException ENOENT, ENOTDIR, EACCES or EISDIR, with the words by which docker and podman choose between 126 and 127: "executable
     *     file not found in $PATH", "no such file or directory", and "permission denied" also for a directory
     */
    String find(String name, String path) {
        if (name.indexOf('/') >= 0) {
            problem(name).ifPresent(errno -> {
                throw new KernelException("exec " + name, errno).hint(Errno.EISDIR, "to execute it: permission denied");
            });
            return name;
        }
        Errno worst = Errno.ENOENT;
        for (String dir : name.isEmpty() ? new String[0] : path.split(":", -1)) {
            String candidate = (dir.isEmpty() ? "." : dir) + "/" + name;
            Optional<Errno> problem = problem(candidate);
            if (problem.isEmpty()) {
                return candidate;
            }
            worst = problem.get() == Errno.EACCES ? Errno.EACCES : worst;
        }
        throw new KernelException("exec \"" + name + "\": " + (worst == Errno.ENOENT ? "executable file not found in $PATH"
                : "no executable file in $PATH"), worst);
    }

    private Optional<Errno> problem(String path) {
        if (linux.paths.isExecutable(Fd.CWD, path)) {
            // A directory may be "executed" in the sense of access(2).
            return linux.paths.statx(Fd.CWD, path, 0).isDirectory() ? Optional.of(Errno.EISDIR) : Optional.empty();
        }
        try {
            Optional<FileStatus> status = linux.paths.statxIfPresent(Fd.CWD, path, 0);
            return Optional.of(status.isPresent() ? Errno.EACCES : Errno.ENOENT);
        } catch (KernelException e) {
            // As execvp(3): a directory of PATH that cannot be looked into for another reason must not be passed over for the next.
            if (!e.is(Errno.ENOTDIR) && !e.is(Errno.EACCES)) {
                throw e;
            }
            return Optional.of(e.errno());
        }
    }
}
