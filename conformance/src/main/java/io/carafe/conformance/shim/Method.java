package io.carafe.conformance.shim;

/** The methods of containerd.task.v2.Task and of v3, with their messages. */
public enum Method {
    STATE("State", "ProcessRequest", "StateResponse"),
    CREATE("Create", "CreateTaskRequest", "CreateTaskResponse"),
    START("Start", "ProcessRequest", "StartResponse"),
    DELETE("Delete", "ProcessRequest", "DeleteResponse"),
    PIDS("Pids", "ProcessRequest", "PidsResponse"),
    PAUSE("Pause", "ProcessRequest", "Empty"),
    RESUME("Resume", "ProcessRequest", "Empty"),
    CHECKPOINT("Checkpoint", "CheckpointTaskRequest", "Empty"),
    KILL("Kill", "KillRequest", "Empty"),
    EXEC("Exec", "ExecProcessRequest", "Empty"),
    RESIZE_PTY("ResizePty", "ResizePtyRequest", "Empty"),
    CLOSE_IO("CloseIO", "CloseIORequest", "Empty"),
    UPDATE("Update", "UpdateTaskRequest", "Empty"),
    WAIT("Wait", "ProcessRequest", "WaitResponse"),
    STATS("Stats", "ProcessRequest", "StatsResponse"),
    CONNECT("Connect", "ProcessRequest", "ConnectResponse"),
    SHUTDOWN("Shutdown", "ShutdownRequest", "Empty");

    public final String text;
    public final String request;
    final String response;

    Method(String text, String request, String response) {
        this.text = text;
        this.request = request;
        this.response = response;
    }

    static Method named(String text) {
        for (Method method : values()) {
            if (method.text.equals(text)) {
                return method;
            }
        }
        throw new IllegalArgumentException("no method " + text);
    }
}
