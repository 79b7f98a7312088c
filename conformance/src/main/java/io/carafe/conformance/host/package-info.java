/**
 * A host for each test: a sandbox with mounts, processes, cgroups, /dev, /run and a network of its own, which is taken away whole, and the
 * look at the real host before and after.
 */
package io.carafe.conformance.host;
