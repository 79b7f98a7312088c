/** Each property of config-linux.md has an effect, which is seen from inside the container, in its cgroup, or by what the kernel then does. */
package io.carafe.conformance.suite.linux.applied;
