package io.carafe.conformance.shim;

/** containerd.v1.types.Status, by number. */
public enum Status {
    UNKNOWN, CREATED, RUNNING, STOPPED, PAUSED, PAUSING
}
