package io.carafe.shim.task;

import io.carafe.linux.abi.Signal;
import io.carafe.linux.call.process.Exit;
import io.carafe.shim.bundle.BundleConfig;
import io.carafe.shim.loop.Failures;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.TaskStatus;
import io.carafe.shim.stat.MemoryWatch;
import java.util.Optional;

/**
 * In which order containerd hears of the ends of a container's processes: of none before its start, of the init's last, and first that
 * memory ran out.
 */
final class ExitNotifications {

    private final Shim shim;
    private final Container container;
    private Optional<MemoryWatch> memory = Optional.empty();

    ExitNotifications(Shim shim, Container container) {
        this.shim = shim;
        this.container = container;
    }

    void watchMemory() {
        memory = shim.watchMemory(container.id, container.init.pid);
    }

    /** What was kept back while containerd did not know of the start is told. */
    void startFinished(TaskProcess process) {
        process.starting = false;
        if (process.exitNotPublished) {
            process.exitNotPublished = false;
            publishExit(process);
        }
        process.startFinished();
    }

    void ended(TaskProcess process, Exit exit) {
        process.ended(exit);
        if (process.starting) {
            process.exitNotPublished = true;
        } else {
            publishExit(process);
        }
    }

    private void publishExit(TaskProcess process) {
        if (process == container.init) {
            attempt(() -> memory.ifPresent(MemoryWatch::lookOnceMore));
            close();
            if (!makesPidNamespace()) {
                attempt(() -> container.kill(Signal.SIGKILL.number, true, outcome -> { }));
            }
            if (isAnyExecRunning()) {
                container.init.exitNotPublished = true; // theirs come first: the kernel, or the line above, ends them
                return;
            }
        }
        shim.publish(Event.exit(container.id, process == container.init ? container.id : process.execId, process.pid,
                process.exitStatus, process.exitedAt.orElseThrow()));
        if (process != container.init && container.init.exitNotPublished && !container.init.starting && !isAnyExecRunning()) {
            startFinished(container.init);
        }
    }

    /** What goes wrong keeps no end from being told. */
    private void attempt(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error e) {
            shim.failed(Failures.asException(e));
        }
    }

    /** Then the end of its init is the end of all, and else somebody has to kill them: so, too, where config.json cannot be read any more. */
    private boolean makesPidNamespace() {
        boolean[] makes = new boolean[1];
        attempt(() -> makes[0] = BundleConfig.read(shim.linux(), container.bundle).makes("pid"));
        return makes[0];
    }

    private boolean isAnyExecRunning() {
        return container.execs.values().stream().anyMatch(exec -> exec.status == TaskStatus.RUNNING || exec.exitNotPublished);
    }

    void close() {
        memory.ifPresent(MemoryWatch::close);
        memory = Optional.empty();
    }
}
