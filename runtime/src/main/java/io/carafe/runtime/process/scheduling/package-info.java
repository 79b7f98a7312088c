/**
 * When, where and as what the container's process runs: scheduler, I/O priority, CPUs, memory nodes, personality.
 *
 * <p>{@code SchedulingPlan} takes the decisions on the host; {@code ProcessScheduling} acts in the child before its user changes, or from
 * the parent where a user namespace has taken the child's rights. Uses {@code linux} and {@code spec} only.
 */
package io.carafe.runtime.process.scheduling;
