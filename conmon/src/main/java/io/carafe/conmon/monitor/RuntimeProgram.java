package io.carafe.conmon.monitor;

import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.conmon.stream.Streams;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.shim.child.Environment;
import io.carafe.shim.child.Program;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** The runtime as a child: it gets the three streams, and what this program was started with besides. */
final class RuntimeProgram {

    private static final String LISTEN_PID = "LISTEN_PID=";
    private static final int MOST = 8192;

    private final Linux linux;
    private final MonitorPlan plan;
    private final OomScore score;
    private final long mask;

    RuntimeProgram(Linux linux, MonitorPlan plan, OomScore score, long mask) {
        this.linux = linux;
        this.plan = plan;
        this.score = score;
        this.mask = mask;
    }

    /** In the child: never returns. @param start brings a word when somebody is attached, where that is to be waited for */
    void execute(Streams streams, Optional<Fd> start) {
        if (plan.waitsForAttach()) {
            start.ifPresent(pipe -> linux.files.read(pipe, new byte[MOST], 0, MOST)); // what is written before is for nobody
        }
        score.restore();
        new Program(plan.runtime().path(), plan.runtime().line(streams.consoleSocket()), environment(), ".", streams.ofRuntime(),
                Program.Ties.DIES_WITH_US, this::complain).executeWithInherited(linux, mask);
    }

    /** On what has become its stderr, where the monitor looks for it. */
    private void complain(String why) {
        byte[] text = (why + "\n").getBytes(StandardCharsets.UTF_8);
        linux.files.write(Fd.borrowed(2), text);
    }

    /** Descriptors of socket activation, sd_listen_fds(3), are the runtime's where they were this monitor's. */
    private List<String> environment() {
        List<String> environment = Environment.all();
        String listener = System.getenv("LISTEN_PID");
        if (listener != null && (plan.replacesListenPid() || listener.equals(Integer.toString(linux.processes.getppid())))) {
            environment.removeIf(variable -> variable.startsWith(LISTEN_PID));
            environment.add(LISTEN_PID + linux.processes.getpid());
        }
        return environment;
    }
}
