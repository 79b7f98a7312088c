/**
 * Which devices a container may use: the rules of {@code linux.resources.devices}, the texts that they become on v1, and the eBPF program
 * that they become on v2, with {@code DeviceFilter} who attaches it and replaces it. The rest is pure data.
 */
package io.carafe.runtime.cgroup.device;
