/**
 * Makes a container's file tree: mounts, devices, masked and read-only paths, kernel parameters, pivot_root(2).
 *
 * <p>{@link io.carafe.runtime.rootfs.RootfsPlan} decides from the configuration and needs no kernel;
 * {@link io.carafe.runtime.rootfs.Rootfs} performs it in the child, in its new mount namespace, as root there, before
 * credentials change. Knows nothing of limits, the state directory or the command line; where cgroups are mounted it is told
 * by {@link io.carafe.runtime.rootfs.CgroupHierarchy}.
 */
package io.carafe.runtime.rootfs;
