package io.carafe.spec.features;

import java.util.Optional;

/**
 * What the runtime can do with mounts beyond mount(2).
 *
 * @param idmap whether {@code uidMappings} and {@code gidMappings} of a mount are carried out
 */
public record MountExtensions(Optional<Enabled> idmap) {
}
