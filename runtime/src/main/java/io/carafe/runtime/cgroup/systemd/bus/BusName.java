package io.carafe.runtime.cgroup.systemd.bus;

/**
 * Whom a call is for.
 *
 * @param destination the name on the bus
 * @param path of the object
 * @param interfaceName the interface of the member
 */
public record BusName(String destination, String path, String interfaceName) {

    /** The bus itself. */
    static final BusName BUS = new BusName("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus");

    /** The same object by its properties. */
    public BusName properties() {
        return new BusName(destination, path, "org.freedesktop.DBus.Properties");
    }
}
