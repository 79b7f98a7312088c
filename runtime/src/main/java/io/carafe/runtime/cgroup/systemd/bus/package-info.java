/**
 * A client of D-Bus, as far as systemd needs one: a connection, calls that wait for their answer, signals that are waited for.
 *
 * <p>{@code BusWriter} and {@code BusReader} are the wire format, {@link io.carafe.runtime.cgroup.systemd.bus.Bus} the transport.
 * Nothing of it runs, and no socket is opened, unless the caller asks for systemd's cgroups.
 *
 * @see "D-Bus Specification, Message Protocol and Type System"
 */
package io.carafe.runtime.cgroup.systemd.bus;
