package io.carafe.shim.message;

import io.carafe.runtime.protobuf.ProtoWriter;

/**
 * Something that happened to a task, for containerd.
 *
 * @param topic as {@code /tasks/exit}
 * @param type the message of containerd.events that {@code value} is
 */
public record Event(String topic, String type, byte[] value) {

    private static final String PACKAGE = "containerd.events.";

    public static Event create(CreateTask task, int pid) {
        ProtoWriter out = of(task.id());
        out.text(2, task.bundle());
        task.rootfs().forEach(mount -> out.message(3, inner -> inner.append(CreateTask.Mount.TABLE.write(mount))));
        out.message(4, io -> {
            io.text(1, task.stdin());
            io.text(2, task.stdout());
            io.text(3, task.stderr());
            io.bool(4, task.terminal());
        });
        out.text(5, task.checkpoint());
        out.integer(6, pid);
        return new Event("/tasks/create", PACKAGE + "TaskCreate", out.toBytes());
    }

    public static Event start(String id, int pid) {
        ProtoWriter out = of(id);
        out.integer(2, pid);
        return new Event("/tasks/start", PACKAGE + "TaskStart", out.toBytes());
    }

    /** @param process id of the exec; of the init it is the container's */
    public static Event exit(String id, String process, int pid, int status, Timestamp at) {
        ProtoWriter out = of(id);
        out.text(2, process);
        out.integer(3, pid);
        out.integer(4, status);
        out.message(5, inner -> inner.append(Timestamp.TABLE.write(at)));
        return new Event("/tasks/exit", PACKAGE + "TaskExit", out.toBytes());
    }

    public static Event delete(String id, int pid, int status, Timestamp at) {
        ProtoWriter out = of(id);
        out.integer(2, pid);
        out.integer(3, status);
        out.message(4, inner -> inner.append(Timestamp.TABLE.write(at)));
        return new Event("/tasks/delete", PACKAGE + "TaskDelete", out.toBytes());
    }

    public static Event execAdded(String id, String execId) {
        ProtoWriter out = of(id);
        out.text(2, execId);
        return new Event("/tasks/exec-added", PACKAGE + "TaskExecAdded", out.toBytes());
    }

    public static Event execStarted(String id, String execId, int pid) {
        ProtoWriter out = of(id);
        out.text(2, execId);
        out.integer(3, pid);
        return new Event("/tasks/exec-started", PACKAGE + "TaskExecStarted", out.toBytes());
    }

    public static Event paused(String id) {
        return new Event("/tasks/paused", PACKAGE + "TaskPaused", of(id).toBytes());
    }

    public static Event resumed(String id) {
        return new Event("/tasks/resumed", PACKAGE + "TaskResumed", of(id).toBytes());
    }

    /** @param path of the images */
    public static Event checkpointed(String id, String path) {
        ProtoWriter out = of(id);
        out.text(2, path);
        return new Event("/tasks/checkpointed", PACKAGE + "TaskCheckpointed", out.toBytes());
    }

    public static Event outOfMemory(String id) {
        return new Event("/tasks/oom", PACKAGE + "TaskOOM", of(id).toBytes());
    }

    private static ProtoWriter of(String container) {
        ProtoWriter out = new ProtoWriter();
        out.text(1, container);
        return out;
    }

    /** The request by which containerd takes it: services.events.ttrpc.v1.ForwardRequest with its Envelope. */
    public byte[] forwarded(Timestamp at, String namespace) {
        ProtoWriter out = new ProtoWriter();
        out.message(1, envelope -> {
            envelope.message(1, inner -> inner.append(Timestamp.TABLE.write(at)));
            envelope.text(2, namespace);
            envelope.text(3, topic);
            envelope.bytes(4, any());
        });
        return out.toBytes();
    }

    /** As a google.protobuf.Any, which {@code containerd publish} reads from its stdin. */
    public byte[] any() {
        return Any.TABLE.write(new Any(type, value));
    }
}
