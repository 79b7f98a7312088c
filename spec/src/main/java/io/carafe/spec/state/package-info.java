/**
 * What a runtime says about a container: the state of {@code state} and of hooks, and what goes to a seccomp agent.
 *
 * <p>Pure data, no system calls.
 *
 * @see "runtime-spec 1.3.0, runtime.md, State; config-linux.md, The Container Process State"
 */
package io.carafe.spec.state;
