package io.carafe.spec.resources;

/**
 * The limit of one block device.
 *
 * @param rate bytes or operations per second, by the list it stands in; unsigned 64 bits
 */
public record ThrottleDevice(long major, long minor, long rate) {
}
