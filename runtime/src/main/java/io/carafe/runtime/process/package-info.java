/**
 * Who the container's process is and what it may: user, groups, capabilities, limits, working directory, the program to run.
 *
 * <p>{@code ProcessPlan} takes the decisions on the host; {@code ContainerProcess} acts in the child, after the pivot, as the last
 * thing before execve(2). Uses {@code linux} and {@code spec}; knows nothing of mounts, cgroups, or the state directory.
 */
package io.carafe.runtime.process;
