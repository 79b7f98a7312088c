package io.carafe.runtime.init.hook;

import static io.carafe.linux.abi.FileFlags.MFD_CLOEXEC;

import io.carafe.linux.Complaint;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.Undo;
import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.Polling;
import io.carafe.linux.call.process.Exit;
import io.carafe.linux.call.process.Processes;
import io.carafe.linux.proc.CallerStrings;
import io.carafe.spec.Hook;
import io.carafe.spec.codec.StateJson;
import io.carafe.spec.state.State;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Runs hooks: the state on stdin, stdout and stderr kept for the error (the caller's own are the container's).
 *
 * @see "runtime-spec config.md, POSIX-platform Hooks; runtime.md, Lifecycle"
 */
public final class HookProcess {

    private static final long MILLIS = 1000;
    private static final int COMPLAINT = 1024;
    private static final int NOT_EXECUTED = 127;

    private final Linux linux;
    private final byte[] state;
    /** Asked in the hook's process alone: an init that went on with a copy of the caller's would show it to who may read its memory. */
    private final Supplier<List<String>> environment;
    private final Optional<String> directory;
    private final Runnable beforeExec;

    private HookProcess(Linux linux, byte[] state, Supplier<List<String>> environment, Optional<String> directory, Runnable beforeExec) {
        this.linux = linux;
        this.state = state;
        this.environment = environment;
        this.directory = directory;
        this.beforeExec = beforeExec;
    }

    /**
     * Those of the host: they run in the bundle, as runc's and crun's do, with the environment that carafe was called with where they name
     * none of their own.
     *
     * @param state with the status of the moment
     */
    public static HookProcess ofRuntime(Linux linux, State state) {
        return new HookProcess(linux, StateJson.writeCompact(state), CallerStrings.of(linux.kernel)::environment, Optional.of(state.bundle()),
                linux.processes::defaultActions);
    }

    /**
     * Those of the container, which run where its process does and with its environment; the caller has its signals by now.
     *
     * @param environment of the container's process
     * @param beforeExec in the hook's process: the seccomp filter that it is to run under
     */
    public static HookProcess ofContainer(Linux linux, State state, List<String> environment, Runnable beforeExec) {
        return new HookProcess(linux, StateJson.writeCompact(state), () -> environment, Optional.empty(), beforeExec);
    }

    /** The same. @param more what a hook's process does before anything else that is left for it to do */
    public HookProcess after(Runnable more) {
        return new HookProcess(linux, state, environment, directory, () -> {
            more.run();
            beforeExec.run();
        });
    }

    /** Runs them in order. @param kind for the error: {@code createRuntime} @throws HookException for the first that fails */
    public void run(String kind, List<Hook> hooks) {
        for (int i = 0; i < hooks.size(); i++) {
            run(hooks.get(i), property(kind, i, hooks));
        }
    }

    /** Runs each, whether those before it failed or not. @param failed is told of them */
    public void runEach(String kind, List<Hook> hooks, Consumer<String> failed) {
        for (int i = 0; i < hooks.size(); i++) {
            try {
                run(hooks.get(i), property(kind, i, hooks));
            } catch (HookException e) {
                failed.accept(e.getMessage());
            }
        }
    }

    private static String property(String kind, int index, List<Hook> hooks) {
        return "hooks." + kind + "[" + index + "] " + hooks.get(index).path();
    }

    private void run(Hook hook, String what) {
        try (Fd input = linux.files.memfdCreate("state", MFD_CLOEXEC); Fd complaints = linux.files.memfdCreate("output", MFD_CLOEXEC)) {
            linux.files.write(input, state);
            linux.files.seek(input, 0);
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (clone.isChild()) {
                linux.kernel.named(what);
                become(hook, input, complaints);
            }
            try (Fd pidfd = clone.pidfd().orElseThrow()) {
                Exit exit = await(pidfd, hook, what);
                if (exit.code() != 0) {
                    throw new HookException(what + ": " + (exit.signalled() ? "killed by signal " + exit.status()
                            : "exit status " + exit.status()) + said(complaints));
                }
            }
        } catch (KernelException e) {
            throw new HookException(what + ": " + e.getMessage()); // it could not be run: for the lifecycle that is a hook that failed
        }
    }

    private Exit await(Fd pidfd, Hook hook, String what) {
        long patience = hook.timeout().isPresent() ? hook.timeout().getAsInt() * MILLIS : Polling.FOREVER;
        try (Undo undo = new Undo()) {
            undo.onFailure(() -> end(pidfd));
            if (linux.polling.readable(patience, pidfd)[0] == 0) {
                throw new HookException(what + ": still running after its timeout of " + hook.timeout().getAsInt() + " s; killed");
            }
            Exit exit = linux.processes.waitFor(pidfd);
            undo.keep();
            return exit;
        }
    }

    /** Nothing of a hook goes on when what it was for has failed. */
    private void end(Fd pidfd) {
        try {
            linux.processes.sendSignal(pidfd, Signal.SIGKILL.number);
            linux.processes.waitFor(pidfd);
        } catch (KernelException e) {
            if (!e.is(Errno.ESRCH) && !e.is(Errno.ECHILD)) {
                throw e;
            }
        }
    }

    /** The child: never returns. */
    private void become(Hook hook, Fd input, Fd complaints) {
        try {
            linux.files.dup3(input, 0, 0);
            linux.files.dup3(complaints, 1, 0);
            linux.files.dup3(complaints, 2, 0);
            linux.descriptors.closeOnExecFrom(3);
            directory.ifPresent(this::enter);
            linux.processes.unblockSignals();
            beforeExec.run();
            throw linux.processes.execve(hook.path(), hook.args().isEmpty() ? List.of(hook.path()) : hook.args(), hook.env().orElseGet(environment));
        } catch (Throwable failure) {
            // To where the parent reads it. Descriptor 2 may still be the caller's stderr, which has a line of the parent's.
            linux.files.write(complaints, Complaint.of(failure).getBytes(StandardCharsets.UTF_8));
        } finally {
            linux.processes.exit(NOT_EXECUTED);
        }
    }

    /** A bundle may have gone by the time of its poststop hooks, and need not be open to root of a user namespace. */
    private void enter(String path) {
        try {
            linux.paths.chdir(path);
        } catch (KernelException e) {
            if (!e.is(Errno.ENOENT) && !e.is(Errno.EACCES) && !e.is(Errno.ENOTDIR)) {
                throw e;
            }
        }
    }

    private String said(Fd complaints) {
        try {
            byte[] text = new byte[COMPLAINT];
            linux.files.seek(complaints, 0);
            int length = linux.files.read(complaints, text, 0, text.length);
            String said = new String(text, 0, length, StandardCharsets.UTF_8).strip().replace('\n', ' ');
            return said.isEmpty() ? "" : ": " + said;
        } catch (KernelException e) {
            return "";
        }
    }
}
