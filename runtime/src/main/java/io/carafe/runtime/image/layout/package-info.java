/**
 * An OCI image layout, a directory or a tar of one: from index.json to the manifest that was meant, and its blobs.
 *
 * <p>Runs in {@code carafe bundle}, first. Every document is compared with its size and digest before it is parsed.
 *
 * @see "image-spec image-layout.md, image-index.md, manifest.md"
 */
package io.carafe.runtime.image.layout;
