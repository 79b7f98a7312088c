/**
 * A container's root put together from layers by overlayfs, as annotations ask: {@link io.carafe.runtime.rootfs.overlay.Layers}
 * decides, {@link io.carafe.runtime.rootfs.overlay.OverlayRoot} mounts.
 *
 * <p>Runs in the child, in its own mount namespace, in the place of the bind of {@code root.path}: the host never sees the
 * overlay, and it goes with the namespace whatever dies.
 */
package io.carafe.runtime.rootfs.overlay;
