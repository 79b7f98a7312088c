/**
 * Bytes with a digest: files as streams, and the proof that what was read is what was named.
 *
 * <p>Runs in {@code carafe bundle}, long before there is a container. Knows nothing of images.
 */
package io.carafe.runtime.image.blob;
