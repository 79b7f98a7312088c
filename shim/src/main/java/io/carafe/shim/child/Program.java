package io.carafe.shim.child;

import static io.carafe.linux.abi.FileFlags.F_DUPFD_CLOEXEC;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import java.util.ArrayList;
import java.util.List;

/**
 * What a child is to execute.
 *
 * @param directory its working directory
 * @param fds its descriptors from 0 on; borrowed
 * @param diesWithUs whether it is killed when the shim ends before it
 */
public record Program(String path, List<String> args, List<String> env, String directory, List<Fd> fds, boolean diesWithUs) {

    private static final int NOT_EXECUTED = 127;

    /** To be called in the child: never returns. @param signalMask what the program is to start with */
    public void execute(Linux linux, long signalMask) {
        try {
            if (diesWithUs) {
                linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
            }
            // Above all numbers that are to be filled first: one of them may be among the sources.
            List<Fd> sources = new ArrayList<>();
            for (Fd fd : fds) {
                sources.add(Fd.borrowed((int) linux.files.fcntl(fd, F_DUPFD_CLOEXEC, fds.size())));
            }
            for (int i = 0; i < sources.size(); i++) {
                linux.files.dup3(sources.get(i), i, 0);
            }
            linux.files.closeOnExecFrom(sources.size());
            linux.paths.chdir(directory);
            linux.processes.sigprocmask(ProcessFlags.SIG_SETMASK, signalMask);
            throw linux.processes.execve(path, args, env);
        } catch (Throwable failure) {
            linux.processes.exit(NOT_EXECUTED);
        }
    }
}
