/**
 * Which system calls a container may make: {@code linux.seccomp} compiled to a classic BPF program, and the program put in force.
 *
 * <p>{@link io.carafe.runtime.seccomp.SeccompPlan} takes every decision and touches no kernel; the parent makes it while the child
 * mounts. {@link io.carafe.runtime.seccomp.SeccompFilter} loads it in the child, as late as it can be: every call from then on is
 * asked for. {@link io.carafe.runtime.seccomp.SeccompAgent} hands the descriptor of SCMP_ACT_NOTIFY to who listens on the host.
 * {@link io.carafe.runtime.seccomp.SeccompNames} has the words of all that, for {@code features}.
 *
 * <p>Uses {@code io.carafe.linux} and {@code io.carafe.spec}; knows nothing of the other rooms.
 */
package io.carafe.runtime.seccomp;
