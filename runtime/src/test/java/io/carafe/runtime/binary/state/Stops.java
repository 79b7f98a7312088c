package io.carafe.runtime.binary.state;

import io.carafe.spec.Hook;
import io.carafe.spec.Hooks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Processes that stand still: by SIGSTOP, or in a hook until a file is there. */
final class Stops {

    private static final int PATIENCE = 6000;

    private Stops() {
    }

    /** A createRuntime hook that makes {@code hook-runs} and ends when there is {@code hook-may-end}, or the directory has gone. */
    static Hooks createRuntimeHook(Path directory) {
        return new Hooks(List.of(), List.of(new Hook("/bin/sh", List.of("sh", "-c", "touch " + directory + "/hook-runs; while [ -d "
                + directory + " ] && [ ! -e " + directory + "/hook-may-end ]; do sleep 0.02; done"), Optional.of(List.of("PATH=/usr/bin:/bin")), OptionalInt.empty())), List.of(), List.of(), List.of(), List.of());
    }

    static void awaitFile(Path file) throws InterruptedException {
        for (int i = 0; i < PATIENCE && !Files.exists(file); i++) {
            Thread.sleep(10);
        }
        if (!Files.exists(file)) {
            throw new AssertionError("timed out waiting for " + file);
        }
    }

    /** Waits until a process stands still or has ended. @return whether it stands still */
    static boolean awaitStopped(Process process) throws InterruptedException {
        for (int i = 0; i < PATIENCE && process.isAlive(); i++) {
            if (state(process.pid()).equals(Optional.of('T'))) {
                return true;
            }
            Thread.sleep(2);
        }
        if (process.isAlive()) {
            throw new AssertionError("process " + process.pid() + " neither stops nor ends");
        }
        return false;
    }

    private static Optional<Character> state(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return Optional.of(stat.charAt(stat.lastIndexOf(')') + 2));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    static void signal(Process process, String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).redirectErrorStream(true).start().waitFor();
    }
}
