/**
 * When, on the way to execve(2), a process of a container is put under its seccomp filter, and what it keeps until then.
 *
 * <p>Runs in the child of clone3(2), init or exec. Uses {@code seccomp} and {@code process}.
 */
package io.carafe.runtime.init.confine;
