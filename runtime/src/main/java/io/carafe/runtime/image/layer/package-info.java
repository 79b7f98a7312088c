/**
 * Layers as directories for overlayfs, in a store that all bundles share.
 *
 * <p>Runs in {@code carafe bundle}. A layer's tar is from a stranger: each entry is made beneath the layer's own descriptor, no
 * symbolic link is ever followed, and what would reach outside is refused. Knows nothing of images' configs or of bundles.
 *
 * @see "image-spec layer.md; Documentation/filesystems/overlayfs.rst"
 */
package io.carafe.runtime.image.layer;
