package io.carafe.runtime.container.attach;

import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Terminals.WindowSize;
import io.carafe.spec.process.Process;

/**
 * The size of a terminal whose other end is somebody else's, where config.json has none: looked at once more at the last moment before the
 * program runs. podman sets it beside the start, from the terminal that it also starts the container on.
 */
public final class TerminalSizeFallback {

    private TerminalSizeFallback() {
    }

    /**
     * Gives the terminal the size of the caller's, if both are there and nobody has given it one.
     *
     * @param process of the document
     * @param pidfd of the process that waits for its exec
     */
    public static void fill(Linux linux, Process process, Fd pidfd) {
        if (process.terminal() && process.consoleSize().isEmpty()) {
            CallerTerminal.of(linux).size().ifPresent(size -> fill(linux, pidfd, size));
        }
    }

    private static void fill(Linux linux, Fd pidfd, WindowSize size) {
        try (Fd terminal = linux.processes.pidfdGetfd(pidfd, 0)) {
            if (linux.terminals.windowSize(terminal).filter(now -> now.rows() == 0 && now.columns() == 0).isPresent()) {
                linux.terminals.setWindowSize(terminal, size);
            }
        } catch (KernelException e) {
            // A size is not worth a start. EPERM: an ordinary user's init. ESRCH: it has died, which its start tells.
            return;
        }
    }
}
