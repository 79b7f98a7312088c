/** The layers of an overlay, as its options name them. */
package io.carafe.runtime.rootfs.layer;
