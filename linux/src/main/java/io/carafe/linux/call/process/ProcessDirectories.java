package io.carafe.linux.call.process;

import static io.carafe.linux.KernelException.check;

import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.Kernel;
import io.carafe.linux.KernelException;
import io.carafe.linux.Memory;
import io.carafe.linux.abi.FileFlags;
import io.carafe.linux.abi.Sys;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * /proc/PID as what stands for a process, until the floor is Linux 5.4: a descriptor of it is that process's for good, and never that of
 * another which gets its pid.
 */
final class ProcessDirectories {

    private static final int LONGEST = 4096;

    private final Kernel kernel;
    private final Memory memory;

    ProcessDirectories(Kernel kernel, Memory memory) {
        this.kernel = kernel;
        this.memory = memory;
    }

    /** The caller owns the result. @throws KernelException ESRCH: there is no such process */
    Fd open(int pid) {
        try (Memory.Frame frame = memory.frame()) {
            long result = kernel.call(Sys.OPENAT.nr, Fd.CWD.number(), frame.string("/proc/" + pid),
                    FileFlags.O_DIRECTORY | FileFlags.O_CLOEXEC);
            return Fd.ofProcess(kernel, check("open /proc/" + pid, result == -Errno.ENOENT.number ? -Errno.ESRCH.number : result), pid);
        }
    }

    /** Of a pidfd, too. @throws KernelException ESRCH: it has been reaped */
    int pid(Fd process) {
        if (process.process().isPresent()) {
            state(process).orElseThrow(() -> new KernelException("find the process", Errno.ESRCH));
            return process.process().getAsInt();
        }
        String fdinfo = read(Fd.CWD, "/proc/self/fdinfo/" + process.number())
                .orElseThrow(() -> new KernelException("open fdinfo of a pidfd", Errno.ENOENT));
        int pid = fdinfo.lines().filter(line -> line.startsWith("Pid:")).findFirst()
                .map(line -> Integer.parseInt(line.substring(4).strip())).orElse(-1);
        if (pid <= 0) {
            throw new KernelException("find the process of a pidfd", Errno.ESRCH);
        }
        return pid;
    }

    /** Whether it has ended, waited for or not: state Z or X, or none any more. */
    boolean hasEnded(Fd directory) {
        return state(directory).map(state -> state == 'Z' || state == 'X').orElse(true);
    }

    /** The name, which may hold anything, ends at the last parenthesis of the line; the state is behind it (proc_pid_stat(5)). */
    private Optional<Character> state(Fd directory) {
        return read(directory, "stat").map(line -> line.charAt(line.lastIndexOf(')') + 2));
    }

    /** @return empty when the process has gone */
    private Optional<String> read(Fd dir, String path) {
        try (Memory.Frame frame = memory.frame()) {
            long opened = kernel.call(Sys.OPENAT.nr, dir.number(), frame.string(path), FileFlags.O_RDONLY | FileFlags.O_CLOEXEC);
            if (opened == -Errno.ENOENT.number || opened == -Errno.ESRCH.number) {
                return Optional.empty();
            }
            try (Fd file = Fd.owned(kernel, check("open " + path, opened))) {
                long buffer = frame.raw(LONGEST);
                long length = kernel.call(Sys.READ.nr, file.number(), buffer, LONGEST);
                if (length == -Errno.ESRCH.number) {
                    return Optional.empty();
                }
                byte[] content = new byte[(int) check("read " + path, length)];
                kernel.get(buffer, content, 0, content.length);
                return Optional.of(new String(content, StandardCharsets.UTF_8));
            }
        }
    }
}
