/**
 * {@code linux.seccomp} of config.json: which system calls get which answer.
 *
 * <p>Pure data, no system calls. Names of system calls stay strings: which exist is a matter of kernel and architecture.
 *
 * @see "runtime-spec 1.3.0, config-linux.md, Seccomp"
 */
package io.carafe.spec.seccomp;
