package io.carafe.conmon.monitor;

import io.carafe.conmon.attach.Clients;
import io.carafe.conmon.control.ControlFifo;
import io.carafe.conmon.control.NotifySocket;
import io.carafe.conmon.log.Logs;
import io.carafe.conmon.plan.MonitorPlan;
import io.carafe.conmon.stream.Streams;
import io.carafe.linux.Fd;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What others reach a monitor by, in the bundle: {@code attach}, {@code ctl}, {@code winsz} and {@code notify/notify.sock}. */
final class Sockets {

    private static final int RESIZE = 1;
    private static final int REOPEN_LOGS = 2;
    /** Of struct winsize, ioctl_tty(2). */
    private static final int MOST_ROWS = 0xffff;

    private final Linux linux;
    private final Loop loop;
    private final MonitorPlan plan;
    private final Clients clients;
    private final Diagnostics diagnostics;
    private final List<ControlFifo> fifos = new ArrayList<>(2);

    Sockets(Linux linux, Loop loop, MonitorPlan plan, Clients clients, Diagnostics diagnostics) {
        this.linux = linux;
        this.loop = loop;
        this.plan = plan;
        this.clients = clients;
        this.diagnostics = diagnostics;
    }

    void open(Logs logs, Streams streams) {
        plan.bundle().ifPresent(bundle -> {
            plan.notifySocket().ifPresent(manager -> NotifySocket.listen(linux, loop, bundle, manager));
            plan.linkToBundle().ifPresent(link -> {
                new ResultFiles(linux).remove(link);
                linux.paths.symlinkat(bundle, Fd.CWD, link);
            });
            clients.listen(plan.linkToBundle().orElse(bundle));
            fifo(bundle + "/ctl", 3, numbers -> control(numbers, logs, streams));
            fifo(bundle + "/winsz", 2, numbers -> resize(streams, numbers.get(0), numbers.get(1)));
        });
    }

    private void fifo(String path, int count, Consumer<List<Integer>> line) {
        fifos.add(ControlFifo.open(linux, loop, path, count, line, text -> diagnostics.warn("Invalid control message format in " + path)));
    }

    /** {@code 1 ROWS COLUMNS} resizes, {@code 2 0 0} opens the logs anew. */
    private void control(List<Integer> numbers, Logs logs, Streams streams) {
        switch (numbers.get(0)) {
            case RESIZE -> resize(streams, numbers.get(1), numbers.get(2));
            case REOPEN_LOGS -> logs.reopen();
            default -> diagnostics.warn("Invalid control message type: " + numbers.get(0));
        }
    }

    private void resize(Streams streams, int rows, int columns) {
        if (rows < 0 || columns < 0 || rows > MOST_ROWS || columns > MOST_ROWS) {
            diagnostics.warn("Invalid window size: " + rows + "x" + columns);
        } else {
            streams.resize(rows, columns);
        }
    }

    /** Clients see the end. */
    void close() {
        clients.close();
    }

    /** Their names go; the FIFOs stay, as conmon's do. */
    void remove() {
        try {
            ResultFiles files = new ResultFiles(linux);
            plan.bundle().ifPresent(bundle -> files.remove(bundle + "/" + Clients.name()));
            plan.linkToBundle().filter(link -> plan.bundle().isPresent()).ifPresent(files::remove);
        } catch (RuntimeException e) {
            diagnostics.warn(e);
        }
    }
}
