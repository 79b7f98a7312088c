package io.carafe.conmon.log;

import io.carafe.conmon.plan.LogPlan;
import io.carafe.linux.Undo;
import io.carafe.linux.call.Linux;
import io.carafe.shim.loop.Failures;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All places where one process's output goes. What goes wrong with one of them is told once, and keeps nothing from the others. */
public final class Logs implements AutoCloseable {

    private final List<Log> logs;
    private final Consumer<RuntimeException> failed;
    private boolean told;

    private Logs(List<Log> logs, Consumer<RuntimeException> failed) {
        this.logs = logs;
        this.failed = failed;
    }

    /** @param failed gets what goes wrong later on */
    public static Logs open(Linux linux, LogPlan plan, Consumer<RuntimeException> failed) {
        try (Undo undo = new Undo()) {
            List<Log> logs = new ArrayList<>(1);
            plan.kubernetes().ifPresent(path -> logs.add(undo.onFailure(
                    new KubernetesLog(LocalClock.of(linux), LogFile.open(linux, path, plan), plan), Log::close)));
            plan.json().ifPresent(path -> logs.add(undo.onFailure(new JsonLog(LogFile.open(linux, path, plan), plan), Log::close)));
            plan.journal().ifPresent(journal -> logs.add(new JournalLog(linux, journal)));
            undo.keep();
            return new Logs(logs, failed);
        }
    }

    public void write(Origin origin, byte[] bytes, int start, int count) {
        each(log -> log.write(origin, bytes, start, count));
    }

    /** Nothing more will come. */
    public void end() {
        each(Log::end);
    }

    public void reopen() {
        each(Log::reopen);
    }

    public void sync() {
        each(Log::sync);
    }

    private void each(Consumer<Log> action) {
        for (Log log : logs) {
            try {
                action.accept(log);
            } catch (RuntimeException | Error e) {
                if (!told) {
                    failed.accept(Failures.asException(e));
                }
                told = true;
            }
        }
    }

    @Override
    public void close() {
        logs.forEach(Log::close);
    }
}
