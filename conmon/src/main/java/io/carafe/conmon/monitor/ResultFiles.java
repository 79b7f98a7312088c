package io.carafe.conmon.monitor;

import static io.carafe.linux.abi.FileFlags.O_CREAT;
import static io.carafe.linux.abi.FileFlags.O_EXCL;
import static io.carafe.linux.abi.FileFlags.O_NOFOLLOW;
import static io.carafe.linux.abi.FileFlags.O_NONBLOCK;
import static io.carafe.linux.abi.FileFlags.O_WRONLY;

import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import java.nio.charset.StandardCharsets;

/** Files that others wait for: each appears whole. */
final class ResultFiles {

    private static final int READABLE = 0666;

    private final Linux linux;

    ResultFiles(Linux linux) {
        this.linux = linux;
    }

    void write(String path, int number) {
        String temporary = path + "." + linux.processes.getpid();
        remove(temporary);
        try (Fd file = linux.files.openat(Fd.CWD, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, READABLE)) {
            linux.files.write(file, Integer.toString(number).getBytes(StandardCharsets.US_ASCII));
        }
        try {
            linux.paths.rename(Fd.CWD, temporary, Fd.CWD, path, 0);
        } catch (KernelException e) {
            remove(temporary);
            throw e;
        }
    }

    void writeExit(MonitorPlan plan, int code) {
        plan.files().persistDirectory().ifPresent(directory -> write(directory + "/exit", code));
        plan.files().exitDirectory().ifPresent(directory -> write(directory + "/" + plan.id(), code));
    }

    /** Empty files, where memory ran out. */
    void makeOom(MonitorPlan plan) {
        plan.files().persistDirectory().ifPresent(this::touch);
        plan.bundle().ifPresent(this::touch);
    }

    private void touch(String directory) {
        linux.files.openat(Fd.CWD, directory + "/oom", O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, READABLE).close();
    }

    void remove(String path) {
        try {
            linux.paths.unlinkat(Fd.CWD, path, 0);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT)) {
                throw e;
            }
        }
    }
}
