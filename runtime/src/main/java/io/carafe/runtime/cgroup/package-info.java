/**
 * Control groups: where a container stands in each hierarchy, its limits, the devices it may use, and its end.
 *
 * <p>{@link io.carafe.runtime.cgroup.Hierarchies} is the host's layout (v1, hybrid, v2) as data.
 * {@link io.carafe.runtime.cgroup.CgroupPlan} takes every decision and touches no kernel.
 * {@link io.carafe.runtime.cgroup.Cgroup} makes the directories before clone3(2), is joined in the child, gets its limits from the
 * parent once the child has mounted, and is reopened by its {@link io.carafe.runtime.cgroup.CgroupPaths} for exec, kill and delete.
 *
 * <p>Runs on the host's side, with the host's mounts. Uses {@code io.carafe.linux} and {@code io.carafe.spec}; knows nothing of
 * the root file system, the process or the state directory.
 *
 * <p>To add a limit: a row in {@code Limit}.
 */
package io.carafe.runtime.cgroup;
