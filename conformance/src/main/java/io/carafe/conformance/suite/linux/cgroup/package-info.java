/** The sections of config-linux.md about control groups. */
package io.carafe.conformance.suite.linux.cgroup;
