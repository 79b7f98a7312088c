package io.carafe.spec;

import io.carafe.spec.linux.IdMapping;
import java.util.List;
import java.util.Optional;

/**
 * One mount, made in the order of the list.
 *
 * @param destination a path in the container; a relative one counts from {@code /}
 * @param type a name of /proc/filesystems; ignored when options say {@code bind} or {@code rbind}
 * @param source a device, a host path for binds (relative: to the bundle), or a dummy
 * @param options the words of mount(8), and whatever the file system itself understands
 * @see "runtime-spec config.md, Mounts"
 */
public record Mount(
        String destination,
        Optional<String> type,
        Optional<String> source,
        List<String> options,
        List<IdMapping> uidMappings,
        List<IdMapping> gidMappings) {

    public Mount {
        options = List.copyOf(options);
        uidMappings = List.copyOf(uidMappings);
        gidMappings = List.copyOf(gidMappings);
    }

    /** A mount without id mappings. */
    public static Mount of(String destination, String type, String source, String... options) {
        return new Mount(destination, Optional.of(type), Optional.of(source), List.of(options), List.of(), List.of());
    }
}
