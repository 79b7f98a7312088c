package io.carafe.runtime.init.stdio;

import io.carafe.linux.call.Terminals.WindowSize;
import io.carafe.spec.json.SpecException;
import io.carafe.spec.process.ConsoleSize;
import io.carafe.spec.process.Process;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which descriptors a process starts with, and who gets the other end of its terminal.
 *
 * @param terminal whether its standard streams are a new terminal; else they are the caller's
 * @param size of that terminal, at first
 * @param preserved how many descriptors from 3 on stay as the caller has them: one that is not open is closed inside, too
 * @param environment variables that belong to them, for the process
 */
public record StdioPlan(boolean terminal, Optional<WindowSize> size, Optional<String> consoleSocket, Optional<String> pidfdSocket,
        int preserved, List<String> environment) {

    private static final long LARGEST = 65535;

    /**
     * What the caller asks for.
     *
     * @param consoleSocket where somebody waits for the master of the terminal
     * @param pidfdSocket where somebody waits for the pidfd of the process
     * @param preserve how many descriptors, behind those of {@code listen}
     * @param listen how many descriptors from 3 on are sockets that the caller was started with: sd_listen_fds(3)
     */
    public record Request(Optional<String> consoleSocket, Optional<String> pidfdSocket, int preserve, int listen) {

        /** The three standard streams and nothing else. */
        public static final Request NONE = new Request(Optional.empty(), Optional.empty(), 0, 0);
    }

    public StdioPlan {
        environment = List.copyOf(environment);
    }

    /**
     * Decides.
     *
     * @param detached whether the caller ends while the process runs, so that it cannot be the other end itself
     * @throws SpecException for a terminal without anybody to hold its other end, or a socket that nothing would be sent to
     */
    public static StdioPlan of(Process process, Request request, boolean detached) {
        if (process.terminal() && detached && request.consoleSocket().isEmpty()) {
            throw new SpecException("process.terminal", "cannot allocate tty if carafe will detach without setting console socket"
                    + " (give --console-socket, or set it to false)");
        }
        if (request.consoleSocket().isPresent() && !(process.terminal() && detached)) {
            throw new SpecException("process.terminal", "cannot use console socket if carafe will not detach or allocate tty"
                    + " (--console-socket is for create, and for a terminal with --detach)");
        }
        List<String> environment = new ArrayList<>(2);
        if (request.listen() > 0) {
            environment.add("LISTEN_FDS=" + request.listen());
            // The number that the process has in a pid namespace of its own; as runc, also without one.
            environment.add("LISTEN_PID=1");
        }
        return new StdioPlan(process.terminal(), size(process), request.consoleSocket(), request.pidfdSocket(),
                request.listen() + request.preserve(), environment);
    }

    /** config.md: consoleSize is ignored without a terminal. */
    private static Optional<WindowSize> size(Process process) {
        if (!process.terminal() || process.consoleSize().isEmpty()) {
            return Optional.empty();
        }
        ConsoleSize size = process.consoleSize().get();
        return Optional.of(new WindowSize(characters("height", size.height()), characters("width", size.width())));
    }

    private static int characters(String property, long number) {
        if (number < 0 || number > LARGEST) {
            throw new SpecException("process.consoleSize." + property, "expected 0 to " + LARGEST + ", found "
                    + Long.toUnsignedString(number));
        }
        return (int) number;
    }

    /** The process, with the variables. */
    public Process with(Process process) {
        if (environment.isEmpty()) {
            return process;
        }
        List<String> env = new ArrayList<>(process.env());
        env.addAll(environment);
        return process.withEnv(env);
    }
}
