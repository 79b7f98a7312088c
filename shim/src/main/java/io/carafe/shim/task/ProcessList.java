package io.carafe.shim.task;

import io.carafe.shim.message.Any;
import io.carafe.shim.message.Responses;
import io.carafe.spec.json.JsonDocument;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** The pids that the runtime prints, with the ids of those that are execs. */
final class ProcessList {

    private ProcessList() {
    }

    /** @param output of ps in JSON: an array of numbers, or null */
    static Responses.Pids of(String output, Collection<TaskProcess> execs) {
        byte[] json = output.getBytes(StandardCharsets.UTF_8);
        List<Responses.ProcessInfo> processes = JsonDocument.read(json, 0, json.length, in -> {
            List<Responses.ProcessInfo> list = new ArrayList<>();
            if (!in.atNull()) {
                in.beginArray();
                while (in.nextElement()) {
                    int pid = (int) in.integer(1, Integer.MAX_VALUE);
                    list.add(new Responses.ProcessInfo(pid, details(pid, execs)));
                }
            }
            return list;
        });
        return new Responses.Pids(processes);
    }

    /** The init, though it has ended. */
    static Responses.Pids ofEnded(TaskProcess init) {
        return new Responses.Pids(List.of(new Responses.ProcessInfo(init.pid, Optional.empty())));
    }

    private static Optional<Any> details(int pid, Collection<TaskProcess> execs) {
        for (TaskProcess exec : execs) {
            if (exec.pid == pid) {
                return Optional.of(new Any(Responses.ProcessDetails.TYPE,
                        Responses.ProcessDetails.TABLE.write(new Responses.ProcessDetails(exec.execId))));
            }
        }
        return Optional.empty();
    }
}
