/**
 * What is in a compressed layer, as a stream: gzip, and zstd with its skippable frames and large windows.
 *
 * <p>Runs in {@code carafe bundle}. The bytes are from a stranger: a damaged stream ends in an exception that is meant.
 */
package io.carafe.runtime.image.compression;
