package io.carafe.spec.linux;

import java.util.Optional;

/**
 * A network device that moves into the container.
 *
 * @param name inside; absent: the name that it has on the host
 * @see "runtime-spec config-linux.md, Network Devices"
 */
public record NetDevice(Optional<String> name) {
}
