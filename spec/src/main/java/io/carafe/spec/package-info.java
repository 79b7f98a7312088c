/**
 * The runtime-spec's {@code config.json} as records: the top level, root, mounts and hooks; and the configuration that
 * {@code carafe spec} writes.
 *
 * <p>All other modules use it, before they change the host. Pure data, no system calls. Component names are the
 * specification's property names. Absent scalars and objects are empty optionals; absent lists and maps are empty ones.
 * Maps keep the document's order. An unsigned 32-bit property is a {@code long} from 0 to 4294967295; an unsigned 64-bit
 * property is a {@code long} that holds the 64 bits ({@link Long#toUnsignedString(long)} prints it).
 *
 * @see "runtime-spec 1.3.0, config.md"
 */
package io.carafe.spec;
