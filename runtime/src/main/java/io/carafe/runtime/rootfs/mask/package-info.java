/**
 * What a container may not see or not change: masked and read-only paths. In the child, after the pivot, when everything else is in
 * place. Uses {@code rootfs.mount} and {@code rootfs.path}.
 */
package io.carafe.runtime.rootfs.mask;
