package io.carafe.runtime.cgroup.systemd.bus;

/** A value as it goes over the bus. */
public record WrittenValue(byte[] bytes) {

    public WrittenValue(BusValue value) {
        this(new BusWriter().write(value).bytes());
    }
}
