package io.carafe.shim.child;

import static io.carafe.linux.abi.FileFlags.F_DUPFD_CLOEXEC;

import io.carafe.linux.Fd;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What a child is to execute.
 *
 * @param directory its working directory
 * @param fds its descriptors from 0 on; borrowed
 * @param ties to whoever starts it
 * @param failed gets, in the child, why it is not executed
 */
public record Program(String path, List<String> args, List<String> env, String directory, List<Fd> fds, Ties ties, Consumer<String> failed) {

    /** What becomes of it when who has started it ends before it. */
    public enum Ties {
        /** It is killed; it leads a process group, so that all that it has begun can be. */
        DIES_WITH_US,
        /** Nothing: it sees the end of its streams. */
        NONE,
        /** Nothing, and it is in a session of its own: no signal of a terminal reaches it. */
        OWN_SESSION
    }

    /** What it ends with where it is not executed, as a shell has it. */
    public static final int NOT_EXECUTED = 127;

    /** To be called in the child: never returns. @param signalMask what the program is to start with */
    public void execute(Linux linux, long signalMask) {
        execute(linux, signalMask, () -> linux.descriptors.closeOnExecFrom(fds.size()));
    }

    /** The same; the program gets, too, what this process was started with: all that it has opened itself is close-on-exec. */
    public void executeWithInherited(Linux linux, long signalMask) {
        execute(linux, signalMask, () -> { });
    }

    private void execute(Linux linux, long signalMask, Runnable mark) {
        try {
            if (ties == Ties.DIES_WITH_US) {
                linux.processes.prctl(ProcessFlags.PR_SET_PDEATHSIG, Signal.SIGKILL.number, 0);
                linux.processes.setpgid();
            } else if (ties == Ties.OWN_SESSION) {
                linux.processes.setsid();
            }
            // Above all numbers that are to be filled first: one of them may be among the sources.
            List<Fd> sources = new ArrayList<>();
            for (Fd fd : fds) {
                sources.add(Fd.borrowed((int) linux.files.fcntl(fd, F_DUPFD_CLOEXEC, fds.size())));
            }
            for (int i = 0; i < sources.size(); i++) {
                linux.files.dup3(sources.get(i), i, 0);
            }
            mark.run();
            linux.paths.chdir(directory);
            linux.processes.sigprocmask(ProcessFlags.SIG_SETMASK, signalMask);
            throw linux.processes.execve(path, args, env);
        } catch (Throwable failure) {
            try {
                failed.accept(Failures.message(failure));
            } catch (RuntimeException | Error untold) {
                linux.processes.exit(NOT_EXECUTED);
            }
            linux.processes.exit(NOT_EXECUTED);
        }
    }
}
