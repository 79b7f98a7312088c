package io.carafe.conmon.monitor;

import static io.carafe.linux.abi.FileFlags.O_RDWR;

import io.carafe.conmon.log.Logs;
import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.linux.Errno;
import io.carafe.linux.Fd;
import io.carafe.linux.KernelException;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import java.util.Optional;

/** From the command line to the process that stays: what is wrong before is told to who called, on stderr and by the exit code. */
public final class Start {

    private static final int UMASK = 0022;
    private static final int MOST = 8192;

    private final Linux linux;
    private final MonitorPlan plan;
    private final Diagnostics diagnostics;

    public Start(Linux linux, MonitorPlan plan, Diagnostics diagnostics) {
        this.linux = linux;
        this.plan = plan;
        this.diagnostics = diagnostics;
    }

    /** @return the exit code of whichever process it is by then */
    public int run() {
        linux.paths.umask(UMASK);
        if (!linux.paths.isExecutable(Fd.CWD, plan.runtime().path())) {
            throw new IllegalArgumentException("Runtime path " + plan.runtime().path() + " is not valid");
        }
        Logs logs = Logs.open(linux, plan.log(), diagnostics::warn);
        OomScore score = OomScore.lower(linux);
        Optional<Fd> start = ParentPipe.inherited(linux, ParentPipe.START);
        // Who has started us puts us into a cgroup first.
        start.ifPresent(pipe -> linux.files.read(pipe, new byte[MOST], 0, MOST));
        if (!plan.staysInForeground()) {
            Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
            if (!clone.isChild()) {
                plan.files().monitorPid().ifPresent(path -> new ResultFiles(linux).write(path, clone.pid()));
                return 0;
            }
        }
        Optional<ParentPipe> sync = ParentPipe.of(linux, ParentPipe.SYNC, plan.syncKey());
        try {
            return monitor(logs, score, start, sync);
        } catch (RuntimeException e) {
            sync.ifPresent(pipe -> pipe.tell(Monitor.FAILED, Diagnostics.bytes(e)));
            throw e;
        }
    }

    private int monitor(Logs logs, OomScore score, Optional<Fd> start, Optional<ParentPipe> sync) {
        Optional<ParentPipe> attach = plan.waitsForAttach() ? ParentPipe.of(linux, ParentPipe.ATTACH, plan.syncKey()) : Optional.empty();
        if (plan.waitsForAttach() && attach.isEmpty()) {
            throw new IllegalArgumentException("--attach specified but _OCI_ATTACHPIPE was not");
        }
        if (!plan.waitsForAttach()) {
            start.ifPresent(Fd::close);
        }
        if (!plan.log().passthrough()) {
            disconnect(linux);
        }
        try {
            linux.processes.setsid();
        } catch (KernelException e) {
            if (!e.is(Errno.EPERM)) { // with --sync it may lead a group already
                throw e;
            }
        }
        return new Monitor(linux, plan, diagnostics, logs, score, start, sync).run(attach);
    }

    /** Who reads our stdout until its end, as the caller of the process that has just ended may, shall find it. */
    static void disconnect(Linux linux) {
        try (Fd nothing = linux.files.open("/dev/null", O_RDWR)) {
            for (int i = 0; i <= 2; i++) {
                linux.files.dup3(nothing, i, 0);
            }
        }
    }
}
