package io.carafe.spec;

/**
 * The container's root file system.
 *
 * @param path absolute, or relative to the bundle
 * @see "runtime-spec config.md, Root"
 */
public record Root(String path, boolean readonly) {
}
