/**
 * Layers as directories for overlayfs.
 *
 * <p>Runs in {@code carafe bundle}. A layer's tar is from a stranger: each entry is made beneath the layer's own descriptor, symbolic
 * links of the layer are followed inside it as if it were the root, and what would reach outside is refused. Knows nothing of images'
 * configs, of bundles or of the store.
 *
 * @see "image-spec layer.md; Documentation/filesystems/overlayfs.rst"
 */
package io.carafe.runtime.image.layer;
