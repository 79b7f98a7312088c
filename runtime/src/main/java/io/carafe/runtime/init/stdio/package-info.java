/**
 * The descriptors that a container's process starts with: standard streams, a terminal, those that the caller hands on; and what goes
 * the other way, the master of the terminal and the pidfd.
 *
 * <p>{@code StdioPlan} decides, before anything is made; {@code ParentStdio} is the parent's side, {@code Stdio} the child's, after the
 * pivot and before its credentials change.
 */
package io.carafe.runtime.init.stdio;
