package io.carafe.conmon.monitor;

import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.linux.Fd;
import io.carafe.linux.abi.ProcessFlags;
import io.carafe.linux.call.Linux;
import io.carafe.linux.call.process.Processes;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The exit command: the last thing of all, with nothing open but the three streams. */
final class ExitProgram {

    private static final long MILLIS = 1000;

    private final Linux linux;
    private final OomScore score;
    private final long mask;

    ExitProgram(Linux linux, OomScore score, long mask) {
        this.linux = linux;
        this.score = score;
        this.mask = mask;
    }

    /** @return its exit code */
    int run(MonitorPlan.ExitCommand command) {
        // What it leaves behind is its own parent's, and not ours to wait for.
        linux.processes.prctl(ProcessFlags.PR_SET_CHILD_SUBREAPER, 0, 0);
        Processes.Clone clone = linux.processes.clone3(0, Optional.empty());
        if (clone.isChild()) {
            linux.polling.ready(command.delaySeconds() * MILLIS, new int[0]);
            score.restore();
            List<String> line = new ArrayList<>(List.of(command.path()));
            line.addAll(command.words());
            new Program(command.path(), line, Environment.all(), ".", List.of(Fd.borrowed(0), Fd.borrowed(1), Fd.borrowed(2)),
                    Program.Ties.NONE, why -> { }).execute(linux, mask);
        }
        int code;
        try (Fd process = clone.pidfd().orElseThrow()) {
            code = linux.processes.waitFor(process).code();
        }
        linux.processes.reapAll(); // what the runtime left
        return code;
    }
}
