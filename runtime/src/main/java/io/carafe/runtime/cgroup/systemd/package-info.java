/**
 * systemd as the maker of a container's cgroup: a scope unit that holds its processes.
 *
 * <p>{@link io.carafe.runtime.cgroup.systemd.ScopePlan} takes every decision, from what {@code CgroupPlan} has decided on the limits;
 * {@link io.carafe.runtime.cgroup.systemd.Systemd} asks systemd. What systemd has no property for is written to the cgroup's files as
 * without it.
 *
 * @see "org.freedesktop.systemd1(5), systemd.resource-control(5), systemd.slice(5)"
 */
package io.carafe.runtime.cgroup.systemd;
