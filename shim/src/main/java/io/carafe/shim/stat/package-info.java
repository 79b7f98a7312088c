/** What a container used so far, read from its cgroup and told as containerd's messages io.containerd.cgroups.v1 and v2. */
package io.carafe.shim.stat;
