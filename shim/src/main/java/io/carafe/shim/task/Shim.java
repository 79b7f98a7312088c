package io.carafe.shim.task;

import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.runtime.cgroup.CgroupPaths;
import io.carafe.shim.child.Children;
import io.carafe.shim.child.Runtime;
import io.carafe.shim.event.Publisher;
import io.carafe.shim.logger.CriLog;
import io.carafe.shim.logger.Logger;
import io.carafe.shim.logger.LoggerProgram;
import io.carafe.shim.logger.OpenLogs;
import io.carafe.shim.loop.Loop;
import io.carafe.shim.message.Event;
import io.carafe.shim.message.Options;
import io.carafe.shim.stat.CgroupsOf;
import io.carafe.shim.stat.MemoryWatch;
import io.carafe.shim.stdio.Stdio;
import io.carafe.shim.stdio.StdioUris;
import io.carafe.shim.stdio.Streams;
import io.carafe.shim.stdio.Terminal;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What all containers of a shim share.
 *
 * @param runtime path of the runtime's executable where the options name none
 * @param logs that the shim writes itself
 * @param log takes what went wrong and concerns no caller
 */
public record Shim(Linux linux, Loop loop, Children children, Publisher publisher, String namespace, String runtime,
        OpenLogs logs, Consumer<RuntimeException> log) {

    void publish(Event event) {
        publisher.publish(event);
    }

    void failed(RuntimeException e) {
        log.accept(e);
    }

    Runtime runtimeOf(Options options, String bundle, String id) {
        return new Runtime(linux, children, RuntimeBinary.of(linux, options, runtime), options, namespace, bundle, id);
    }

    /** @param further whether it is for a process that was added by Exec */
    Stdio stdio(StdioUris uris, boolean further, Options options, String id, String bundle) {
        try {
            Optional<Logger> logger = uris.checked().isBinary()
                    ? Optional.of(LoggerProgram.start(linux, loop, children, uris.stdout(), namespace, id, bundle))
                    : uris.isCriLog() ? Optional.of(CriLog.open(linux, loop, logs, uris.stdout())) : Optional.empty();
            return uris.terminal() ? Terminal.open(linux, loop, uris, logger, bundle)
                    : Streams.open(linux, loop, uris, further, logger, options);
        } catch (KernelException e) {
            throw e.during("stdio");
        }
    }

    Optional<CgroupPaths> cgroups(int pid) {
        return CgroupsOf.process(linux, pid);
    }

    /** Empty where nobody counts the container's memory, or it has ended already. */
    Optional<MemoryWatch> watchMemory(String id, int pid) {
        try {
            return MemoryWatch.of(linux, loop, pid, () -> publish(Event.outOfMemory(id)));
        } catch (KernelException e) {
            log.accept(e.during("watch the memory of " + id));
            return Optional.empty();
        }
    }
}
