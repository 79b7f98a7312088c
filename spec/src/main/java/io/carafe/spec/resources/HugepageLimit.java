package io.carafe.spec.resources;

/**
 * The limit of one size of huge pages.
 *
 * @param pageSize such as {@code 2MB}
 * @param limit in bytes, unsigned 64 bits
 * @see "runtime-spec config-linux.md, Huge page limits"
 */
public record HugepageLimit(String pageSize, long limit) {
}
