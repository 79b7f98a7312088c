/**
 * Which devices a container may use: the rules of {@code linux.resources.devices}, the texts that they become on v1, the eBPF program
 * that they become on v2. Pure data; {@code runtime.cgroup} writes and loads it.
 */
package io.carafe.runtime.cgroup.device;
