package io.carafe.benchmarks.condition;

import io.carafe.benchmarks.command.RunningContainer;
import io.carafe.benchmarks.process.LaunchException;
import io.carafe.benchmarks.process.Measurements;
import io.carafe.benchmarks.process.Measurements.Key;
import io.carafe.benchmarks.process.Measurements.Measure;
import io.carafe.benchmarks.process.OciRuntime;
import io.carafe.linux.Fd;
import io.carafe.linux.abi.SocketFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.door.Door;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** {@code exec -t}, from its start until the first byte of the process has come out of the terminal, whose master goes to a socket. */
public class ExecTerminal extends RunningContainer {

    private static final long PATIENCE_MILLIS = 60_000;
    private static final int LONGEST = 4096;

    private final Linux linux = Linux.over(Door.open());

    @Override
    protected void attempt(OciRuntime runtime, String id) {
        once(runtime, id);
    }

    @Override
    protected void measured(OciRuntime runtime, String id, Measure measure) {
        long nanos = once(runtime, id);
        if (measure == Measure.NANOSECONDS) {
            Measurements.add(new Key(measure, "exec -t to the first byte", runtime.name()), nanos);
        }
    }

    private long once(OciRuntime runtime, String id) {
        Path socket = work.states().resolve("console.sock");
        Path pidFile = work.states().resolve("exec.pid");
        List<String> command = runtime.execOnTerminal(socket, pidFile, id, "/bin/busybox", "echo", "x");
        try (Fd listener = linux.sockets.listen(socket.toString(), SocketFlags.SOCK_STREAM)) {
            long started = System.nanoTime();
            int process = launcher.start(command);
            if (linux.polling.readable(PATIENCE_MILLIS, listener)[0] == 0) {
                launcher.finish(process, command);
                throw new LaunchException(command, "no terminal has come");
            }
            long nanos = firstByte(command, listener) - started;
            launcher.finish(process, command);
            launcher.await(Integer.parseInt(Files.readString(pidFile).trim()));
            return nanos;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            linux.paths.unlinkat(Fd.CWD, socket.toString(), 0);
        }
    }

    /** @return when it was there, by System.nanoTime */
    private long firstByte(List<String> command, Fd listener) {
        try (Fd connection = linux.sockets.accept(listener)) {
            List<Fd> fds = linux.sockets.receive(connection, LONGEST).fds();
            if (fds.isEmpty()) {
                throw new LaunchException(command, "no terminal was sent");
            }
            try (Fd master = fds.get(0)) {
                linux.files.read(master, new byte[1], 0, 1);
                return System.nanoTime();
            }
        }
    }
}
