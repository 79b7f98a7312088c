package io.carafe.shim.message;

/** containerd.v1.types.Status. */
public enum TaskStatus {
    CREATED(1),
    RUNNING(2),
    STOPPED(3),
    PAUSED(4);

    public final int number;

    TaskStatus(int number) {
        this.number = number;
    }
}
