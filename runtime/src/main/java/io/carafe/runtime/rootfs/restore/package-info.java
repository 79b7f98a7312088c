/**
 * What of a container's tree has to be there before its processes are restored: the root, and the places of its mounts. Runs in a mount
 * namespace that nobody else is in.
 */
package io.carafe.runtime.rootfs.restore;
