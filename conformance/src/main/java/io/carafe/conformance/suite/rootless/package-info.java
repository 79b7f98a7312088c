/** Beyond the specification: what an ordinary user, with one id to map and no cgroup, can have of a runtime. */
package io.carafe.conformance.suite.rootless;
