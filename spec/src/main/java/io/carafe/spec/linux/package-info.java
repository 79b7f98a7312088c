/**
 * The {@code linux} section of config.json, without its {@code resources} and {@code seccomp}.
 *
 * <p>Pure data, no system calls. See {@link io.carafe.spec} for what absent values and unsigned numbers become.
 *
 * @see "runtime-spec 1.3.0, config-linux.md"
 */
package io.carafe.spec.linux;
