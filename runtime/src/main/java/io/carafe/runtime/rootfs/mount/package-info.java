/**
 * What mount options mean ({@link io.carafe.runtime.rootfs.mount.MountOption}, a row each) and how a mount is made
 * ({@link io.carafe.runtime.rootfs.mount.Mounting}): built detached, given its flags, then moved onto a descriptor; by mount(2)
 * where the kernel is older than that. Mounts with id maps are begun by the parent
 * ({@link io.carafe.runtime.rootfs.mount.PreparedMounts}), before the child is.
 *
 * <p>Runs in the child, in its own mount namespace. Decides nothing about which mounts a container gets.
 */
package io.carafe.runtime.rootfs.mount;
