package io.carafe.runtime.container;

import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.container.attach.NotifyProxy;
import io.carafe.runtime.container.attach.TerminalSizeFallback;
import io.carafe.runtime.container.state.Container;
import io.carafe.runtime.container.state.ContainerException;
import io.carafe.runtime.container.state.ContainerState;
import io.carafe.runtime.container.state.StateDir;
import io.carafe.runtime.init.StartSocket;
import io.carafe.runtime.init.hook.HookException;
import io.carafe.runtime.init.hook.HookProcess;
import io.carafe.spec.process.Process;
import io.carafe.spec.state.Status;
import java.util.Optional;
import java.util.function.Consumer;

/** runtime.md, Start: lets a created container run its program. */
public final class Start {

    private final Linux linux;
    private final String root;
    private final Consumer<String> warnings;

    public Start(Linux linux, String root, Consumer<String> warnings) {
        this.linux = linux;
        this.root = root;
        this.warnings = warnings;
    }

    /**
     * Returns when the program runs and the poststart hooks have run.
     *
     * @param notifySocket where a service manager waits to hear that the program is ready: this process waits for that, too, if the
     *     container was created with one
     * @throws ContainerException when the container is not in the state created
     * @throws io.carafe.runtime.init.InitException why the program could not be executed
     * @throws HookException a hook failed; the container is deleted then, and its poststop hooks have run (runtime.md, Lifecycle,
     *     steps 7 and 9)
     */
    public void start(String id, Optional<String> notifySocket) {
        try (StateDir dir = StateDir.find(linux, root, id).orElseThrow(() -> Container.absent(id))) {
            start(dir, notifySocket);
        } catch (HookException e) {
            new Delete(linux, root, warnings).force(id);
            throw e;
        }
    }

    private void start(StateDir dir, Optional<String> notifySocket) {
        dir.lockStart();
        Container container = Container.of(linux, dir);
        if (container.status() == Status.STOPPED) {
            throw new ContainerException("cannot start a container that has stopped");
        }
        Optional<NotifyProxy> notify = container.status() == Status.CREATED && notifySocket.isPresent() && NotifyProxy.isIn(linux, dir.fd())
                ? Optional.of(NotifyProxy.listen(linux, dir.fd(), notifySocket.get())) : Optional.empty();
        if (container.status() != Status.CREATED) {
            throw new ContainerException("cannot start a container in the " + container.status().text() + " state");
        }
        fillSize(container);
        if (!StartSocket.start(linux, dir.fd())) {
            throw new ContainerException("cannot start a container that has stopped");
        }
        dir.unlockStart();
        poststart(linux, container.state());
        if (notify.isPresent()) {
            awaitReady(container, notify.get());
        }
    }

    private void fillSize(Container container) {
        Optional<Process> terminal = container.state().process().filter(Process::terminal);
        Optional<Fd> init = terminal.isPresent() ? container.init(linux) : Optional.empty();
        if (init.isPresent()) {
            try (Fd pidfd = init.get()) {
                TerminalSizeFallback.fill(linux, terminal.get(), pidfd);
            }
        }
    }

    private void awaitReady(Container container, NotifyProxy notify) {
        Optional<Fd> init = container.init(linux);
        if (init.isPresent()) {
            try (Fd pidfd = init.get()) {
                notify.awaitReady(pidfd, container.state().pid());
            }
        }
        notify.close();
    }

    /** After the program runs. @throws HookException a hook failed */
    public static void poststart(Linux linux, ContainerState state) {
        if (!state.hooks().poststart().isEmpty()) {
            HookProcess.ofRuntime(linux, state.forHooks(Status.RUNNING)).run("poststart", state.hooks().poststart());
        }
    }
}
