/** One class of ours in the package of the library for zstd: the window of a frame is {@code runtime.image.compression}'s. */
package io.airlift.compress.zstd;
