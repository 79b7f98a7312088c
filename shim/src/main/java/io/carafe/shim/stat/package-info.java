/**
 * What a container used so far, read from its cgroup and told as containerd's messages io.containerd.cgroups.v1 and v2; and a watch for the
 * end of its memory.
 */
package io.carafe.shim.stat;
