/**
 * Labels of security modules, and the session keyring: what a process is to be known as after its execve(2).
 *
 * <p>{@code LabelPlan} takes the decisions on the host; {@code Labels} and {@code SessionKeyring} act in the child, through the runtime's own
 * procfs. Uses {@code linux} and {@code spec} only.
 */
package io.carafe.runtime.process.label;
