/**
 * {@code linux.intelRdt}: the group of the resctrl file system that the container's processes are in, as a cgroup beside the cgroups.
 *
 * <p>{@code ResctrlPlan} decides, {@code Resctrl} acts, in the parent. Uses {@code linux} and {@code spec}.
 */
package io.carafe.runtime.cgroup.resctrl;
