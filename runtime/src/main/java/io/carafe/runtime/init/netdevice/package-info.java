/**
 * {@code linux.netDevices}: network devices of the host that become the container's.
 *
 * <p>Runs in the parent, right after clone3(2): only the host's namespace can give a device away. Uses {@code linux} and {@code spec}.
 */
package io.carafe.runtime.init.netdevice;
