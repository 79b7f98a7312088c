/**
 * Paths as types: of the host ({@link io.carafe.runtime.rootfs.path.HostPath}) and of the container
 * ({@link io.carafe.runtime.rootfs.path.ContainerPath}), and the one way from the second to a descriptor
 * ({@link io.carafe.runtime.rootfs.path.Root}), by which no link that an image or a neighbour laid leads out.
 *
 * <p>Used in the child while it builds the tree, and by whoever opens a file of a container later. Makes directories and empty
 * files inside a root; mounts nothing.
 */
package io.carafe.runtime.rootfs.path;
